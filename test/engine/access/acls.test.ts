// ACLs are made and deleted all or none, and every process acts on a change within seconds, for the
// price of one read.

import { expect, test } from 'vitest';
import type { Acl } from '../../../shared/access/acl.ts';
import { aclCacheMillis, aclsMax, aclsPerRequestMax } from '../../../shared/engine/access/acls.ts';
import type { Engine } from '../../../shared/engine/engine.ts';
import { aclsPk } from '../../../shared/store/access-items.ts';
import { aclOf } from '../../access/naive-acls.ts';
import { inWorld } from '../../world/world.ts';
import { always, many, open, operationsOf, read, write } from './acl-story.ts';

/** Store operations that something costs a process. */
async function costOf({ operations }: Engine, work: () => Promise<unknown>) {
  const { tableReads, tableQueries, tableWrites } = operations;
  await work();
  const reads = operations.tableReads - tableReads;
  const queries = operations.tableQueries - tableQueries;
  return { reads, queries, writes: operations.tableWrites - tableWrites };
}

test('an ACL that was made is found as it is, once, and deleted', async () => {
  await inWorld(1, async (world) => {
    const { create, find, known, remove } = open(world);
    const whole = aclOf(['ALL', 'GROUP', 'Ärger/*'], {
      principal: 'User:arn:aws:sts::1:assumed-role/x',
      pattern: 'PREFIXED',
      permission: 'DENY',
    });
    expect(await find()).toEqual([]);
    await create(whole);
    await create(whole, read, read);
    const all = [whole, read];
    expect(new Set(await find())).toEqual(new Set(all));
    expect(new Set(await known())).toEqual(new Set(all));
    expect(await find({ type: 'GROUP' })).toEqual([whole]);
    expect(await remove({ permission: 'DENY' })).toEqual([whole]);
    expect(await find()).toEqual([read]);
    expect(await remove({ permission: 'DENY' })).toEqual([]);
  });
});

test('ACLs that differ in one field are two', async () => {
  await inWorld(2, async (world) => {
    const { create, find } = open(world);
    const all = [
      read,
      write,
      { ...read, principal: 'User:other' },
      { ...read, permission: 'DENY' as const },
      { ...read, pattern: 'PREFIXED' as const },
      aclOf(['READ', 'TOPIC', 'order']),
      aclOf(['READ', 'GROUP', 'orders']),
      // Fields are not run together.
      aclOf(['READ', 'TOPIC', 'b'], { principal: 'User:a' }),
      aclOf(['READ', 'TOPIC', ''], { principal: 'User:ab' }),
    ];
    await create(...all);
    expect(await find()).toHaveLength(all.length);
  });
});

test('other processes act on a change within its time, for one read', async () => {
  await inWorld(3, async (world) => {
    const [one, other] = [open(world), open(world)];
    await one.create(read);
    expect(await other.known()).toEqual([read]);
    await one.create(write);
    await one.remove({ operation: 'READ' });
    const cached = await costOf(other.engine, other.known);
    expect(cached).toEqual({ reads: 0, queries: 0, writes: 0 });
    expect(await other.known()).toEqual([read]);
    await world.time.sleep(aclCacheMillis);
    expect(await other.known()).toEqual([write]);
    await world.time.sleep(aclCacheMillis);
    expect(await costOf(other.engine, other.known)).toEqual({ reads: 1, queries: 0, writes: 0 });
    // Whoever changed it himself does not wait.
    await one.known();
    await one.create(read);
    expect(await one.known()).toHaveLength(2);
  });
});

test('nothing that is older than its time is acted on, however long its reading took', async () => {
  await inWorld(4, async (world) => {
    const [one, other] = [open(world), open(world)];
    await one.create(read);
    const { time } = world;
    const looksAt = async () => {
      const startedAt = time.now();
      await other.known();
      expect(time.now()).toBeGreaterThan(startedAt);
      return startedAt;
    };
    const first = await looksAt();
    await time.sleep(first + aclCacheMillis - time.now());
    const second = await looksAt();
    await one.remove({});
    await time.sleep(second + aclCacheMillis - time.now());
    expect(await other.known()).toEqual([]);
  });
});

test('those who ask at once wait for one look', async () => {
  await inWorld(5, async (world) => {
    await open(world).create(read);
    const { engine, known } = open(world);
    const all = () => Promise.all(Array.from({ length: 50 }, known));
    expect(await costOf(engine, all)).toEqual({ reads: 2, queries: 1, writes: 0 });
    await world.time.sleep(aclCacheMillis);
    expect(await costOf(engine, all)).toEqual({ reads: 1, queries: 0, writes: 0 });
  });
});

test('a look that fails fails those who waited for it, and is made again', async () => {
  await inWorld(6, async (world) => {
    await open(world).create(read);
    const { known } = open(world);
    world.faults.next('get', ...always('throttled'));
    const both = await Promise.allSettled([known(), known()]);
    const reasons = both.map((one) => one.status === 'rejected' && one.reason.code);
    expect(reasons).toEqual(['THROTTLED', 'THROTTLED']);
    expect(await known()).toEqual([read]);
  });
});

test('what is older is not acted on, though the store does not answer', async () => {
  await inWorld(7, async (world) => {
    const { create, known } = open(world);
    await create(read);
    await known();
    await world.time.sleep(aclCacheMillis);
    world.faults.next('get', ...always('before'));
    await expect(known()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

test('a batch is seen whole or not at all, while it is made and deleted again', async () => {
  await inWorld(8, async (world) => {
    // More than a query brings at once.
    const { create } = open(world);
    for (let at = 0; at < 1_100; at += aclsPerRequestMax) {
      await create(...many(1_100).slice(at, at + aclsPerRequestMax));
    }
    const { create: put, remove } = open(world);
    const pairs = many(40, 'ALTER').flatMap((acl) => [acl, { ...acl, principal: 'User:other' }]);
    let isOver = false;
    const changing = (async () => {
      for (let turn = 0; turn < 6; turn++) {
        await put(...pairs);
        await world.time.sleep(40);
        await remove({ operation: 'ALTER' });
        await world.time.sleep(40);
      }
      isOver = true;
    })();
    const seen = new Set<number>();
    while (!isOver) {
      const known = await open(world).known();
      seen.add(known.filter(({ operation }) => operation === 'ALTER').length);
    }
    await changing;
    expect(seen).toEqual(new Set([0, pairs.length]));
  });
});

test('there may be so many, and not one more; a batch that is too many makes none', async () => {
  await inWorld(9, async (world) => {
    const { create, find, remove } = open(world);
    const all = many(aclsMax);
    for (let at = 0; at < aclsMax - 1; at += aclsPerRequestMax) {
      await create(...all.slice(at, Math.min(at + aclsPerRequestMax, aclsMax - 1)));
    }
    const full = { code: 'ACLS_FULL', detail: { limit: aclsMax } };
    await expect(create(read, write)).rejects.toMatchObject(full);
    await create(read);
    await expect(create(write)).rejects.toMatchObject(full);
    await create(read);
    expect(await find()).toHaveLength(aclsMax);
    const gone = await remove({ type: 'TOPIC' });
    expect(gone).toHaveLength(aclsMax);
    expect(new Set(gone.map(({ resource }) => resource.name)).size).toBe(aclsMax);
    expect(await find()).toEqual([]);
    expect(world.account.stored.peekRange({ pk: aclsPk, limit: 9 })).toHaveLength(1);
  });
});

test('those who change them at once do not lose what others did', async () => {
  await inWorld(10, async (world) => {
    await open(world).create(aclOf(['DELETE', 'TOPIC', 'a']), aclOf(['DELETE', 'TOPIC', 'b']));
    const makers = many(8).map((acl) => open(world).create(acl));
    await Promise.all([...makers, open(world).remove({ operation: 'DELETE' })]);
    expect(operationsOf(await open(world).find())).toEqual(Array(8).fill('READ'));
  });
});

test('all that is meant goes, also while one of them comes back', async () => {
  await inWorld(15, async (world) => {
    const { create, find, remove } = open(world);
    const all = many(5 * aclsPerRequestMax);
    for (let at = 0; at < all.length; at += aclsPerRequestMax) {
      await create(...all.slice(at, at + aclsPerRequestMax));
    }
    const returning = open(world);
    const removed = remove({});
    let left = await returning.find();
    while (left.length === all.length) left = await returning.find();
    const names = new Set(left.map(({ resource }) => resource.name));
    await returning.create(all.find(({ resource }) => !names.has(resource.name)) as Acl);
    // It came between two rounds.
    expect((await find()).length % aclsPerRequestMax).toBe(1);
    expect(await removed).toHaveLength(all.length);
    expect(await find()).toEqual([]);
  });
});
