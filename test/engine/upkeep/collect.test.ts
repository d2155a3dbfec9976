// Clearing away: what deleted topics have left, what groups have, and what nothing names share a
// run's time, and none is kept from its part by another.

import { expect, test } from 'vitest';
import { createEngine, openCall } from '../../../shared/engine/engine.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import { type Collected, collect, whatStays } from '../../../shared/engine/upkeep/collect.ts';
import { nothingSwept } from '../../../shared/engine/upkeep/sweep-objects.ts';
import { EngineError } from '../../../shared/errors.ts';
import type { EpochMillis, TopicId } from '../../../shared/ids.ts';
import { groupNameKey, groupsPk } from '../../../shared/store/group-items.ts';
import { doomedKey, doomedPk, topicsPk } from '../../../shared/store/items.ts';
import type { Table } from '../../../shared/store/table.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const graceMillis = 3_600_000;
const runMillis = 100_000;

/** An object that nothing names any more. */
async function withLitter(world: World): Promise<TopicId> {
  const { id } = await world.createTopic({ name: 'orders', partitions: 1 });
  const engine = world.newEngine();
  await produce(world, engine, ['a']);
  await deleteTopic(engine, world.call(engine), 'orders');
  await world.time.sleep(2 * graceMillis);
  return id;
}

type Before = (pk: string, operation: 'get' | 'query') => Promise<unknown>;

/** @param before it answers whoever asks for that, the table does this. */
function collected(world: World, before?: Before): Promise<Collected> {
  const { objects, table } = world.newEngine();
  const slow: Table = {
    ...table,
    get: async (key, read) => {
      await before?.(key.pk, 'get');
      return table.get(key, read);
    },
    query: async (range) => {
      await before?.(range.pk, 'query');
      return table.query(range);
    },
  };
  const chance = seededChance(5);
  const engine = createEngine({ objects, table: slow, clock: world.time, chance });
  const deadline = (world.time.now() + runMillis) as EpochMillis;
  return collect(engine, openCall(engine, { deadline }), { graceMillis });
}

async function stored(world: World): Promise<number> {
  return (await world.account.objects.list({ prefix: '', limit: 10 })).length;
}

test('what nothing names is gone, and what is young stays', () =>
  inWorld(1, async (world) => {
    await withLitter(world);
    await world.createTopic({ name: 'orders', partitions: 1 });
    await produce(world, world.newEngine(), ['b']);
    expect(await stored(world)).toBe(2);
    await collected(world);
    expect(await stored(world)).toBe(1);
  }));

test('what was deleted and takes longer than half of the time leaves the rest of it', () =>
  inWorld(2, async (world) => {
    await withLitter(world);
    const slow = async (pk: string) => {
      if (pk === doomedPk || pk === groupsPk) await world.time.sleep(0.3 * runMillis);
    };
    const { isDone, swept } = await collected(world, slow);
    expect({ isDone, swept }).toMatchObject({ isDone: false, swept: { isDone: true } });
    expect(await stored(world)).toBe(0);
  }));

test('topics that take longer than a quarter leave groups their own', () =>
  inWorld(6, async (world) => {
    await withLitter(world);
    const asked: number[] = [];
    const start = world.time.now();
    const slow: Before = async (pk) => {
      if (pk === doomedPk) await world.time.sleep(0.3 * runMillis);
      if (pk === groupsPk) asked.push(world.time.now() - start);
    };
    expect(await collected(world, slow)).toMatchObject({ isDone: false });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeLessThan(0.4 * runMillis);
  }));

test('more groups than there is time for keep no topic from being cleared', () =>
  inWorld(4, async (world) => {
    const topicId = await withLitter(world);
    const { stored: table } = world.account;
    for (let group = 0; group < 200; group++) {
      await table.write({ put: { ...groupNameKey(`once-${group}`), l: 'x' } });
    }
    const slow: Before = async (pk, operation) => {
      if (pk.startsWith('group#') && operation === 'get') await world.time.sleep(0.05 * runMillis);
    };
    expect(await collected(world, slow)).toMatchObject({ isDone: false, swept: { isDone: true } });
    expect(table.peek(doomedKey(topicId))).toMatchObject({ cleared: true });
    expect(await stored(world)).toBe(0);
    expect(await collected(world)).toMatchObject({ isDone: true });
  }));

test.each([doomedPk, groupsPk, topicsPk])('who fails for want of %s keeps no other', (failing) =>
  inWorld(3, async (world) => {
    await withLitter(world);
    const asked = new Set<string>();
    const fails: Before = async (pk, operation) => {
      if (operation === 'get') return;
      asked.add(pk);
      if (pk === failing) throw new EngineError('UNAVAILABLE', `no ${pk}`);
    };
    await expect(collected(world, fails)).rejects.toThrow(`no ${failing}`);
    for (const pk of [doomedPk, groupsPk, topicsPk]) expect(asked).toContain(pk);
    expect(await stored(world)).toBe(failing === topicsPk ? 1 : 0);
  }),
);

test('what nobody can judge is said in a sentence', () =>
  inWorld(5, async (world) => {
    const topicId = await withLitter(world);
    await world.account.stored.write({ delete: doomedKey(topicId) });
    await world.time.sleep(graceMillis);
    const { swept } = await collected(world);
    expect(whatStays(swept)).toMatch(/^1 objects .* of 1 partitions .* npm run fsck\.$/);
    expect(whatStays(nothingSwept)).toBeUndefined();
  }));
