// A head that is full of producers who have gone idle: a newcomer waits for the roll that evicts
// them, and holds up nobody.

import { expect, test } from 'vitest';
import { createEngine, type Engine } from '../../shared/engine/engine.ts';
import { type TransactionIdentity, transact } from '../../shared/engine/transact.ts';
import { producerKeyOf } from '../../shared/ids.ts';
import { residentProducersFull } from '../../shared/limits.ts';
import { readHead } from '../../shared/log/head.ts';
import { residentNames } from '../../shared/log/producers.ts';
import { packEpoch } from '../../shared/log/stamp.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { headKey } from '../../shared/store/items.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import type { Table } from '../../shared/store/table.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { produceStamped, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const resident = { id: 7, epoch: 0 };
const newcomer = { id: 8, epoch: 0 };

/** The log holds 'a', of the resident; its head is full. */
async function withFullHead<Answer>(
  seed: number,
  story: (here: { world: World; head: () => Item }) => Promise<Answer>,
): Promise<Answer> {
  return inWorld(seed, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    await produceStamped(world, world.newEngine(), ['a'], { ...resident, sequence: 0 });
    const key = headKey({ topicId, partition: 0 });
    const idle = Array.from({ length: residentProducersFull }, (_, index) => 1_000 + index);
    const actions = idle.flatMap((id) => {
      const values = [packEpoch(0, 1), 0, 0];
      return Object.values(residentNames(producerKeyOf(id))).map((set, at) => {
        return { set, to: { value: values[at] as number } };
      });
    });
    await world.account.stored.write({ update: key, actions });
    return story({ world, head: () => world.account.stored.peek(key) as Item });
  });
}

/** A process for which the table takes no items, so that it cannot roll. */
function engineThatCannotRoll({ account, time }: World): Engine {
  const write: Table['write'] = async (one) => {
    if ('put' in one) throw new StoreError('not-done', 'unavailable');
    return account.table.write(one);
  };
  const table = { ...account.table, write };
  return createEngine({ objects: account.objects, table, clock: time, chance: seededChance(4) });
}

test('a newcomer to it gets in, and holds up nobody', async () => {
  await withFullHead(1, async ({ world, head }) => {
    const engine = world.newEngine();
    const [late, soon] = await Promise.all([
      produceStamped(world, engine, ['new'], { ...newcomer, sequence: 0 }),
      produceStamped(world, engine, ['b'], { ...resident, sequence: 1 }),
    ]);
    expect(soon).toMatchObject([{ offset: 1 }]);
    expect(late).toMatchObject([{ offset: 2 }]);
    await engine.background.idle();
    expect(readHead(head()).residents.size).toBeLessThan(residentProducersFull / 2);
  });
});

test('a newcomer waits for the roll in a transaction too; a resident does not', async () => {
  await withFullHead(2, async ({ world }) => {
    const send = (engine: Engine, value: string, by: typeof resident, sequence: number) => {
      const record = { topic: 'orders', partition: 0, key: null, value: Buffer.from(value) };
      const sequences = new Map([['orders', new Map([[0, sequence]])]]);
      const identity: TransactionIdentity = { producer: { ...by, sequences } };
      return transact(engine, world.call(engine), {
        records: [{ ...record, headers: [] }],
        identity,
      });
    };
    const stuck = engineThatCannotRoll(world);
    await expect(send(stuck, 'new', newcomer, 0)).rejects.toMatchObject({ code: 'THROTTLED' });
    expect(await send(stuck, 'b', resident, 1)).toMatchObject([{ offset: 1 }]);
    expect(await readAll(world)).toEqual(['a', 'b']);
    expect(await send(world.newEngine(), 'new', newcomer, 0)).toMatchObject([{ offset: 2 }]);
    expect(await readAll(world)).toEqual(['a', 'b', 'new']);
  });
});
