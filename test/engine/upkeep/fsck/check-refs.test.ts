// What many refs name is looked at together: each footer is read once, and what is found is said of
// each.

import { expect, test } from 'vitest';
import { produceRecords } from '../../../../shared/engine/produce.ts';
import { RefsToCheck } from '../../../../shared/engine/upkeep/fsck/check-refs.ts';
import { newCheckRun } from '../../../../shared/engine/upkeep/fsck/check-run.ts';
import { refsOfTail } from '../../../../shared/log/refs.ts';
import { segmentKey } from '../../../../shared/segment/keys.ts';
import { inWorld } from '../../../world/world.ts';
import { check, headOf, newLog, patientCall } from './checked.ts';

test('the footers of objects that are of many partitions are read once each', () =>
  inWorld(1, async (world) => {
    const partitions = 60;
    await world.createTopic({ name: 'orders', partitions });
    const engine = world.newEngine();
    for (let round = 0; round < 30; round++) {
      const records = Array.from({ length: partitions }, (_, partition) => {
        return { key: null, value: Buffer.from('v'), headers: [], partition };
      });
      await produceRecords(engine, world.call(engine), { topic: 'orders', records });
      await engine.background.idle();
    }
    const looking = world.newEngine();
    const { looked } = await check(world, {}, looking);
    expect(looked.refs).toBe(30 * partitions);
    expect(looked.stored.objects).toBe(30);
    expect(looking.operations.objectReads).toBe(30);
  }));

test('of more than are looked at together each is looked at, and in its turn', () =>
  inWorld(2, async (world) => {
    const id = await newLog(world, 8);
    const { tailBase, tail } = headOf(world, id);
    const refs = refsOfTail(tailBase, tail);
    const lost = [1, 2, 6].map((index) => segmentKey(refs.at(index).segment));
    await world.account.objects.delete(lost);
    const engine = world.newEngine();
    const some = new RefsToCheck(newCheckRun(engine, patientCall(world, engine), false), 3);
    const found: number[] = [];
    const counts: number[] = [];
    for (let index = 0; index < refs.length; index++) {
      const say = ({ baseOffset }: { readonly baseOffset: number }) => found.push(baseOffset);
      await some.add({ id, ref: refs.at(index), say });
      counts.push(found.length);
    }
    await some.checkAll();
    expect(found).toEqual([1, 2, 6]);
    expect(counts).toEqual([0, 0, 2, 2, 2, 2, 2, 2]);
  }));
