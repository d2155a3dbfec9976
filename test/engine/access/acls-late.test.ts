// Changes of ACLs whose answers are lost, or which land late: each is made once or not at all.

import { expect, test } from 'vitest';
import { aclCacheMillis } from '../../../shared/engine/access/acls.ts';
import { inWorld } from '../../world/world.ts';
import { always, many, open, operationsOf, read, write } from './acl-story.ts';

test('a change of which every answer is lost is made once', async () => {
  await inWorld(11, async (world) => {
    const { create, find, remove } = open(world);
    world.faults.next('transact', 'after', 'before');
    await create(read, write);
    expect(operationsOf(await find())).toEqual(['READ', 'WRITE']);
    world.faults.next('transact', 'before', 'after');
    expect(operationsOf(await remove({}))).toEqual(['READ', 'WRITE']);
    expect(await find()).toEqual([]);
  });
});

test('what lands late brings no ACL back, and takes none away', async () => {
  await inWorld(12, async (world) => {
    const [one, other] = [open(world), open(world)];
    world.faults.next('transact', 'late');
    await one.create(read);
    await other.remove({ operation: 'READ' });
    const [late] = await world.faults.land();
    expect(late).toMatchObject({ kind: 'refused' });
    expect(await other.find()).toEqual([]);

    await one.create(read);
    world.faults.next('transact', 'late');
    await one.remove({});
    await other.create(read);
    await world.faults.land();
    expect(await other.find()).toEqual([read]);
  });
});

test('who gave up is told that it may be done, and it may, unless others were faster', async () => {
  await inWorld(13, async (world) => {
    const [one, other] = [open(world), open(world)];
    const never = always('before');
    world.faults.next('transact', 'late', ...never);
    await expect(one.create(read)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await world.faults.land();
    expect(await other.find()).toEqual([read]);

    world.faults.next('transact', 'late', ...never);
    await expect(one.create(write)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await other.remove({});
    await world.faults.land();
    expect(await other.find()).toEqual([]);
  });
});

test('once it may be done, no failure says that nothing was', async () => {
  await inWorld(14, async (world) => {
    const [one, other] = [open(world), open(world)];
    world.faults.next('transact', 'after', 'before');
    const throttled = always('throttled');
    const made = one.create(read);
    // The look after its own success has refused it.
    world.faults.next('get', undefined, undefined, ...throttled);
    await expect(made).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await other.find()).toEqual([read]);
  });
});

test('of very many that go, and one answer is lost, nobody honours one for longer', async () => {
  await inWorld(15, async (world) => {
    const [one, busy] = [open(world), open(world)];
    await one.create(...many(75));
    await one.create(...many(75, 'WRITE'));
    await busy.known();
    await world.time.sleep(aclCacheMillis);
    world.faults.next('transact', 'after');
    const removed = one.remove({});
    // Between the try that was done and the next.
    while ((await one.find()).length === 150) await world.time.sleep(1);
    expect((await busy.known()).length).toBe(51);
    await removed;
    await world.time.sleep(aclCacheMillis);
    expect(await busy.known()).toEqual([]);
  });
});

test('of very many that go, what allows goes first', async () => {
  await inWorld(16, async (world) => {
    const [one, other] = [open(world), open(world)];
    const denied = many(75).map((acl) => ({ ...acl, permission: 'DENY' as const }));
    await one.create(...many(75));
    await one.create(...denied);
    world.faults.next('transact', 'after', ...always('throttled'));
    await expect(one.remove({})).rejects.toMatchObject({ name: 'EngineError' });
    const left = await other.find();
    expect(new Set(left.map(({ permission }) => permission))).toEqual(new Set(['DENY']));
  });
});
