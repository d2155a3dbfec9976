// One-shot transactions: all or nothing, seen by nobody before, safe to send again, beside appends
// to the same heads.

import { expect, test } from 'vitest';
import type { Engine } from '../../shared/engine/engine.ts';
import { deleteTopic } from '../../shared/engine/make-topics.ts';
import type { ProducedEntry } from '../../shared/engine/records-by-partition.ts';
import { topicNamed } from '../../shared/engine/topic-cache.ts';
import { growTopic } from '../../shared/engine/topics.ts';
import { type TransactionIdentity, transact } from '../../shared/engine/transact.ts';
import { refsPerChunk, transactItemsMax, triesMax } from '../../shared/limits.ts';
import { readHead } from '../../shared/log/head.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { headItem, headKey } from '../../shared/store/items.ts';
import { fetchFrom, produce, produceStamped, valuesOf } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

type Place = readonly [topic: string, partition: number];

const places: readonly Place[] = [
  ['orders', 0],
  ['orders', 1],
  ['audit', 0],
];

async function withTopics<Answer>(
  seed: number,
  story: (world: World, engine: Engine) => Promise<Answer>,
): Promise<Answer> {
  return inWorld(seed, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    await world.createTopic({ name: 'audit' });
    return story(world, world.newEngine());
  });
}

function send(
  world: World,
  engine: Engine,
  value: string,
  identity: TransactionIdentity,
  call = world.call(engine),
): Promise<readonly ProducedEntry[]> {
  const records = places.map(([topic, partition]) => {
    return { topic, partition, key: null, value: Buffer.from(value), headers: [] };
  });
  return transact(engine, call, { records, identity });
}

function numbered(sequence: number, epoch = 0): TransactionIdentity {
  const sequences = new Map([
    ['orders', new Map([0, 1].map((partition) => [partition, sequence]))],
    ['audit', new Map([[0, sequence]])],
  ]);
  return { producer: { id: 7, epoch, sequences } };
}

/** What each place holds. */
async function everything(world: World, of = places): Promise<string[][]> {
  const engine = world.newEngine();
  return Promise.all(
    of.map(async ([topic, partition]) =>
      valuesOf(await fetchFrom(world, engine, 0, { topic, partition })),
    ),
  );
}

const offsetsOf = (entries: readonly ProducedEntry[]) =>
  entries.map((entry) => ('error' in entry ? entry.error.code : entry.offset));

test('it costs a PUT, twice a write unit a head and its own, and a read a head', async () => {
  await withTopics(1, async (world, engine) => {
    await send(world, engine, 'warm', { key: 'warm' });
    const { writeUnits, readUnits } = world.account.bill;
    const call = world.call(engine);
    expect(offsetsOf(await send(world, engine, 'a', { key: 'k' }, call))).toEqual([1, 1, 1]);
    expect(call.operations).toMatchObject({ objectPuts: 1, tableWrites: 4, tableReads: 3 });
    expect(world.account.bill.writeUnits - writeUnits).toBe(2 * (3 + 1));
    expect(world.account.bill.readUnits - readUnits).toBe(3);
  });
});

test('sent again, under a key or by a producer, it is stored once and answers alike', async () => {
  await withTopics(2, async (world, engine) => {
    for (const identity of [{ key: 'k' }, numbered(0)]) {
      const first = await send(world, engine, 'a', identity);
      const again = await send(world, world.newEngine(), 'a', identity);
      expect(offsetsOf(again)).toEqual(offsetsOf(first));
      expect(first.some((entry) => 'duplicate' in entry)).toBe(false);
      expect(again.every((entry) => 'duplicate' in entry)).toBe(true);
    }
    expect(await everything(world)).toEqual(places.map(() => ['a', 'a']));
  });
});

test('a repeat finds its places in the chunks that they were rolled into', async () => {
  await withTopics(3, async (world, engine) => {
    await send(world, engine, 'a', { key: 'k' });
    const fill = async (rounds: number) => {
      for (let append = 0; append < rounds * refsPerChunk; append++) {
        await produce(world, engine, ['x']);
        await engine.background.idle();
      }
    };
    await fill(2);
    const again = await send(world, world.newEngine(), 'a', { key: 'k' });
    expect(offsetsOf(again)).toEqual([0, 0, 0]);
  });
});

test('another payload under its key is refused', async () => {
  await withTopics(4, async (world, engine) => {
    await send(world, engine, 'a', { key: 'k' });
    const other = send(world, engine, 'b', { key: 'k' });
    await expect(other).rejects.toMatchObject({ code: 'KEY_REUSED', outcome: 'definite' });
  });
});

test('an answer that was lost is no failure; one that lands late changes nothing', async () => {
  await withTopics(5, async (world, engine) => {
    world.faults.next('transact', 'after', 'late');
    const entries = await send(world, engine, 'a', { key: 'k' });
    expect(offsetsOf(entries)).toEqual([0, 0, 0]);
    expect(entries.some((entry) => 'duplicate' in entry)).toBe(false);
    world.faults.next('transact', 'late');
    expect(offsetsOf(await send(world, engine, 'b', numbered(0)))).toEqual([1, 1, 1]);
    expect(await world.faults.land()).toMatchObject([{ kind: 'refused' }, { kind: 'refused' }]);
    expect(await everything(world)).toEqual(places.map(() => ['a', 'b']));
  });
});

test('given up after a try of unknown outcome it is unknown, and whole when it lands', async () => {
  await withTopics(6, async (world, engine) => {
    const throttled = Array.from({ length: triesMax - 1 }, () => 'throttled' as const);
    world.faults.next('transact', 'late', ...throttled);
    const sent = send(world, engine, 'a', { key: 'k' });
    await expect(sent).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await everything(world)).toEqual(places.map(() => []));
    expect(await world.faults.land()).toMatchObject([{ kind: 'done' }]);
    expect(await everything(world)).toEqual(places.map(() => ['a']));
    world.faults.next('transact', ...throttled, 'throttled');
    const refused = send(world, engine, 'b', { key: 'l' });
    await expect(refused).rejects.toMatchObject({ code: 'THROTTLED' });
  });
});

test('nothing of it is there when one partition refuses', async () => {
  await withTopics(7, async (world, engine) => {
    await send(world, engine, 'a', numbered(0));
    await produceStamped(world, engine, ['b'], { id: 7, epoch: 0, sequence: 1 });
    const used = send(world, engine, 'c', numbered(1));
    await expect(used).rejects.toMatchObject({ code: 'OUT_OF_ORDER_SEQUENCE' });
    const early = send(world, engine, 'c', numbered(5));
    await expect(early).rejects.toMatchObject({ code: 'OUT_OF_ORDER_SEQUENCE' });
    await produceStamped(world, engine, ['d'], { id: 7, epoch: 3, sequence: 0 });
    const fenced = send(world, engine, 'c', numbered(1));
    await expect(fenced).rejects.toMatchObject({ code: 'PRODUCER_FENCED' });
    expect(await everything(world)).toEqual([['a', 'b', 'd'], ['a'], ['a']]);
  });
});

test('a producer’s transaction waits a little for the batch before it', async () => {
  await withTopics(8, async (world, engine) => {
    await send(world, engine, 'a', numbered(0));
    const early = send(world, engine, 'c', numbered(2));
    await world.time.sleep(300);
    await send(world, world.newEngine(), 'b', numbered(1));
    expect(offsetsOf(await early)).toEqual([2, 2, 2]);
  });
});

test('a swept segment is written anew, a deleted topic refuses', async () => {
  await withTopics(9, async (world, engine) => {
    await send(world, engine, 'a', { key: 'k' });
    const items = world.account.stored;
    const { id: topicId } = await topicNamed(engine, world.call(engine), 'audit');
    const sweptBefore = world.time.now() + 600_000;
    const actions = [{ set: headItem.sweptBefore, to: { value: sweptBefore } }];
    await items.write({ update: headKey({ topicId, partition: 0 }), actions });
    const call = world.call(engine);
    expect(offsetsOf(await send(world, engine, 'b', { key: 'l' }, call))).toEqual([1, 1, 1]);
    expect(call.operations.objectPuts).toBe(2);
    const other = world.newEngine();
    await deleteTopic(other, world.call(other), 'audit');
    const gone = send(world, engine, 'c', { key: 'm' });
    await expect(gone).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
    expect(await everything(world, places.slice(0, 2))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });
});

test('transactions roll what they fill', async () => {
  await withTopics(10, async (world, engine) => {
    for (let number = 0; number < refsPerChunk + 2; number++) {
      await send(world, engine, `${number}`, { key: `${number}` });
      await engine.background.idle();
    }
    const { id: topicId } = await topicNamed(engine, world.call(engine), 'orders');
    const head = world.account.stored.peek(headKey({ topicId, partition: 0 })) as Item;
    expect(readHead(head)).toMatchObject({ tailBase: refsPerChunk });
    expect((await everything(world))[0]).toHaveLength(refsPerChunk + 2);
  });
});

test('a conflict is not done: what met it goes again, and happens once', async () => {
  await withTopics(14, async (world, engine) => {
    world.faults.next('transact', 'conflict', 'conflict');
    expect(offsetsOf(await send(world, engine, 'a', { key: 'k' }))).toEqual([0, 0, 0]);
    world.faults.next('write', 'conflict');
    expect(await produce(world, engine, ['b'])).toEqual([1]);
    world.faults.next('transact', ...Array.from({ length: triesMax }, () => 'conflict' as const));
    const given = send(world, engine, 'c', { key: 'l' });
    await expect(given).rejects.toMatchObject({ code: 'UNAVAILABLE', outcome: 'retriable' });
    expect(await everything(world)).toEqual([['a', 'b'], ['a'], ['a']]);
  });
});

test('transactions and appends that meet at one head are all stored', async () => {
  await withTopics(11, async (world, engine) => {
    const all = await Promise.all([
      ...Array.from({ length: 8 }, (_, n) => send(world, world.newEngine(), 't', { key: `${n}` })),
      ...Array.from({ length: 8 }, () => produce(world, engine, ['p'])),
    ]);
    expect(all).toHaveLength(16);
    const [values = []] = await everything(world);
    expect(values.filter((value) => value === 't')).toHaveLength(8);
    expect(values.filter((value) => value === 'p')).toHaveLength(8);
  });
});

test('once its topic has grown, a repeat says that it is committed, and not where', async () => {
  await withTopics(12, async (world, engine) => {
    const records = ['a', 'b', 'c', 'd', 'e'].map((key) => {
      return { topic: 'orders', key: Buffer.from(key), value: Buffer.from(key), headers: [] };
    });
    const identity = { key: 'k' };
    const first = await transact(engine, world.call(engine), { records, identity });
    expect(offsetsOf(first).every((offset) => Number(offset) >= 0)).toBe(true);
    await growTopic(engine, world.call(engine), { name: 'orders', partitions: 3 });
    const other = world.newEngine();
    const again = await transact(other, world.call(other), { records, identity });
    expect(again).toMatchObject(records.map(() => ({ offset: -1, duplicate: true })));
  });
});

test('topics beyond what one can write to are refused before they are looked for', async () => {
  await withTopics(13, async (world, engine) => {
    const records = Array.from({ length: transactItemsMax }, (_, index) => {
      return { topic: `t${index}`, key: null, value: Buffer.from('v'), headers: [] };
    });
    const call = world.call(engine);
    const sent = transact(engine, call, { records, identity: { key: 'k' } });
    await expect(sent).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
    expect(call.operations.tableReads).toBe(0);
  });
});

test('a process that knew an old end finds its transaction in the tail, by no query', async () => {
  await withTopics(15, async (world, engine) => {
    await send(world, engine, 'a', { key: 'k' });
    const other = world.newEngine();
    for (let append = 0; append < 5 * refsPerChunk; append++) {
      await produce(world, other, ['x']);
      await other.background.idle();
    }
    const call = world.call(engine);
    const entries = await send(world, engine, 'b', { key: 'l' }, call);
    expect(offsetsOf(entries)).toEqual([5 * refsPerChunk + 1, 1, 1]);
    expect(call.operations.tableQueries).toBe(0);
  });
});
