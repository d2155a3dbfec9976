// Five hundred idempotent producers on one partition, each a process of its own: far more than a
// head keeps. Nobody stands in another’s way but by evictions, each of which costs a write; and
// every batch is stored once, in its producer's order, whatever is repeated.

import { expect, test } from 'vitest';
import { createEngine } from '../../shared/engine/engine.ts';
import { producerKeyOf } from '../../shared/ids.ts';
import type { Condition, Item, Write } from '../../shared/store/algebra.ts';
import { evaluate } from '../../shared/store/evaluate.ts';
import { headItem } from '../../shared/store/items.ts';
import type { Table } from '../../shared/store/table.ts';
import { produceStamped, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const producers = 500;
const batches = 8;
const appendsPerSecond = 200;

test('500 producers at once are refused by evictions alone, and seldom', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const refusals = { explained: 0, others: 0 };
    const { bill } = world.account;
    const before = { ...bill };
    const all = Array.from({ length: producers }, (_, id) => produceAll(world, id, refusals));
    await Promise.all(all);
    const appends = producers * batches;
    const units = (bill.writeUnits - before.writeUnits) / appends;
    const reads = (bill.readUnits - before.readUnits) / appends;
    const figures =
      `${appends} appends, ${refusals.explained} refused by evictions, ${refusals.others} by ` +
      `others, ${bill.throttled} throttled, ${units.toFixed(2)} write units and ` +
      `${reads.toFixed(2)} read units each`;
    console.log(figures);
    expect([refusals.others, bill.throttled], figures).toEqual([0, 0]);
    expect(refusals.explained / producers, figures).toBeLessThanOrEqual(1);
    expect(units, figures).toBeLessThan(4);
    await expectEachOnce(world);
  });
});

test('20 that never rest stay in the head, at about the price of plain appends', async () => {
  await inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const { bill } = world.account;
    const before = { ...bill };
    const end = world.time.now() + 10_000;
    let appends = 0;
    const producing = Array.from({ length: 20 }, async (_, id) => {
      const engine = world.newEngine();
      for (let sequence = 0; world.time.now() < end; sequence++) {
        const [entry] = await produceStamped(world, engine, ['x'], { id, epoch: 0, sequence });
        expect(entry).toMatchObject({ offset: expect.any(Number) });
        appends++;
      }
      await engine.background.idle();
    });
    await Promise.all(producing);
    const units = (bill.writeUnits - before.writeUnits) / appends;
    const figures =
      `${appends} appends, ${bill.refusedAppends} refused, ${bill.throttled} throttled, ` +
      `${units.toFixed(2)} write units each`;
    console.log(figures);
    expect(bill.throttled, figures).toBe(0);
    expect(bill.refusedAppends / appends, figures).toBeLessThan(0.02);
    expect(units, figures).toBeLessThan(1.5);
  });
});

async function produceAll(
  world: World,
  id: number,
  refusals: { explained: number; others: number },
): Promise<void> {
  const stores = { objects: world.account.objects, table: watching(world.account.table, refusals) };
  const chance = world.newEngine().chance;
  const engine = createEngine({ ...stores, clock: world.time, chance });
  await world.time.sleep((id * 1_000) / appendsPerSecond);
  for (let sequence = 0; sequence < batches; sequence++) {
    const next = world.time.now() + (producers * 1_000) / appendsPerSecond;
    const stamp = { id, epoch: 0, sequence };
    const [entry] = await produceStamped(world, engine, [`${id}:${sequence}`], stamp);
    expect(entry).toMatchObject({ offset: expect.any(Number) });
    await engine.background.idle();
    await world.time.sleep(next - world.time.now());
  }
}

/** Tells why appends were refused. */
function watching(table: Table, refusals: { explained: number; others: number }): Table {
  return {
    ...table,
    write: async (write) => {
      const answer = await table.write(write);
      const appends = 'update' in write && write.actions.some((action) => 'append' in action);
      if (answer.kind === 'refused' && appends) {
        if (isByEviction(write, answer.current as Item)) refusals.explained++;
        else refusals.others++;
      }
      return answer;
    },
  };
}

/** Every part of the condition that does not hold is of somebody who left the head: whoever sends,
 * or another since its head was read. */
function isByEviction(write: Write, current: Item): boolean {
  const parts = (write.if as { readonly all: readonly Condition[] }).all;
  const failed = parts.filter((part) => {
    const probe = { update: current, actions: [{ remove: 'nothing' }], if: part };
    return evaluate(probe, current).kind === 'refused';
  });
  return failed.every((part) => {
    if (!('attribute' in part)) return false;
    if (part.attribute === headItem.evictedUpTo) return true;
    return (
      part.attribute.startsWith(headItem.producerNext) && current[part.attribute] === undefined
    );
  });
}

async function expectEachOnce(world: World): Promise<void> {
  const values = await readAll(world);
  expect(values).toHaveLength(producers * batches);
  const next = new Map<string, number>();
  for (const value of values) {
    const [id = '', sequence] = value.split(':');
    const key = producerKeyOf(Number(id));
    expect(Number(sequence)).toBe(next.get(key) ?? 0);
    next.set(key, Number(sequence) + 1);
  }
}
