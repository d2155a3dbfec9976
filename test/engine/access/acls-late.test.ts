// Changes of ACLs whose answers are lost, or which land late: each is made once or not at all.

import { expect, test } from 'vitest';
import { inWorld } from '../../world/world.ts';
import { always, open, operationsOf, read, write } from './acl-story.ts';

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
