// Transactions that take a group's offsets: what was read counts as done if, and only if, what was
// made of it is stored.

import { expect, test } from 'vitest';
import type { Engine } from '../../../shared/engine/engine.ts';
import { committedOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import { assignByHand } from '../../../shared/engine/group/subscribe.ts';
import { transact } from '../../../shared/engine/transact.ts';
import { type Consumer, consumer, polled, values } from '../../world/group-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { produce, readAll } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const sessionMillis = 5_000;
const settings = { sessionMillis, autoCommit: false } as const;

type Sent = {
  readonly key?: string;
  readonly offset?: number;
  readonly generation?: number;
  readonly member?: Consumer;
  readonly value?: string;
};

type Story = {
  readonly world: World;
  readonly one: Consumer;
  /** A transaction of one record, and of what `one` has read. */
  readonly send: (engine: Engine, sent?: Sent) => Promise<unknown>;
  /** What is committed, and what is stored of what was made. */
  readonly outcome: () => Promise<readonly [number | undefined, readonly string[]]>;
};

async function withOne(world: World): Promise<Story> {
  await world.createTopic({ name: 'orders' });
  await world.createTopic({ name: 'bills' });
  await produce(world, world.newEngine(), ['a', 'b', 'c']);
  const one = await consumer(world, { instance: 'one' }, settings);
  expect(values(await polled(world, one))).toEqual(['a', 'b', 'c']);
  const place = { topic: 'orders', partition: 0 };
  const send = (engine: Engine, sent: Sent = {}) => {
    const { key = 'k', offset = 3, generation = 1, member = one, value = 'abc' } = sent;
    const offsets = [{ ...place, offset, metadata: '' }];
    const record = { topic: 'bills', key: null, value: Buffer.from(value), headers: [] };
    return transact(engine, world.call(engine), {
      records: [{ ...record, partition: 0 }],
      identity: { key },
      offsets: { group: member.group, member: member.instance, generation, offsets },
    });
  };
  const outcome = async () => {
    const observer = await consumer(world, { instance: 'observer' }, { topics: [] });
    const { engine } = observer;
    const [offset] = await committedOffsets(engine, world.call(engine), observer, [place]);
    return [offset?.offset, await readAll(world, 0, 'bills')] as const;
  };
  return { world, one, send, outcome };
}

const told = (seed: number, story: (told: Story) => Promise<void>) =>
  inWorld(seed, async (world) => story(await withOne(world)));

test('records and offsets are stored together, and a repeat changes nothing', () =>
  told(1, async ({ world, send, outcome }) => {
    const first = await send(world.newEngine());
    expect(first).toMatchObject([{ partition: 0, offset: 0 }]);
    expect(await send(world.newEngine())).toMatchObject([{ offset: 0, duplicate: true }]);
    expect(await outcome()).toEqual([3, ['abc']]);
  }));

test('a repeat is answered as the first was when the member is gone since', () =>
  told(2, async ({ world, send, outcome }) => {
    await send(world.newEngine());
    await world.time.sleep(sessionMillis + 1);
    const two = await consumer(world, { instance: 'two' }, settings);
    await polled(world, two);
    expect(await send(world.newEngine())).toMatchObject([{ offset: 0, duplicate: true }]);
    expect(await outcome()).toEqual([3, ['abc']]);
  }));

test('other offsets under the same key are another request', () =>
  told(3, async ({ world, send, outcome }) => {
    await send(world.newEngine(), { offset: 2 });
    await expect(send(world.newEngine(), { offset: 3 })).rejects.toMatchObject({
      code: 'KEY_REUSED',
    });
    expect(await outcome()).toEqual([2, ['abc']]);
  }));

test('what is committed already is not done again', () =>
  told(4, async ({ world, send, outcome }) => {
    await send(world.newEngine(), { key: 'first' });
    for (const offset of [2, 3]) {
      const again = send(world.newEngine(), { key: 'second', offset });
      await expect(again).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    }
    expect(await outcome()).toEqual([3, ['abc']]);
  }));

test('offsets past the end, of a partition of another, or of nobody, are refused', () =>
  told(5, async ({ world, one, send, outcome }) => {
    const engine = world.newEngine();
    await expect(send(engine, { offset: 4 })).rejects.toMatchObject({ code: 'INVALID_FIELD' });
    const idle = await consumer(world, { instance: 'idle' }, settings);
    await polled(world, idle);
    const generation = 2;
    const ofIdle = send(engine, { member: idle, generation });
    await expect(ofIdle).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    const byHand = await consumer(world, { group: 'hand', instance: 'one' }, { topics: [] });
    const all = [{ topic: 'orders', partition: 0 }];
    await assignByHand(byHand.engine, world.call(byHand.engine), byHand, all);
    const ofHand = send(engine, { member: byHand, generation: 0 });
    await expect(ofHand).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    const nobody = send(engine, { member: { ...one, instance: 'nobody' } });
    await expect(nobody).rejects.toMatchObject({ code: 'UNKNOWN_INSTANCE' });
    expect(await outcome()).toEqual([undefined, []]);
  }));

test('a generation to come is refused; one that has passed is not, while the lease stays', () =>
  told(6, async ({ world, one, send, outcome }) => {
    const engine = world.newEngine();
    const early = send(engine, { generation: 2 });
    await expect(early).rejects.toMatchObject({ code: 'ILLEGAL_GENERATION' });
    const two = await consumer(world, { instance: 'two' }, settings);
    await polled(world, two);
    await polled(world, one);
    await send(engine, { generation: 1 });
    expect(await outcome()).toEqual([3, ['abc']]);
  }));

test('a new instance of the name has another generation: what the old one read is refused', () =>
  told(7, async ({ world, send, outcome }) => {
    await world.time.sleep(sessionMillis + 1);
    const again = await consumer(world, { instance: 'one' }, settings);
    expect(values(await polled(world, again))).toEqual(['a', 'b', 'c']);
    const late = send(world.newEngine(), { key: 'old', value: 'old' });
    await expect(late).rejects.toMatchObject({ code: 'ILLEGAL_GENERATION' });
    await send(world.newEngine(), { key: 'new', value: 'new', generation: 3 });
    expect(await outcome()).toEqual([3, ['new']]);
  }));

test('one that thaws when the partition is another’s is refused, at each step', async () => {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(100 + step, async (world) => {
      const { send, outcome } = await withOne(world);
      const frozen = await freezing(world, step, (engine) => send(engine));
      await world.time.sleep(sessionMillis + 1);
      const two = await consumer(world, { instance: 'two' }, settings);
      const given = values(await polled(world, two));
      const answer = await frozen.thaw();
      const [committed, made] = await outcome();
      // It was done before the other took over, or not at all.
      expect([step, made]).toEqual([step, given.length === 0 ? ['abc'] : []]);
      expect([step, committed]).toEqual([step, given.length === 0 ? 3 : undefined]);
      if (given.length > 0) expect([step, answer]).toMatchObject([step, { name: 'EngineError' }]);
      return frozen.isFrozen;
    });
    if (!isFrozen) return;
  }
});
