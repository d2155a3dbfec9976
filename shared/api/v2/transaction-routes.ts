// POST /transactions: records for many topics, all or none.

import { groupOf, topicsIn } from '../../access/acl.ts';
import type { TransactionOffsets } from '../../engine/group/transaction-offsets.ts';
import { invalidField, keyField } from '../../engine/identity-errors.ts';
import type { ProducedEntry } from '../../engine/records-by-partition.ts';
import { type TransactionIdentity, transact } from '../../engine/transact.ts';
import type { Exchange, RouteGroup } from '../exchange.ts';
import { identityOf, sequencesByPartition } from '../identity.ts';
import { v2ReplyType } from '../media-types.ts';
import { tracing } from '../record-trace.ts';
import { jsonReply } from '../reply.ts';
import { type TransactionBody, transactionBody } from '../schemas/produce.ts';
import { jsonRecords } from './json-records.ts';

export const transactionRoutes: RouteGroup = { 'POST /transactions': commit };

async function commit(exchange: Exchange): Promise<Response> {
  const type = v2ReplyType(exchange);
  const { records: all, body } = await jsonRecords(exchange, transactionBody);
  const topics = body.records.map(({ topic }) => topic);
  needAll(exchange, body);
  const records = all
    .map(tracing(exchange, all.length))
    .map((record, index) => ({ ...record, topic: topics[index] as string }));
  const identity = transactionIdentity(exchange, body);
  const { offsets: taken } = body;
  const offsets = taken === undefined ? {} : { offsets: transactionOffsets(taken) };
  const asked = { records, identity, ...offsets };
  const entries = await transact(exchange.engine, exchange.call, asked);
  const stored = entries.map((entry, index) => ({
    topic: topics[index],
    ...storedPlace(entry as Extract<ProducedEntry, { readonly offset: number }>),
  }));
  return jsonReply(exchange, type, { offsets: stored });
}

/** @throws EngineError FORBIDDEN. */
function needAll({ access }: Exchange, { records, offsets }: TransactionBody): void {
  access.need('WRITE', ...topicsIn(records));
  if (offsets === undefined) return;
  access.need('READ', groupOf(offsets.group), ...topicsIn(offsets.offsets));
}

/** @throws EngineError INVALID_FIELD: a partition is there twice. */
function transactionOffsets({
  offsets,
  ...member
}: NonNullable<TransactionBody['offsets']>): TransactionOffsets {
  const places = new Set(offsets.map(({ topic, partition }) => `${topic}-${partition}`));
  if (places.size < offsets.length) {
    throw invalidField('offsets.offsets', 'a partition must not be repeated');
  }
  const next = offsets.map(({ offset, metadata, ...place }) => {
    return { ...place, offset: offset + 1, metadata: metadata ?? '' };
  });
  return { ...member, offsets: next };
}

function storedPlace({ partition, offset, duplicate }: Extract<ProducedEntry, { offset: number }>) {
  return { partition, offset, error_code: null, error: null, duplicate };
}

/** @throws EngineError INVALID_FIELD: it has none, and could not be sent again. */
function transactionIdentity(exchange: Exchange, body: TransactionBody): TransactionIdentity {
  const sequences = body.sequences && byTopic(body.sequences);
  const identity = identityOf(exchange, body, { sequences, name: 'sequences' });
  if (identity !== undefined) return identity;
  throw invalidField(keyField, 'a transaction needs this header, or a producer');
}

function byTopic(sequences: NonNullable<TransactionBody['sequences']>) {
  const topics = Map.groupBy(sequences, ({ topic }) => topic);
  return new Map([...topics].map(([topic, own]) => [topic, sequencesByPartition(own)]));
}
