// API keys: a secret is shown once and stored nowhere; two are good at a time; what has ended is
// good nowhere once its time is over.

import { expect, test } from 'vitest';
import { hashOf } from '../../../shared/access/api-key.ts';
import {
  type ApiKey,
  apiKeysMax,
  type Drawn,
  type Secret,
} from '../../../shared/engine/access/api-keys.ts';
import { apiKeyCacheMillis } from '../../../shared/engine/access/authenticate.ts';
import { apiKeyKey, apiKeysPk } from '../../../shared/store/access-items.ts';
import { inWorld } from '../../world/world.ts';
import { day, isGood, live, open } from './key-story.ts';

test('a secret is told once, and stored nowhere', async () => {
  await inWorld(1, async (world) => {
    const { create, rotate, list, knows } = open(world);
    const first = await create({ description: 'of the shop', operations: ['READ'] });
    const second = await rotate(first.key.id);
    await knows(second);
    await world.time.sleep(1_000);
    const [{ version, ...key }] = (await list()) as [ApiKey];
    const { version: _, ...told } = second.key;
    expect(key).toEqual({ ...told, usedAt: world.time.now() - (world.time.now() % day) });
    expect(version).toBe(2);
    const everything = JSON.stringify([
      world.account.stored.peekRange({ pk: apiKeysPk, limit: 9 }),
      await list(),
    ]);
    for (const { secret } of [first, second]) {
      expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString('base64'));
      expect(everything).toContain(hashOf(secret));
    }
    expect(first.secret).not.toBe(second.secret);
  });
});

test('who has an id and its secret is its principal, narrowed as the key is', async () => {
  await inWorld(2, async (world) => {
    const { create, knows } = open(world);
    const mine = await create({ operations: ['READ', 'DESCRIBE_CONFIGS'] });
    const yours = await create({ principal: 'User:you' });
    expect(await knows(mine)).toMatchObject({
      principal: 'User:me',
      operations: ['READ', 'DESCRIBE_CONFIGS'],
    });
    expect(await knows(yours)).toMatchObject({ principal: 'User:you', operations: undefined });
    expect(await knows({ ...mine, secret: yours.secret })).toBeUndefined();
    expect(await knows({ ...mine, key: { ...mine.key, id: 'A'.repeat(16) } })).toBeUndefined();
    expect(await knows({ ...mine, secret: hashOf(mine.secret) })).toBeUndefined();
  });
});

test('a secret is good until its time is over, for those who know it too', async () => {
  await inWorld(3, async (world) => {
    const { create, knows, within } = open(world);
    const drawn = await create({ expiresAt: within(1_000) });
    expect(await knows(drawn)).toBeDefined();
    const { expiresAt } = drawn.key.secrets[0] as Secret;
    await world.time.sleep((expiresAt ?? 0) - 1 - world.time.now());
    expect(await knows(drawn)).toBeDefined();
    await world.time.sleep(1);
    expect(await knows(drawn)).toBeUndefined();
    expect(await isGood(world, drawn)).toBe(false);
  });
});

test('two secrets are good at a time; a third is refused until one has ended', async () => {
  await inWorld(4, async (world) => {
    const { create, rotate, end, list, knows } = open(world);
    const first = await create();
    const { id } = first.key;
    const second = await rotate(id);
    for (const drawn of [first, second]) expect(await knows(drawn)).toBeDefined();
    const third = { code: 'API_KEYS_FULL', message: expect.stringContaining('1 and 2') };
    await expect(rotate(id)).rejects.toMatchObject(third);
    await end(id, 1);
    expect(await knows(first)).toBeUndefined();
    expect(await knows(second)).toBeDefined();
    // Again, and of none: there is nothing to do.
    await end(id, 1);
    await end(id, 9);
    const before = await list();
    await end(id, 1);
    expect(await list()).toEqual(before);
    const next = await rotate(id);
    expect(live(next.key, world.time.now())).toEqual([2, 3]);
    await world.time.sleep(day);
    expect([await isGood(world, second), await isGood(world, next)]).toEqual([false, true]);
    const last = await rotate(id, 0);
    expect([await isGood(world, next), await isGood(world, last)]).toEqual([false, true]);
    await end(id, last.key.secrets.at(-1)?.version ?? 0);
    expect(await isGood(world, last)).toBe(false);
    // Of a key of which nothing is good any more, another is drawn.
    expect(await isGood(world, await rotate(id))).toBe(true);
  });
});

test('a rotation lets no secret live longer than it was to', async () => {
  await inWorld(5, async (world) => {
    const { create, rotate, within } = open(world);
    const first = await create({ expiresAt: within(60_000) });
    await rotate(first.key.id, day);
    await world.time.sleep(60_000);
    expect(await isGood(world, first)).toBe(false);
  });
});

test('of those who rotate at once one draws, and the others are refused', async () => {
  await inWorld(6, async (world) => {
    const { create, list } = open(world);
    const { key } = await create();
    const drawn = await Promise.allSettled(
      Array.from({ length: 6 }, () => open(world).rotate(key.id)),
    );
    const good = drawn.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refused = drawn.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(good).toHaveLength(1);
    expect(new Set(refused)).toEqual(new Set(['API_KEYS_FULL']));
    expect(await isGood(world, good[0] as Drawn)).toBe(true);
    expect(live((await list())[0] as ApiKey, world.time.now())).toEqual([1, 2]);
  });
});

test('a deleted key, or an ended secret, is good nowhere in half a minute', async () => {
  await inWorld(7, async (world) => {
    const [one, other] = [open(world), open(world)];
    const drawn = await one.create();
    const { id } = drawn.key;
    const second = await one.rotate(id);
    await other.knows(drawn);
    await world.time.sleep(apiKeyCacheMillis - 1_000);
    await one.end(id, 1);
    expect(await one.knows(drawn)).toBeUndefined();
    expect(await other.knows(drawn)).toBeDefined();
    await world.time.sleep(1_000);
    expect(await other.knows(drawn)).toBeUndefined();
    expect(await other.knows(second)).toBeDefined();
    await one.remove(id);
    await one.remove(id);
    expect(await one.knows(second)).toBeUndefined();
    await world.time.sleep(apiKeyCacheMillis);
    expect(await other.knows(second)).toBeUndefined();
    expect(await one.list()).toEqual([]);
    await expect(one.rotate(id)).rejects.toMatchObject({ code: 'UNKNOWN_API_KEY' });
    await expect(one.end(id, 1)).rejects.toMatchObject({ code: 'UNKNOWN_API_KEY' });
  });
});

test('neither a slow read nor a new day keeps what has ended good for longer', async () => {
  await inWorld(16, async (world) => {
    const { time } = world;
    const [one, other] = [open(world), open(world)];
    const first = await one.create();
    const second = await one.rotate(first.key.id, 2 * day);
    const midnight = Date.UTC(2026, 0, 2);
    const ends: [number, Drawn, number][] = [
      [midnight - 120_000, second, 2],
      [midnight - apiKeyCacheMillis / 2, first, 1],
    ];
    for (const [startsAt, drawn, version] of ends) {
      await time.sleep(startsAt - time.now());
      expect(await other.knows(drawn)).toBeDefined();
      expect(time.now()).toBeGreaterThan(startsAt);
      await one.end(drawn.key.id, version);
      await time.sleep(startsAt + apiKeyCacheMillis - 1 - time.now());
      expect(await other.knows(drawn)).toBeDefined();
      await time.sleep(1);
      expect(await other.knows(drawn)).toBeUndefined();
    }
  });
});

test('a key is looked for once in half a minute, also one that is made up', async () => {
  await inWorld(8, async (world) => {
    const { create } = open(world);
    const drawn = await create();
    const { engine, knows } = open(world);
    const madeUp = { ...drawn, key: { ...drawn.key, id: 'A'.repeat(16) } };
    for (let times = 0; times < 5; times++) {
      await knows(drawn);
      await knows({ ...drawn, secret: 'A'.repeat(43) });
      await knows(madeUp);
    }
    expect(engine.operations.tableReads).toBe(2);
    await world.time.sleep(apiKeyCacheMillis);
    await knows(drawn);
    expect(engine.operations.tableReads).toBe(3);
  });
});

test('the day of its last use is noted once a day, and not by whoever has no secret', async () => {
  await inWorld(9, async (world) => {
    const { create, list } = open(world);
    const drawn = await create();
    const { engine, knows } = open(world);
    const usedAt = async () => {
      await engine.background.idle();
      return (await list())[0]?.usedAt;
    };
    await knows({ ...drawn, secret: 'A'.repeat(43) });
    expect(await usedAt()).toBeUndefined();
    for (let times = 0; times < 9; times++) await knows(drawn);
    await world.time.sleep(day - 60_000);
    await knows(drawn);
    expect(await usedAt()).toBe(Date.UTC(2026, 0, 1));
    expect(engine.operations.tableWrites).toBe(1);
    await world.time.sleep(60_000);
    world.faults.next('write', 'throttled');
    await knows(drawn);
    expect(await usedAt()).toBe(Date.UTC(2026, 0, 1));
    // What was lost, another process makes up for.
    await open(world).knows(drawn);
    await world.time.sleep(100);
    expect(await usedAt()).toBe(Date.UTC(2026, 0, 2));
  });
});

test('there may be so many keys, and not one more', async () => {
  await inWorld(15, async (world) => {
    const { create, remove } = open(world);
    const { key } = await create();
    for (let at = 1; at < apiKeysMax; at++) {
      const { stored } = world.account;
      const item = stored.peek(apiKeyKey(key.id));
      await stored.write({ put: { ...item, ...apiKeyKey(String(at).padStart(16, '0')) } });
    }
    const full = { code: 'API_KEYS_FULL', detail: { limit: apiKeysMax } };
    await expect(create()).rejects.toMatchObject(full);
    await remove(key.id);
    await create();
  });
});
