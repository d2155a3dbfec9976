// A producer that gives each of its requests an Idempotency-Key, and sends it until it is answered.
// Now and then it uses a key again for something else, once that is forgotten.

import { produceRecords } from '../../../shared/engine/produce.ts';
import { producerExpiryMillis } from '../../../shared/limits.ts';
import type { ProduceRequest, SentBatch } from '../history.ts';
import { type Client, drawPartition, work } from './client.ts';
import { outcomesOf } from './entry-outcomes.ts';
import { persist } from './persistent.ts';
import { type RecordSource, recordSource } from './records.ts';

/** Beyond the expiry, by every clock. */
const forgottenMillis = producerExpiryMillis + 40 * 60_000;
const reuseOdds = 0.3;

export async function keyProducer(client: Client): Promise<void> {
  const { world, name } = client;
  const record = recordSource(client);
  const keyOf = (request: number) => `${name}/${request}`;
  let requests = 0;
  await work(client, () => send(client, keyOf(requests++), record));
  if (requests === 0 || world.chance.fraction() >= reuseOdds) return;
  await world.time.sleep(forgottenMillis);
  for (const request of [requests - 1, requests - 2]) {
    if (request >= 0) await send(client, keyOf(request), record);
  }
}

async function send(client: Client, key: string, record: RecordSource): Promise<void> {
  const { world, name } = client;
  const { topic, partition } = drawPartition(client);
  const partitions = world.topics.get(topic) ?? 1;
  const both = partitions > 1 && world.draw(1) === 0;
  const chosen = both ? [partition, (partition + 1) % partitions] : [partition];
  const batches = chosen.map((one): SentBatch => {
    const records = Array.from({ length: 1 + world.draw(2) }, record);
    return { topic, partition: one, records, stamp: { key } };
  });
  const request: ProduceRequest = { client: name, batches, isAtomic: false, attempts: [] };
  await persist(client, request, async (engine, call) => {
    const records = batches.flatMap(({ partition: own, records: all }) =>
      all.map((one) => ({ ...one, partition: own })),
    );
    const entries = await produceRecords(engine, call, { topic, records, identity: { key } });
    return outcomesOf(batches, entries);
  });
}
