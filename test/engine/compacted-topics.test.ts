// A compacted topic takes no record without a key, on whatever way it comes: it is refused by its
// place, and nothing of its request is stored. What the engine itself writes is another matter.

import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { redrive } from '../../shared/engine/delivery/redrive.ts';
import { ingest } from '../../shared/engine/ingest/ingest.ts';
import { partitionOffsets } from '../../shared/engine/offsets.ts';
import { produceBatches, produceEachRecord, produceRecords } from '../../shared/engine/produce.ts';
import { alterConfigs } from '../../shared/engine/topics.ts';
import { transact } from '../../shared/engine/transact.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { joinBytes } from '../../shared/record/join-bytes.ts';
import { newReceiver, refusing, subscription, woken } from '../world/delivery-story.ts';
import { fetchFrom, produce } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const topic = 'orders';
const key = Buffer.from('k');
const headers = [] as const;
const keyed = { key, value: Buffer.from('v'), headers, timestamp: 1, partition: 0 };
const tombstone = { ...keyed, value: null };
const empty = { ...keyed, key: Buffer.alloc(0) };
const keyless = { ...keyed, key: null };

const policies = ['compact', 'delete,compact', ' compact , delete'];

/** What is stored after it. */
async function compacted(
  policy: string,
  story: (world: World) => Promise<unknown>,
): Promise<number> {
  return inWorld(1, async (world) => {
    await world.createTopic({ name: topic, configs: new Map([['cleanup.policy', policy]]) });
    await story(world);
    const engine = world.newEngine();
    const place = { topic, partition: 0 };
    return (await partitionOffsets(engine, world.call(engine), place)).highWatermark;
  });
}

function refused(field: string) {
  const detail = { field };
  return { code: 'INVALID_RECORD', outcome: 'definite', detail };
}

test('records', async () => {
  for (const policy of policies) {
    const stored = await compacted(policy, async (world) => {
      const engine = world.newEngine();
      const call = world.call(engine);
      const send = (records: readonly (typeof keyless)[]) =>
        produceRecords(engine, call, { topic, records });
      await expect(send([keyed as never, keyless])).rejects.toMatchObject(
        refused('records[1].key'),
      );
      await send([keyed, tombstone, empty] as never);
    });
    expect(stored).toBe(3);
  }
  expect(await compacted('delete', (world) => produce(world, world.newEngine(), ['x']))).toBe(1);
});

test('records that are judged each for itself', async () => {
  const stored = await compacted('compact', async (world) => {
    const engine = world.newEngine();
    const request = { topic, records: [keyed, keyless, tombstone] };
    const entries = await produceEachRecord(engine, world.call(engine), request);
    expect(entries).toMatchObject([{ offset: 0 }, { error: refused('record.key') }, { offset: 1 }]);
  });
  expect(stored).toBe(2);
});

test('raw batches, packed or not', async () => {
  const value = Buffer.alloc(10_000, 'v');
  const batchOf = (...records: readonly (typeof keyed | typeof keyless)[]) =>
    encodeBatch({ records: records.map((record) => ({ ...record, value })), compression: 'gzip' });
  expect(batchOf(keyed).length).toBeLessThan(gzipSync(value).length + 200);
  const stored = await compacted('compact', async (world) => {
    const engine = world.newEngine();
    const send = (...batches: readonly Uint8Array[]) =>
      produceBatches(engine, world.call(engine), {
        topic,
        partition: 0,
        bytes: joinBytes(batches),
      });
    await expect(send(batchOf(keyed), batchOf(keyed, keyless, keyless))).rejects.toMatchObject(
      refused('batches[1].records[1].key'),
    );
    await send(batchOf(keyed, keyed));
  });
  expect(stored).toBe(2);
});

test('transactions, which are refused whole', async () => {
  const stored = await compacted('compact', async (world) => {
    await world.createTopic({ name: 'audit' });
    const engine = world.newEngine();
    const send = (name: string, ...records: readonly (typeof keyed | typeof keyless)[]) =>
      transact(engine, world.call(engine), {
        records: [
          { ...keyless, topic: 'audit' },
          ...records.map((record) => ({ ...record, topic })),
        ],
        identity: { key: name },
      });
    await expect(send('one', keyed, keyless)).rejects.toMatchObject(refused('records[2].key'));
    expect((await fetchFrom(world, engine, 0, { topic: 'audit' })).highWatermark).toBe(0);
    await send('two', keyed);
  });
  expect(stored).toBe(1);
});

test('what a source brings, which is told so', async () => {
  const stored = await compacted('compact', async (world) => {
    const engine = world.newEngine();
    const message = (id: string, of: Buffer | null) => {
      const mark = { kind: 'event', id } as const;
      const content = { key: of, value: null, headers, timestamp: undefined };
      return { ...content, mark, identifier: id, lane: undefined };
    };
    const records = [message('a', key), message('b', null)];
    const failed = await ingest(engine, world.call(engine), { topic, records });
    expect(failed).toEqual([
      {
        index: 1,
        code: 'INVALID_RECORD',
        reason: expect.stringMatching(/^record\.key: is required/),
      },
    ]);
  });
  expect(stored).toBe(1);
});

async function alter(world: World, name: string, policy: string): Promise<void> {
  const engine = world.newEngine();
  const changes = new Map([['cleanup.policy', policy]]);
  await alterConfigs(engine, world.call(engine), { name, changes });
}

test('a dead-letter topic is not compacted; one that became so takes what it is given', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: topic });
    await world.createTopic({ name: 'dead' });
    await alter(world, 'dead', 'compact');
    const engine = world.newEngine();
    const receiver = newReceiver(world, refusing('bad'));
    const wanted = { attemptsMax: 1, deadLetterTopic: 'dead', retryMillisMin: 100 };
    await expect(subscription(world, engine, wanted)).rejects.toMatchObject({
      code: 'INVALID_FIELD',
      detail: { field: 'dead_letter_topic' },
    });
    await alter(world, 'dead', 'delete');
    const billing = await subscription(world, engine, wanted);
    await alter(world, 'dead', 'compact');
    await produce(world, engine, ['bad', 'good']);
    await woken(world, receiver, billing);
    expect(receiver.received.flatMap(({ values }) => values)).toContain('good');
    const { records } = await fetchFrom(world, world.newEngine(), 0, { topic: 'dead' });
    expect(records.map((record) => record.key)).toEqual([null]);
  }));

test('dead letters are not put back where they would pass for the last of their key', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: topic });
    await world.createTopic({ name: 'dead' });
    const engine = world.newEngine();
    const receiver = newReceiver(world, refusing('bad'));
    const wanted = { attemptsMax: 1, deadLetterTopic: 'dead', retryMillisMin: 100 };
    const billing = await subscription(world, engine, wanted);
    await produce(world, engine, ['bad']);
    await woken(world, receiver, billing);
    await alter(world, topic, 'compact');
    await expect(redrive(engine, world.call(engine), 'billing')).rejects.toMatchObject({
      code: 'INVALID_FIELD',
      outcome: 'definite',
      detail: { field: 'topic' },
    });
    await alter(world, topic, 'delete');
    expect(await redrive(engine, world.call(engine), 'billing')).toMatchObject({ redriven: 1 });
  }));
