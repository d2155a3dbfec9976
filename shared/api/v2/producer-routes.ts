// Producers' ids and epochs, and what producers and keys make possible: transactions.

import type { ProducedEntry } from '../../engine/records-by-partition.ts';
import { takeProducer } from '../../engine/take-producer.ts';
import { type TransactionIdentity, transact } from '../../engine/transact.ts';
import { EngineError } from '../../errors.ts';
import type { Exchange, RouteGroup } from '../exchange.ts';
import { identityOf, sequencesByPartition } from '../identity.ts';
import { v2ReplyType } from '../media-types.ts';
import { jsonReply } from '../reply.ts';
import { controlBody } from '../request-body.ts';
import { type TransactionBody, takeProducerBody, transactionBody } from '../schemas/produce.ts';
import { jsonRecords } from './json-records.ts';

export const producerRoutes: RouteGroup = {
  'POST /producers': take,
  'POST /transactions': commit,
};

async function take(exchange: Exchange): Promise<Response> {
  const type = v2ReplyType(exchange);
  const { name } = await controlBody(exchange, takeProducerBody, {});
  const request = typeof name === 'string' ? { name } : {};
  const { id, epoch } = await takeProducer(exchange.engine, exchange.call, request);
  return jsonReply(exchange, type, { producer_id: id, producer_epoch: epoch });
}

async function commit(exchange: Exchange): Promise<Response> {
  const type = v2ReplyType(exchange);
  const { records: all, body } = await jsonRecords(exchange, transactionBody);
  const topics = body.records.map(({ topic }) => topic);
  const records = all.map((record, index) => ({ ...record, topic: topics[index] as string }));
  const identity = transactionIdentity(exchange, body);
  const entries = await transact(exchange.engine, exchange.call, { records, identity });
  const offsets = entries.map((entry, index) => ({
    topic: topics[index],
    ...storedPlace(entry as Extract<ProducedEntry, { readonly offset: number }>),
  }));
  return jsonReply(exchange, type, { offsets });
}

function storedPlace({ partition, offset, duplicate }: Extract<ProducedEntry, { offset: number }>) {
  return { partition, offset, error_code: null, error: null, duplicate };
}

/** @throws EngineError INVALID_FIELD: it has none, and could not be sent again. */
function transactionIdentity(exchange: Exchange, body: TransactionBody): TransactionIdentity {
  const sequences = body.sequences && byTopic(body.sequences);
  const identity = identityOf(exchange, body, { sequences, name: 'sequences' });
  if (identity !== undefined) return identity;
  const field = 'Idempotency-Key';
  const message = `${field}: a transaction needs this header, or a producer`;
  throw new EngineError('INVALID_FIELD', message, { field });
}

function byTopic(sequences: NonNullable<TransactionBody['sequences']>) {
  const topics = Map.groupBy(sequences, ({ topic }) => topic);
  return new Map([...topics].map(([topic, own]) => [topic, sequencesByPartition(own)]));
}
