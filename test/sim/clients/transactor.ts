// A client of one-shot transactions: a batch for each of several partitions, all or none, under a
// key or by its own numbers, sent until it is answered.

import { type TransactionIdentity, transact } from '../../../shared/engine/transact.ts';
import type { ProduceRequest, SentBatch } from '../history.ts';
import { type Client, drawPartition, work } from './client.ts';
import { outcomesOf } from './entry-outcomes.ts';
import { drawNumbers, Numbering, sequenceOf } from './numbers.ts';
import { persist } from './persistent.ts';
import { recordSource } from './records.ts';

export function transactor(client: Client): Promise<void> {
  const { world, name } = client;
  const record = recordSource(client);
  const isNumbered = world.draw(1) === 0;
  let numbering = new Numbering(drawNumbers(world));
  let transactions = 0;
  return work(client, async () => {
    const key = `${name}/${transactions++}`;
    const batches = drawPlaces(client).map((place): SentBatch => {
      const records = Array.from({ length: 1 + world.draw(1) }, record);
      return isNumbered ? numbering.batch(place, records) : { ...place, records, stamp: { key } };
    });
    const identity = isNumbered ? numbered(batches, numbering) : { key };
    const request: ProduceRequest = { client: name, batches, isAtomic: true, attempts: [] };
    const isStored = await persist(client, request, async (engine, call) => {
      const records = batches.flatMap(({ topic, partition, records: own }) =>
        own.map((one) => ({ ...one, topic, partition })),
      );
      return outcomesOf(batches, await transact(engine, call, { records, identity }));
    });
    if (!isStored) numbering = new Numbering(drawNumbers(world));
  });
}

/** Different ones, one at least. */
function drawPlaces(client: Client) {
  const places = new Map<string, { readonly topic: string; readonly partition: number }>();
  for (let drawn = 0; drawn < 3; drawn++) {
    const place = drawPartition(client);
    places.set(`${place.topic}/${place.partition}`, place);
  }
  return [...places.values()];
}

function numbered(batches: readonly SentBatch[], { numbers }: Numbering): TransactionIdentity {
  const byTopic = Map.groupBy(batches, ({ topic }) => topic);
  const sequences = new Map(
    [...byTopic].map(([topic, own]) => [
      topic,
      new Map(own.map((batch) => [batch.partition, sequenceOf(batch)])),
    ]),
  );
  return { producer: { ...numbers, sequences } };
}
