// The largest updates that the engine sends are within what DynamoDB takes of an expression: as
// many stamps as one carries, and as much as one cut of a roll removes.

import { expect, test } from 'vitest';
import {
  drawnProducerKey,
  type EpochMillis,
  type ProducerKey,
  segmentIdOf,
  topicIdOf,
} from '../../shared/ids.ts';
import {
  evictionsMax,
  offsetMax,
  refsPerChunk,
  removeFirstMax,
  stampsPerUpdateMax,
  tailRefsMax,
} from '../../shared/limits.ts';
import { type Append, appendWrite, newHead, readHead } from '../../shared/log/head.ts';
import { producersToEvict, putProducers, removeProducers } from '../../shared/log/producers.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import { planRoll, type RollPlan } from '../../shared/log/roll.ts';
import { runsOf } from '../../shared/log/stamped-runs.ts';
import type { Item, Write } from '../../shared/store/algebra.ts';
import { headKey } from '../../shared/store/items.ts';
import type { Table } from '../../shared/store/table.ts';
import { describeWithDynamodbLocal, openDynamodbLocalTable } from '../emulators/dynamodb-local.ts';
import { MemoryTable } from '../world/memory-table.ts';

const id = { topicId: topicIdOf(new Uint8Array(16)), partition: 0 };
const now = 1 as EpochMillis;

function producer(number: number): ProducerKey {
  const chance = Buffer.alloc(9);
  chance.writeUInt32BE(number, 5);
  return drawnProducerKey(chance);
}

/** Every producer that an update carries, each new to the head or each in it, with two batches. */
function greatestAppend(round: number, refs: number): Append {
  const batches = Array.from({ length: stampsPerUpdateMax }, (_, index) => {
    const stamp = { producer: producer(index + 100 * (round % 2)), epoch: 7, sequence: 0 };
    return [0, 1].map((which) => ({
      stamp: { ...stamp, sequence: which * 50_000 },
      count: 50_000,
    }));
  }).flat();
  const segment = segmentIdOf((round + 1) as EpochMillis, new Uint8Array(10));
  const ref = encodeRef({ segment, position: 0, length: 1, count: 100_000, timestampMax: -1 });
  return {
    id,
    refs: Array.from({ length: refs }, () => ref),
    count: batches.length * 50_000,
    segmentTime: (round + 1) as EpochMillis,
    stamps: runsOf(batches, () => ({ state: undefined, absentAt: offsetMax })),
  };
}

/** Bytes as text, whichever kind of array they came in. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

async function both(tables: readonly Table[], write: Write): Promise<Item> {
  const answers = await Promise.all(tables.map((table) => table.write(write)));
  const [one, other] = answers;
  expect(plain(one)).toEqual(plain(other));
  expect(one?.kind).toBe('done');
  return (one as { readonly item: Item }).item;
}

describeWithDynamodbLocal(() => {
  test('are taken, and do what they say', async () => {
    const { table, close } = await openDynamodbLocalTable();
    try {
      const tables = [table, new MemoryTable()];
      await both(tables, { put: newHead(id) });
      await both(tables, appendWrite(greatestAppend(0, stampsPerUpdateMax)));
      await both(tables, appendWrite(greatestAppend(1, tailRefsMax / 2)));
      const head = readHead((await table.get(headKey(id), { strong: true })) as Item);
      const plan = planRoll(id, head) as RollPlan;
      expect(plan.puts).toHaveLength(Math.floor(removeFirstMax / refsPerChunk));
      for (const put of plan.puts) await both(tables, put);
      await both(tables, plan.cut);
      const leaving = producersToEvict(head);
      expect(leaving.size).toBe(evictionsMax);
      for (const put of putProducers(id, leaving, now)) await both(tables, put);
      const left = readHead(await both(tables, removeProducers(id, leaving, head.evictedUpTo)));
      expect(left.residents.size).toBe(2 * stampsPerUpdateMax - evictionsMax);
    } finally {
      await close();
    }
  });
});
