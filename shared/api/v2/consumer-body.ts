// Bodies of what consumer instances are asked. Any fault of a field is 422 here, also a wrong type:
// clients of other proxies know it so.

import type * as z from 'zod/mini';
import { EngineError } from '../../errors.ts';
import { controlBodyBytesMax } from '../../limits.ts';
import type { Exchange } from '../exchange.ts';
import { parseJson } from '../json-text.ts';
import { expectConsumerBody } from '../media-types.ts';
import { checked } from '../request-body.ts';

/** Of what names partitions, with an offset each: as many as a group may have, whatever their
 * topics are called. */
export const placesBodyBytesMax = 8 * controlBodyBytesMax;

/** An empty one says nothing, as `{}` does.
 * @param bytesMax of the body.
 * @throws EngineError UNSUPPORTED_MEDIA_TYPE, REQUEST_TOO_LARGE, MALFORMED_REQUEST,
 *   INVALID_FIELD. */
export async function consumerBody<Schema extends z.ZodMiniType>(
  exchange: Exchange,
  schema: Schema,
  bytesMax = controlBodyBytesMax,
): Promise<z.output<Schema>> {
  expectConsumerBody(exchange);
  const bytes = await exchange.readBody(bytesMax);
  return valid(schema, bytes.length === 0 ? {} : parseJson(bytes));
}

/** @throws EngineError INVALID_FIELD. */
export function valid<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  try {
    return checked(schema, value);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'MALFORMED_FIELD') throw error;
    throw new EngineError('INVALID_FIELD', error.message, error.detail);
  }
}
