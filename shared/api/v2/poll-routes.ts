// GET records: an instance's poll. Its records are said in its format, whatever generic type is
// asked for; another format is refused before anything is moved.

import { topicOf } from '../../access/acl.ts';
import { poll } from '../../engine/group/poll.ts';
import { EngineError } from '../../errors.ts';
import type { PartitionName } from '../../ids.ts';
import { fetchBytesDefault, fetchBytesMax, fetchWaitMillisMax } from '../../limits.ts';
import type { LogRecord } from '../../record/record.ts';
import { type Exchange, type RouteGroup, requestHeader } from '../exchange.ts';
import type { Format } from '../formats.ts';
import { negotiate, plainTypes, recordTypes, schemaTypes, typeOf, v2Type } from '../media-types.ts';
import { queryOf } from '../query.ts';
import { methodRefusal } from '../refusal.ts';
import { reply } from '../reply.ts';
import { fitsReply } from '../reply-list.ts';
import { pollQuery } from '../schemas/consumers.ts';
import { instanceParameters } from './consumer-names.ts';
import { recordText } from './record-text.ts';

export const pollRoutes: RouteGroup = {
  'GET /consumers/:group/instances/:instance/records': pollRecords,
};

async function pollRecords(exchange: Exchange): Promise<Response> {
  const { engine, call, context, access } = exchange;
  const name = instanceParameters(exchange);
  // It would be given records, move on, and answer without them.
  if (context.req.method === 'HEAD') return methodRefusal(exchange, 'GET, OPTIONS');
  expectSomeFormat(exchange);
  const { timeout = -1, max_bytes: bytes = -1 } = queryOf(exchange, pollQuery);
  let type = '';
  const { texts, generation } = await poll(engine, call, {
    ...name,
    waitMillis: timeout < 0 ? undefined : Math.min(timeout, fetchWaitMillisMax),
    bytesMax: bytes < 0 ? fetchBytesDefault : Math.min(bytes, fetchBytesMax),
    mayRead: (topic, isNamed) => {
      if (isNamed) access.need('READ', topicOf(topic));
      return access.may('READ', topicOf(topic));
    },
    render: (settings) => {
      const format = settings.format as Format;
      type = typeIn(exchange, format);
      return (holding, record) => fittingText(holding, format, record);
    },
  });
  const headers = { 'Cache-Control': 'no-store', 'Sluice-Generation': String(generation) };
  return reply(exchange, { type, body: `[${texts.join(',')}]`, headers });
}

/** One that no reply can hold must not be passed over unseen.
 * @throws EngineError FORMAT_MISMATCH. */
function fittingText(place: PartitionName, format: Format, record: LogRecord): string {
  const text = recordText(place, format, record);
  if (fitsReply(text)) return text;
  const where = `${place.topic}-${place.partition}, offset ${record.offset}`;
  const message = `record of ${where}: is too long for a reply in the format ${format}; it can be `;
  throw new EngineError('FORMAT_MISMATCH', `${message}fetched by itself, as a raw batch`);
}

/** Those that some instance's records may have. */
const formatTypes = [...recordTypes.keys(), ...schemaTypes];

/** @throws EngineError NOT_ACCEPTABLE. */
function expectSomeFormat(exchange: Exchange): void {
  if (negotiate(requestHeader(exchange, 'accept'), formatTypes) !== undefined) return;
  const message = `Accept: must allow ${v2Type}, or the instance's format`;
  throw new EngineError('NOT_ACCEPTABLE', message, { field: 'Accept' });
}

/** The format's own name, but for who asks by its older one.
 * @throws EngineError INSTANCE_FORMAT_MISMATCH: only other formats are accepted. */
function typeIn(exchange: Exchange, format: Format): string {
  const type = typeOf(format);
  const older = typeOf(format, 'v1');
  const accept = requestHeader(exchange, 'accept');
  const chosen = negotiate(accept, [type, older, ...plainTypes]);
  if (chosen !== undefined) return chosen === older ? older : type;
  const message = `Accept: the records of this instance are ${type}`;
  throw new EngineError('INSTANCE_FORMAT_MISMATCH', message, { field: 'Accept' });
}
