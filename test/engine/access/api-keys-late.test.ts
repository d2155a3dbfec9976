// Changes of API keys whose answers are lost, or which land late: no key and no secret comes back.

import { expect, test } from 'vitest';
import type { ApiKey } from '../../../shared/engine/access/api-keys.ts';
import { apiKeyLookMillisMin } from '../../../shared/engine/access/authenticate.ts';
import { apiKeyKey } from '../../../shared/store/access-items.ts';
import { inWorld } from '../../world/world.ts';
import { always } from './acl-story.ts';
import { isGood, live, open } from './key-story.ts';

test('a use that is noted late brings no deleted key back, and no ended secret', async () => {
  await inWorld(10, async (world) => {
    const { create, end, remove, list } = open(world);
    const [gone, ended] = [await create(), await create()];
    const { engine, knows } = open(world);
    world.faults.next('write', 'late', 'late');
    await knows(gone);
    await knows(ended);
    await engine.background.idle();
    await remove(gone.key.id);
    await end(ended.key.id, 1);
    await world.faults.land();
    expect((await list()).map(({ id }) => id)).toEqual([ended.key.id]);
    expect(await isGood(world, ended)).toBe(false);
    expect(world.account.stored.peek(apiKeyKey(gone.key.id))).toBeUndefined();
  });
});

test('a key that was made is never made again, so that it stays deleted', async () => {
  await inWorld(11, async (world) => {
    const { create, list, remove } = open(world);
    world.faults.next('write', 'throttled', 'throttled', 'late');
    await expect(create()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await world.faults.land();
    for (const { id } of await list()) await remove(id);
    world.faults.next('write', 'throttled');
    const drawn = await create();
    await remove(drawn.key.id);
    expect(await world.faults.land()).toEqual([]);
    expect(await isGood(world, drawn)).toBe(false);
    world.faults.next('write', ...always('throttled'));
    await expect(create()).rejects.toMatchObject({ code: 'THROTTLED' });
    expect(await list()).toEqual([]);
  });
});

test('a secret that is drawn is good soon, also for those who know the last one', async () => {
  await inWorld(17, async (world) => {
    const [one, other] = [open(world), open(world)];
    const first = await one.create();
    await other.knows(first);
    const second = await one.rotate(first.key.id);
    await world.time.sleep(apiKeyLookMillisMin);
    expect(await other.knows(second)).toBeDefined();
    // Whoever guesses has it looked for no more often.
    const { engine } = other;
    const reads = engine.operations.tableReads;
    await world.time.sleep(apiKeyLookMillisMin);
    for (let times = 0; times < 5; times++) {
      expect(await other.knows({ ...first, secret: 'A'.repeat(43) })).toBeUndefined();
    }
    expect(engine.operations.tableReads).toBe(reads + 1);
  });
});

test('a rotation of unknown outcome gives the secret that is good, or none', async () => {
  await inWorld(12, async (world) => {
    const { create, rotate, end, list } = open(world);
    const { key } = await create();
    world.faults.next('write', 'after', 'before');
    const drawn = await rotate(key.id);
    expect(live(drawn.key, world.time.now())).toEqual([1, 2]);
    expect(await isGood(world, drawn)).toBe(true);
    await end(key.id, 1);
    world.faults.next('write', 'late', ...always('before'));
    await expect(rotate(key.id)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await world.faults.land();
    expect(live((await list())[0] as ApiKey, world.time.now())).toEqual([2, 3]);
  });
});

test('a rotation that was done before another change of the key is not done twice', async () => {
  await inWorld(13, async (world) => {
    const [one, other] = [open(world), open(world)];
    const { key } = await one.create();
    world.faults.next('write', 'after');
    const rotating = one.rotate(key.id);
    const ended = async () => {
      const all = await other.list();
      if (all[0]?.secrets.length === 2) await other.end(key.id, 1);
      else await ended();
    };
    const [drawn] = await Promise.all([rotating, ended()]);
    const [now] = (await other.list()) as [ApiKey];
    expect(now.secrets.map(({ version }) => version)).toEqual([1, 2]);
    expect(live(now, world.time.now())).toEqual([2]);
    expect(await isGood(world, drawn)).toBe(true);
  });
});

test('a rotation that lands late brings no ended secret back', async () => {
  await inWorld(14, async (world) => {
    const [one, other] = [open(world), open(world)];
    const first = await one.create();
    world.faults.next('write', 'late');
    const second = await one.rotate(first.key.id);
    await other.end(first.key.id, 1);
    await other.end(first.key.id, 2);
    await world.faults.land();
    expect([await isGood(world, first), await isGood(world, second)]).toEqual([false, false]);
    await other.remove(first.key.id);
    world.faults.next('write', 'late');
    await expect(one.rotate(first.key.id)).rejects.toMatchObject({ code: 'UNKNOWN_API_KEY' });
  });
});
