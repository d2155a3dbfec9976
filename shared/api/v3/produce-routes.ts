// v3's produce. A body of concatenated JSON objects, one a record, is answered by as many
// receipts, one a line; a batch says for each of its entries whether it is stored.

import { EngineError } from '../../errors.ts';
import { produceBodyBytesMax, v3RecordsMax } from '../../limits.ts';
import { type Exchange, type RouteGroup, topicParameter } from '../exchange.ts';
import { parseJson, parseJsonText, surveyJson, utf8Text } from '../json-text.ts';
import { expectJsonBody, v3ReplyType } from '../media-types.ts';
import { jsonReply, reply } from '../reply.ts';
import { checked } from '../request-body.ts';
import { batchBody, batchEntry, recordV3 } from '../schemas/records-v3.ts';
import { produceEach, type Reading } from './records.ts';
import { scopeOf } from './resources.ts';

export const v3ProduceRoutes: RouteGroup = {
  'POST /v3/clusters/:cluster/topics/:topic/records': produceStream,
  'POST /v3/clusters/:cluster/topics/:topic/records:batch': produceBatch,
};

async function produceStream(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  scopeOf(exchange);
  const topic = topicParameter(exchange, 'WRITE');
  expectJsonBody(exchange);
  const text = utf8Text(await exchange.readBody(produceBodyBytesMax));
  const receipts = await produceEach(exchange, topic, readingsOf(text));
  const body = receipts.map((receipt) => JSON.stringify(receipt)).join('\n');
  return reply(exchange, { type, body });
}

/** One a JSON object. What does not begin as an object cannot be told from what follows it, so
 * it is the last one.
 * @throws EngineError INVALID_FIELD: no records, or too many. */
function readingsOf(text: string): readonly Reading[] {
  const readings: Reading[] = [];
  for (let at = skipSpace(text, 0); at < text.length; ) {
    const survey = surveyJson(text, at);
    const end = text.charAt(at) === '{' ? survey.end : text.length;
    const piece = text.slice(at, end);
    readings.push(readingOf(() => checked(recordV3, parseJsonText(piece, survey))));
    if (readings.length > v3RecordsMax) throw wrongCount('at most', v3RecordsMax);
    at = skipSpace(text, end);
  }
  if (readings.length === 0) throw wrongCount('at least', 1);
  return readings;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at++;
  return at;
}

function readingOf(read: () => Extract<Reading, { record: unknown }>['record']): Reading {
  try {
    return { record: read() };
  } catch (error) {
    if (error instanceof EngineError) return { error };
    throw error;
  }
}

function wrongCount(side: string, limit: number): EngineError {
  const message = `records: must be ${side} ${limit} long`;
  return new EngineError('INVALID_FIELD', message, { field: 'records', limit });
}

async function produceBatch(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  scopeOf(exchange);
  const topic = topicParameter(exchange, 'WRITE');
  expectJsonBody(exchange);
  const entries = entriesOf(parseJson(await exchange.readBody(produceBodyBytesMax)));
  const readings = entries.map((entry) => readingOf(() => checked(batchEntry, entry)));
  const receipts = await produceEach(exchange, topic, readings);
  const answers = receipts.map((receipt, at) => ({ id: entries[at]?.id, ...receipt }));
  const successes = answers
    .filter(({ error_code: code }) => code === 200)
    .map(({ error_code: _, ...success }) => success);
  const failures = answers.filter(({ error_code: code }) => code !== 200);
  return jsonReply(exchange, type, { successes, failures }, 207);
}

/** @throws EngineError INVALID_ENTRIES: none, too many, or not told apart by their ids. */
function entriesOf(body: unknown): readonly { readonly id: string }[] {
  const { entries } = asEntries(() => checked(batchBody, body));
  const seen = new Set<string>();
  for (const [index, { id }] of entries.entries()) {
    if (seen.has(id)) {
      const field = `entries[${index}].id`;
      throw new EngineError('INVALID_ENTRIES', `${field}: must not be repeated`, { field });
    }
    seen.add(id);
  }
  return entries;
}

/** What is wrong with the list itself has v3's code of its own. */
function asEntries<Body>(read: () => Body): Body {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError('INVALID_ENTRIES', error.message, error.detail);
  }
}
