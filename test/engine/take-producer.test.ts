// Producer ids are given once; a name's holders have rising epochs, whoever takes it when.

import { expect, test } from 'vitest';
import { takeProducer } from '../../shared/engine/take-producer.ts';
import { producerEpochMax, triesMax } from '../../shared/limits.ts';
import { producerNameItem, producerNameKey } from '../../shared/store/items.ts';
import { inWorld, type World } from '../world/world.ts';

function take(world: World, name?: string) {
  const engine = world.newEngine();
  return takeProducer(engine, world.call(engine), name === undefined ? {} : { name });
}

test('ids that are taken at once are all different', async () => {
  await inWorld(1, async (world) => {
    const taken = await Promise.all(Array.from({ length: 50 }, () => take(world)));
    expect(new Set(taken.map(({ id }) => id)).size).toBe(50);
    expect(taken.every(({ epoch }) => epoch === 0)).toBe(true);
  });
});

test('those who take a name at once have its one id, each in an epoch of its own', async () => {
  await inWorld(2, async (world) => {
    const taken = await Promise.all(Array.from({ length: 20 }, () => take(world, 'shop')));
    expect(new Set(taken.map(({ id }) => id)).size).toBe(1);
    expect(taken.map(({ epoch }) => epoch).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, epoch) => epoch),
    );
    expect((await take(world, 'other')).id).not.toBe(taken[0]?.id);
  });
});

test('an answer that was lost skips an epoch at most, and gives none twice', async () => {
  await inWorld(3, async (world) => {
    const first = await take(world, 'shop');
    world.faults.next('write', 'after', 'before', 'late');
    const second = await take(world, 'shop');
    expect(second.id).toBe(first.id);
    expect(second.epoch).toBeGreaterThan(first.epoch);
    await world.faults.land();
    expect((await take(world, 'shop')).epoch).toBeGreaterThan(second.epoch);
    world.faults.next('write', ...Array.from({ length: triesMax }, () => 'throttled' as const));
    await expect(take(world, 'shop')).rejects.toMatchObject({ code: 'THROTTLED' });
  });
});

test('a name whose epochs are used up goes on with another id', async () => {
  await inWorld(4, async (world) => {
    const first = await take(world, 'shop');
    const actions = [{ set: producerNameItem.epoch, to: { value: producerEpochMax - 1 } }];
    await world.account.stored.write({ update: producerNameKey('shop'), actions });
    expect(await take(world, 'shop')).toEqual({ id: first.id, epoch: producerEpochMax });
    const anew = await Promise.all([take(world, 'shop'), take(world, 'shop')]);
    expect(new Set(anew.map(({ id }) => id)).size).toBe(1);
    expect(anew.map(({ epoch }) => epoch).sort()).toEqual([0, 1]);
    expect(anew[0]?.id).not.toBe(first.id);
  });
});
