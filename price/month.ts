// A month of a workload: what was counted in samples, as often as a month has it. Nothing here
// knows what an operation uses; it knows how many there are, and how long what is stored stays.

import {
  collectIntervalMillis,
  mergeAgeMillis,
  mergeBytesAim,
  mergeBytesDue,
  mergeChunksDue,
  objectsListMax,
  rollsGatherMillis,
  sweepGraceMillis,
} from '../shared/housekeeping-limits.ts';
import { refsPerChunk } from '../shared/limits.ts';
import { type Clocks, countClocks } from './clocks.ts';
import { countHousekeeping, type Housekeeping } from './housekeeping.ts';
import { daysPerMonth, gigabyte, secondsPerMonth } from './prices.ts';
import {
  memoryGigabytes,
  runsPerDay,
  standing,
  streamShards,
  traced,
  workMillis,
} from './stack.ts';
import { countTraffic, type Traffic } from './traffic.ts';
import { scaled, sum, type Usage, usage } from './usage.ts';
import { volumeOf, type Workload } from './workload.ts';

/** All that is known of what its operations use. */
export type Counted = {
  readonly traffic: Traffic;
  readonly housekeeping: Housekeeping;
  readonly clocks: Clocks;
};

/** Runs the engine: some thousand requests, in virtual time. */
export async function count(workload: Workload): Promise<Counted> {
  return {
    traffic: await countTraffic(workload),
    housekeeping: await countHousekeeping(),
    clocks: await countClocks(workload),
  };
}

const megabyte = 2 ** 20;
const daySeconds = 86_400;

export function monthOf(workload: Workload, { traffic, housekeeping, clocks }: Counted): Usage {
  const { requests, busySeconds } = volumeOf(workload);
  const { partitions, reach, retentionDays } = workload;
  const appends = requests * reach;
  const mergesAgain = mergesAgainOf(workload, traffic.objectBytes);
  const mergedMegabytes = (requests * traffic.objectBytes * (1 + mergesAgain)) / megabyte;
  // Of a month's, those that are in the index, and those whose bytes are: until they are swept.
  const kept = (retentionDays * daySeconds) / secondsPerMonth;
  const unswept = (sweepGraceMillis + collectIntervalMillis) / 1_000 / secondsPerMonth;
  const indexGigabytes = (appends * kept * housekeeping.indexBytes) / gigabyte;
  const looks = runsPerDay.collect * daysPerMonth * appends * kept;
  // A shard's rolls of five minutes are one invocation.
  const told = appends === 0 ? 0 : busySeconds / (rollsGatherMillis / 1_000);
  const all = sum(
    scaled(traffic.perRequest, requests),
    scaled(traffic.perIdleSecond, secondsPerMonth - busySeconds),
    scaled(clocks.perDay, daysPerMonth),
    scaled(clocks.told, told),
    scaled(housekeeping.merge, appends),
    scaled(housekeeping.mergeAgain, appends * mergesAgain),
    scaled(housekeeping.sweep, requests),
    scaled(housekeeping.retention, appends),
    scaled(housekeeping.look, looks),
    standing(workload),
    usage({
      invocations: told * (Math.min(streamShards, partitions) - 1),
      objectPuts: requests / objectsListMax,
      gigabyteSeconds: (memoryGigabytes.upkeep * mergedMegabytes * workMillis.mergedMegabyte) / 1e3,
      objectGigabytes: (requests * (kept + unswept) * traffic.objectBytes) / gigabyte,
      tableGigabytes: indexGigabytes,
      recoveryGigabytes: indexGigabytes,
    }),
  );
  return { ...all, traces: traced(all.invocations, secondsPerMonth) };
}

/** An object is merged again when it becomes four times as large, up to its aim; the first is of
 * what comes until a merge is due (shared/log/merge-plan.ts). */
function mergesAgainOf(workload: Workload, objectBytes: number): number {
  const { sends, reach, partitions, retentionDays } = workload;
  const appendsPerSecond = (sends * reach) / partitions;
  const bytesPerSecond = (sends * objectBytes) / partitions;
  if (bytesPerSecond === 0) return 0;
  const dueSeconds = Math.min(
    (mergeChunksDue * refsPerChunk) / appendsPerSecond,
    mergeBytesDue / bytesPerSecond,
    mergeAgeMillis / 1_000,
  );
  const firstBytes = bytesPerSecond * Math.max(dueSeconds, rollsGatherMillis / 1_000);
  const lastBytes = Math.min(mergeBytesAim, bytesPerSecond * retentionDays * daySeconds);
  return Math.max(0, Math.log(lastBytes / firstBytes) / Math.log(4));
}
