// Many partitions behind a slow valve, over queues that bring wake-ups late: each has its turns,
// nothing of the rate is lost, and no more goes through than it says.

import { expect, test } from 'vitest';
import { changeSubscription } from '../../../shared/engine/delivery/change-subscription.ts';
import type { Table } from '../../../shared/store/table.ts';
import { type Received, subscription } from '../../world/delivery-story.ts';
import { QueueAccount } from '../../world/queue-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const hour = 60 * 60 * 1000;

function perPartition(received: readonly Received[], partitions: number): readonly number[] {
  const counts = Array<number>(partitions).fill(0);
  for (const { partition } of received) counts[partition] = (counts[partition] ?? 0) + 1;
  return counts;
}

/** In any ten seconds. */
function most(received: readonly Received[]): number {
  return received.reduce((greatest, { at }) => {
    const within = received.filter((one) => one.at >= at && one.at < at + 10_000);
    return Math.max(greatest, within.length);
  }, 0);
}

async function filled(world: World, account: QueueAccount, partitions: number): Promise<void> {
  await world.createTopic({ name: 'orders', partitions });
  for (let partition = 0; partition < partitions; partition++) {
    await produce(world, account.engine, Array(100).fill('v'), { partition });
  }
}

test.each([0, 12_000, 20_000])('a target that takes %i ms', (takesMillis) =>
  inWorld(1, async (world) => {
    const partitions = 30;
    const account = new QueueAccount(world);
    await filled(world, account, partitions);
    const { receiver, engine } = account;
    receiver.react = async () => {
      await world.time.sleep(takesMillis);
      return undefined;
    };
    await subscription(world, engine, { recordsPerSecondMax: 0.2, batchRecordsMax: 1 });
    await world.time.sleep(2 * hour);
    await account.end();
    const { received } = receiver;
    const counts = perPartition(received, partitions);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(3);
    expect(received.length).toBeGreaterThan(0.95 * 0.2 * 2 * 3_600);
    expect(most(received)).toBeLessThanOrEqual(0.2 * 10 + 1);
  }),
);

test('a line of hours is kept', () =>
  inWorld(2, async (world) => {
    const partitions = 30;
    const account = new QueueAccount(world);
    await filled(world, account, partitions);
    await subscription(world, account.engine, { recordsPerSecondMax: 0.005 });
    await world.time.sleep(20 * hour);
    await account.end();
    const counts = perPartition(account.receiver.received, partitions);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
  }));

test('places of before a change are nobody’s, and keep nobody waiting', () =>
  inWorld(3, async (world) => {
    const partitions = 30;
    const account = new QueueAccount(world);
    await filled(world, account, partitions);
    const { engine, receiver } = account;
    await subscription(world, engine, { recordsPerSecondMax: 0.2 });
    for (let changes = 1; changes <= 12; changes++) {
      await world.time.sleep(hour / 12);
      await changeSubscription(engine, world.call(engine), 'billing', {
        settings: (before) => ({ ...before, timeoutMillis: 30_000 + changes }),
      });
    }
    await account.end();
    expect(receiver.received.length).toBeGreaterThan(0.9 * 0.2 * 3_600);
  }));

test('a table that takes longer than a delivery may be late lets deliveries through', () =>
  inWorld(4, async (world) => {
    const { table } = world.account;
    const slow: Table = {
      get: (key, read) => table.get(key, read),
      query: (range) => table.query(range),
      transact: (writes) => table.transact(writes),
      write: async (write) => {
        await world.time.sleep(150);
        return table.write(write);
      },
    };
    const account = new QueueAccount(world, slow);
    await filled(world, account, 1);
    await subscription(world, account.engine, { recordsPerSecondMax: 100, batchRecordsMax: 10 });
    await world.time.sleep(60_000);
    await account.end();
    expect(account.receiver.received).toHaveLength(10);
  }));
