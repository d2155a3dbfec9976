// What the clocks use while nothing comes: a day of sweeps, upkeep and collections over the topic
// and the subscriptions of a workload, and what upkeep uses when the table's stream tells it that
// partitions were rolled.

import { sweepSubscriptions } from '../shared/engine/delivery/sweep-subscriptions.ts';
import { openAccount } from './account.ts';
import { Fleet } from './fleet.ts';
import { housekeepersOf } from './housekeepers.ts';
import { runsPerDay } from './stack.ts';
import { subscribe } from './subscribe.ts';
import { since, type Usage } from './usage.ts';
import type { Workload } from './workload.ts';

export type Clocks = {
  readonly perDay: Usage;
  /** Of all partitions, once, with nothing to merge. */
  readonly told: Usage;
};

type Topics = Pick<Workload, 'partitions' | 'subscriptions'>;

const topic = 'orders';
const dayMillis = 24 * 3_600_000;

export function countClocks(workload: Topics): Promise<Clocks> {
  const account = openAccount(3);
  const { world, used } = account;
  const functions = new Fleet(account);
  const house = housekeepersOf(account);
  const works: Readonly<Record<keyof typeof runsPerDay, () => Promise<void>>> = {
    sweep: () => functions.invoke(sweepSubscriptions),
    upkeep: () => house.upkeep({ byClock: true }),
    collect: house.collect,
  };
  const run = async () => {
    await setUp(functions, workload);
    const before = used();
    for (const [name, work] of Object.entries(works)) {
      const runs = runsPerDay[name as keyof typeof runsPerDay];
      for (let one = 0; one < runs; one++) {
        await world.time.sleep(dayMillis / runs);
        await work();
      }
    }
    const perDay = since(before, used());
    const beforeTold = used();
    await house.upkeep({ byClock: false });
    return { perDay, told: since(beforeTold, used()) };
  };
  return world.time.run(run());
}

async function setUp(functions: Fleet, { partitions, subscriptions }: Topics): Promise<void> {
  const made = JSON.stringify({ topic_name: topic, partitions_count: partitions });
  await functions.request('POST /v3/clusters/sluice/topics', made);
  for (let one = 0; one < subscriptions; one++) {
    await subscribe(functions, topic, `subscription-${one}`);
  }
}
