// A producer that says nothing of who it is. It sends records to one partition or several,
// sometimes many requests at once, tries again what surely was not stored, and never what may have
// been.

import { produceRecords } from '../../../shared/engine/produce.ts';
import type { ProduceRequest, SentBatch } from '../history.ts';
import { type Client, drawPartition, processFor, work } from './client.ts';
import { outcomesOf } from './entry-outcomes.ts';
import { attempt, mayTryAgain } from './produce-attempt.ts';
import { type RecordSource, recordSource } from './records.ts';

const triesMax = 4;
/** A full tail is rolled by one in ten of those that it refuses. */
const triesWhenCalmMax = 30;

export function plainProducer(client: Client): Promise<void> {
  const { world } = client;
  const records = recordSource(client);
  const burst = world.pick([1, 1, 2, 4]);
  return work(client, async () => {
    const together = 1 + world.draw(burst - 1);
    await Promise.all(Array.from({ length: together }, () => send(client, records)));
  });
}

async function send(client: Client, records: RecordSource): Promise<void> {
  const { world, name } = client;
  const batches = drawBatches(client, records);
  const { topic } = batches[0] as SentBatch;
  const request: ProduceRequest = { client: name, batches, isAtomic: false, attempts: [] };
  world.history.produces.push(request);
  const triesLeft = () => (world.isCalm ? triesWhenCalmMax : triesMax);
  for (let tries = 0; tries < triesLeft(); tries++) {
    const outcomes = await attempt(world, processFor(client), request, async (engine, call) => {
      const sent = batches.flatMap(({ partition, records: own }) =>
        own.map((record) => ({ ...record, partition })),
      );
      const entries = await produceRecords(engine, call, { topic, records: sent });
      return outcomesOf(batches, entries);
    });
    if (!mayTryAgain(outcomes)) return;
    await world.time.sleep(100 * 2 ** Math.min(tries, 5));
  }
}

/** One or two partitions of one topic, and a few records for each. */
function drawBatches(client: Client, records: RecordSource): readonly SentBatch[] {
  const { world } = client;
  const { topic, partition } = drawPartition(client);
  const partitions = world.topics.get(topic) ?? 1;
  const both = partitions > 1 && world.draw(1) === 0;
  const chosen = both ? [partition, (partition + 1) % partitions] : [partition];
  return chosen.map((one) => ({
    topic,
    partition: one,
    records: Array.from({ length: 1 + world.draw(2) }, records),
  }));
}
