// What an engine is asked to do in a month, as whoever wants its price says it.

import { produceBodyBytesMax, recordsPerRequestMax } from '../shared/limits.ts';
import { daysPerMonth } from './prices.ts';

export type Workload = {
  /** Requests a second, while it is busy. */
  readonly sends: number;
  /** Of each request. */
  readonly records: number;
  readonly recordBytes: number;
  /** Partitions that one request reaches. */
  readonly reach: number;
  /** Of the one topic. */
  readonly partitions: number;
  /** Of each day that it is busy. */
  readonly busyHours: number;
  /** By how much zstd makes records smaller. */
  readonly compression: number;
  readonly retentionDays: number;
  /** Consumer groups, and members of each: all get everything. */
  readonly groups: number;
  readonly members: number;
  /** Who reads every partition by its offsets, in no group. */
  readonly readers: number;
  /** To functions. */
  readonly subscriptions: number;
  /** How long a function takes for a delivery. */
  readonly targetMillis: number;
  /** How long a poll waits that finds nothing, and how long its caller then does. */
  readonly waitMillis: number;
  readonly pauseMillis: number;
};

export const defaultWorkload: Workload = {
  sends: 10,
  records: 10,
  recordBytes: 1_024,
  reach: 1,
  partitions: 4,
  busyHours: 24,
  compression: 1,
  retentionDays: 7,
  groups: 1,
  members: 1,
  readers: 0,
  subscriptions: 0,
  targetMillis: 50,
  waitMillis: 0,
  pauseMillis: 1_000,
};

/** A partition key takes a thousand write units a second; an append is one and an eighth. */
export const appendsPerSecondMax = 800;
/** All that are reached are run: a sample of more would take minutes. */
export const partitionsMax = 100;
/** Base64 and names, of a record in JSON. */
const jsonGrowth = 1.4;

type Range = { readonly least: number; readonly most: number; readonly isWhole?: true };

const ranges: Readonly<Record<keyof Workload, Range>> = {
  sends: { least: 0, most: 100_000 },
  records: { least: 1, most: recordsPerRequestMax, isWhole: true },
  recordBytes: { least: 1, most: 1_000_000, isWhole: true },
  reach: { least: 1, most: partitionsMax, isWhole: true },
  partitions: { least: 1, most: partitionsMax, isWhole: true },
  busyHours: { least: 0.01, most: 24 },
  compression: { least: 1, most: 100 },
  retentionDays: { least: 0.25, most: 3_650 },
  groups: { least: 0, most: 20, isWhole: true },
  members: { least: 1, most: 100, isWhole: true },
  readers: { least: 0, most: 20, isWhole: true },
  subscriptions: { least: 0, most: 20, isWhole: true },
  targetMillis: { least: 0, most: 60_000 },
  waitMillis: { least: 0, most: 20_000 },
  pauseMillis: { least: 0, most: 3_600_000 },
};

/** @returns what is wrong with it, in a sentence that names the field; undefined: nothing. */
export function workloadFault(workload: Workload): string | undefined {
  for (const [field, { least, most, isWhole }] of Object.entries(ranges)) {
    const value = workload[field as keyof Workload];
    const fits = value >= least && value <= most && (!isWhole || Number.isInteger(value));
    if (!fits)
      return `${field}: ${value} is no ${isWhole ? 'whole ' : ''}number from ${least} to ${most}`;
  }
  const { sends, records, recordBytes, reach, partitions, waitMillis, pauseMillis } = workload;
  if (reach > partitions) return `reach: a request reaches ${partitions} partitions at most`;
  if (reach > records) return `reach: ${records} records reach no more partitions`;
  if (jsonGrowth * records * recordBytes > produceBodyBytesMax) {
    return `records: a request holds ${produceBodyBytesMax} bytes of JSON at most`;
  }
  const least = Math.ceil((sends * reach) / appendsPerSecondMax);
  if (least > partitions) {
    return `partitions: of ${sends} requests a second each reaches ${reach}: at least ${least}`;
  }
  if (waitMillis + pauseMillis < 50) return 'pauseMillis: who finds nothing must wait somewhere';
  return undefined;
}

/** What goes through in a month. */
export type Volume = {
  readonly requests: number;
  readonly records: number;
  /** As they are sent, in bytes. */
  readonly bytes: number;
  readonly busySeconds: number;
  /** Who gets all of it. */
  readonly consumers: number;
};

export function volumeOf(workload: Workload): Volume {
  const { sends, records, recordBytes, busyHours, groups, readers, subscriptions } = workload;
  const busySeconds = sends === 0 ? 0 : 3_600 * busyHours * daysPerMonth;
  const requests = sends * busySeconds;
  return {
    requests,
    records: requests * records,
    bytes: requests * records * recordBytes,
    busySeconds,
    consumers: groups + readers + subscriptions,
  };
}
