// What a source brings is there once, however often it is brought: alone or with others, after an
// answer that was lost, and by two processes at once. What cannot be stored is named.

import { expect, test } from 'vitest';
import { ingest, type NotIngested } from '../../../shared/engine/ingest/ingest.ts';
import { partitionOffsets } from '../../../shared/engine/offsets.ts';
import type { BadRecord, SourceRecord } from '../../../shared/ingest/source-record.ts';
import { eventMarkMillis } from '../../../shared/trigger-limits.ts';
import { readAll } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

type Brought = SourceRecord | BadRecord;

function message(id: string, more: Partial<SourceRecord> = {}): SourceRecord {
  return {
    key: null,
    value: Buffer.from(id),
    headers: [],
    timestamp: undefined,
    mark: { kind: 'event', id },
    identifier: id,
    lane: undefined,
    ...more,
  };
}

function ofShard(number: number): SourceRecord {
  const sequence = String(number).padStart(8, '0');
  const mark = { kind: 'shard', shard: 'shard-1', sequence } as const;
  return message(`r${number}`, { mark, identifier: sequence, lane: 'shard-1' });
}

function bad(identifier: string, lane?: string): BadRecord {
  return { bad: 'it cannot be read', identifier, lane };
}

function bring(
  world: World,
  records: readonly Brought[],
  engine = world.newEngine(),
): Promise<readonly NotIngested[]> {
  return ingest(engine, world.call(engine), { topic: 'orders', records });
}

async function withTopic(seed: number, story: (world: World) => Promise<void>): Promise<void> {
  await inWorld(seed, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await story(world);
  });
}

const messages = (...ids: string[]) => ids.map((id) => message(id));
const shards = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ofShard(from + index));

test('messages that come again, among others, are appended once', async () => {
  await withTopic(1, async (world) => {
    expect(await bring(world, messages('a', 'b', 'c'))).toEqual([]);
    expect(await bring(world, messages('b', 'd', 'd', 'a'))).toEqual([]);
    expect(await bring(world, messages('c'))).toEqual([]);
    expect(await readAll(world)).toEqual(['a', 'b', 'c', 'd']);
  });
});

test('a message whose append was not answered is there once when it comes again', async () => {
  for (const fault of ['before', 'after', 'late'] as const) {
    await withTopic(2, async (world) => {
      const engine = world.newEngine();
      world.faults.next('transact', ...Array<typeof fault>(10).fill(fault));
      expect(await bring(world, messages('a', 'b'), engine)).toMatchObject([{}, {}]);
      expect(await bring(world, messages('b', 'a', 'c'))).toEqual([]);
      await world.faults.land();
      const stored = await readAll(world);
      expect([...stored].sort()).toEqual(['a', 'b', 'c']);
    });
  }
});

test('two processes that are brought the same at once append it once', async () => {
  await withTopic(3, async (world) => {
    const both = await Promise.all([
      bring(world, messages('a', 'b')),
      bring(world, messages('b', 'c')),
    ]);
    expect(both).toEqual([[], []]);
    expect([...(await readAll(world))].sort()).toEqual(['a', 'b', 'c']);
  });
});

test('a mark is kept as long as the source may bring its event again', async () => {
  await withTopic(4, async (world) => {
    await bring(world, messages('a'));
    await world.time.sleep(eventMarkMillis - 10_000);
    await bring(world, messages('a'));
    expect(await readAll(world)).toEqual(['a']);
    await world.time.sleep(20_000);
    await bring(world, messages('a'));
    expect(await readAll(world)).toEqual(['a', 'a']);
  });
});

test('a shard that is read again from an older place adds what is new', async () => {
  await withTopic(5, async (world) => {
    await bring(world, shards(0, 10));
    await bring(world, shards(4, 14));
    await bring(world, shards(2, 6));
    await bring(world, shards(14, 15));
    expect(await readAll(world)).toEqual(Array.from({ length: 15 }, (_, index) => `r${index}`));
  });
});

test('one that cannot be read is named, and of its lane all that comes after it', async () => {
  await withTopic(6, async (world) => {
    const brought = [message('a'), bad('x'), message('b'), ...shards(0, 2)];
    const laned = [bad('y', 'shard-1'), ofShard(2), message('c')];
    const failed = await bring(world, [...brought, ...laned]);
    expect(failed.map(({ index }) => index)).toEqual([1, 5, 6]);
    expect(await readAll(world)).toEqual(['a', 'b', 'r0', 'r1', 'c']);
    await bring(world, [ofShard(2)]);
    expect((await readAll(world)).at(-1)).toBe('r2');
  });
});

test('more than a transaction takes is appended in order, by several', async () => {
  await withTopic(7, async (world) => {
    const ids = Array.from({ length: 250 }, (_, index) => `m${index}`);
    expect(await bring(world, messages(...ids))).toEqual([]);
    expect(await readAll(world)).toEqual(ids);
    expect(world.account.bill.objectPuts).toBe(3);
  });
});

test('what is in order in a lane without keys stays in one partition', async () => {
  await inWorld(8, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 8 });
    for (const number of [0, 1, 2, 3, 4, 5]) await bring(world, [ofShard(number)]);
    const ends = await Promise.all(
      [0, 1, 2, 3, 4, 5, 6, 7].map(async (partition) => {
        const engine = world.newEngine();
        const place = { topic: 'orders', partition };
        return (await partitionOffsets(engine, world.call(engine), place)).highWatermark;
      }),
    );
    expect(ends.filter((end) => end > 0)).toEqual([6]);
  });
});

test('a record larger than the topic takes is named, and its neighbours are stored', async () => {
  await inWorld(9, async (world) => {
    const configs = new Map([['max.message.bytes', '1000']]);
    await world.createTopic({ name: 'orders', partitions: 1, configs });
    const large = message('large', { value: Buffer.alloc(2_000) });
    const failed = await bring(world, [message('a'), large, message('b')]);
    expect(failed).toMatchObject([{ index: 1 }]);
    expect(failed[0]?.reason).toContain('max.message.bytes');
    expect(await readAll(world)).toEqual(['a', 'b']);
  });
});

test('messages cost a transaction: two write units each and for each head, one PUT', async () => {
  await withTopic(10, async (world) => {
    const engine = world.newEngine();
    await bring(world, messages('warm'), engine);
    const before = { ...world.account.bill };
    await bring(world, messages('a', 'b', 'c', 'd', 'e'), engine);
    const { objectPuts, writeUnits } = world.account.bill;
    expect(objectPuts - before.objectPuts).toBe(1);
    // Five marks, the head, the transaction's own item.
    expect(writeUnits - before.writeUnits).toBe(2 * (5 + 1 + 1));
  });
});
