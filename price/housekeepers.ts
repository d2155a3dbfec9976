// The functions that keep house, as an account has them: with their memory, and their time.

import { collect } from '../shared/engine/upkeep/collect.ts';
import { partitionsOfAll, upkeepPartitions } from '../shared/engine/upkeep/upkeep-partitions.ts';
import { housekeepingMillisMax, sweepGraceMillis } from '../shared/housekeeping-limits.ts';
import type { Account } from './account.ts';
import { Fleet } from './fleet.ts';
import { memoryGigabytes } from './stack.ts';

export type Housekeepers = {
  /** Of all partitions; by the clock, what goes by time is looked for, too. */
  readonly upkeep: (how: { readonly byClock: boolean }) => Promise<void>;
  readonly collect: () => Promise<void>;
};

export function housekeepersOf(account: Account): Housekeepers {
  const millisMax = housekeepingMillisMax;
  const upkeep = new Fleet(account, { gigabytes: memoryGigabytes.upkeep, millisMax });
  const collector = new Fleet(account, { gigabytes: memoryGigabytes.collect, millisMax });
  return {
    upkeep: ({ byClock }) =>
      upkeep.invoke(async (engine, call) => {
        const ids = await partitionsOfAll(engine, call);
        const due = ids.map((id) => ({ id, byClock }));
        await upkeepPartitions(engine, call, due);
      }),
    collect: () =>
      collector.invoke((engine, call) => collect(engine, call, { graceMillis: sweepGraceMillis })),
  };
}
