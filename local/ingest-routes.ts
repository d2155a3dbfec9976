// Events of AWS's sources by hand: what a source would send to the ingest function, posted to a
// path of this engine alone. The answer is what that function would return; where it would fail, so
// that its source brings all of the event again, the request does.

import type { Exchange, RouteGroup } from '../shared/api/exchange.ts';
import { topicParameter } from '../shared/api/exchange.ts';
import { parseJson } from '../shared/api/json-text.ts';
import { jsonReply } from '../shared/api/reply.ts';
import { ingest } from '../shared/engine/ingest/ingest.ts';
import { EngineError } from '../shared/errors.ts';
import { batchResponse } from '../shared/ingest/batch-response.ts';
import { parseMapping } from '../shared/ingest/mapping.ts';
import { readSourceEvent } from '../shared/ingest/source-event.ts';

/** Lambda's 6 MB. */
const eventBytesMax = 6 * 1024 * 1024;

export const ingestRoutes: RouteGroup = { 'POST /_ingest/:topic': takeEvent };

async function takeEvent(exchange: Exchange): Promise<Response> {
  const { engine, call, context } = exchange;
  const topic = topicParameter(exchange, 'WRITE');
  const key = context.req.query('key');
  const parsed = parseMapping(key === undefined ? {} : { key });
  if (parsed.kind === 'refused') throw invalid(parsed.reason);
  const event = parseJson(await exchange.readBody(eventBytesMax));
  const read = readSourceEvent(event, parsed.mapping);
  if (read.kind === 'unknown-source') throw invalid(`body: ${read.reason}`);
  const failed = await ingest(engine, call, { topic, ...read.event });
  const answer = batchResponse(read.event, failed);
  if (answer.kind === 'failed') throw new EngineError(answer.code, `body: ${answer.reason}`);
  return jsonReply(exchange, 'application/json', answer.response);
}

function invalid(message: string): EngineError {
  return new EngineError('INVALID_FIELD', message);
}
