// Records out of a JSON body, by its content type: what is said of v2's produce holds for all that
// bring records in its form.

import type * as z from 'zod/mini';
import type { RecordToProduce } from '../../engine/records-by-partition.ts';
import { produceBodyBytesMax } from '../../limits.ts';
import type { Exchange } from '../exchange.ts';
import { base64Bytes, bytesOf, type Format } from '../formats.ts';
import { parseJson } from '../json-text.ts';
import { contentType } from '../media-types.ts';
import { checked } from '../request-body.ts';
import type { RecordBody } from '../schemas/produce.ts';
import { produceForm, schemaFormatFault } from './produce-formats.ts';

/** @returns the records, and the rest of the body beside them.
 * @throws EngineError UNSUPPORTED_MEDIA_TYPE, REQUEST_TOO_LARGE, MALFORMED_REQUEST,
 *   MALFORMED_FIELD, INVALID_FIELD. */
export async function jsonRecords<Body extends { readonly records: readonly RecordBody[] }>(
  exchange: Exchange,
  schema: z.ZodMiniType<Body>,
): Promise<{ readonly records: readonly RecordToProduce[]; readonly body: Body }> {
  const form = produceForm(contentType(exchange));
  const json = parseJson(await exchange.readBody(produceBodyBytesMax));
  if (form === 'schema') throw schemaFormatFault(json);
  const body = checked(schema, json);
  return { records: body.records.map((record, index) => recordOf(form, record, index)), body };
}

function recordOf(format: Format, body: RecordBody, index: number): RecordToProduce {
  const field = (name: string) => `records[${index}].${name}`;
  const headers = body.headers ?? [];
  return {
    key: bytesOf(format, body.key, () => field('key')),
    value: bytesOf(format, body.value, () => field('value')),
    headers: headers.map(({ key, value }, at) => ({
      key,
      value: value === null ? null : base64Bytes(value, () => field(`headers[${at}].value`)),
    })),
    ...(typeof body.partition === 'number' ? { partition: body.partition } : {}),
    ...(typeof body.timestamp === 'number' ? { timestamp: body.timestamp } : {}),
  };
}
