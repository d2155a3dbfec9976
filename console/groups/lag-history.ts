// How a group's lag went while the page was open: of all partitions together, and of those that are
// furthest behind. It is kept nowhere else.

import type { Lag } from '../engine/replies.ts';
import { totalLag } from './lag.ts';

/** An hour of looks, five seconds apart. */
export const samplesMax = 720;
const linesMax = 5;

export type Sample = {
  readonly at: number;
  readonly total: number;
  /** By `topic-partition`. */
  readonly lags: ReadonlyMap<string, number>;
};

function nameOf({ topic_name, partition_id }: Lag): string {
  return `${topic_name}-${partition_id}`;
}

export function sampleOf(lags: readonly Lag[], at: number): Sample {
  return {
    at,
    total: totalLag(lags),
    lags: new Map(lags.map((one) => [nameOf(one), one.lag])),
  };
}

/** With one more; the same look twice is one. */
export function noted(history: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = history.at(-1);
  if (last !== undefined && last.at >= sample.at) return history;
  return [...history, sample].slice(-samplesMax);
}

export type Line = { readonly name: string; readonly values: readonly (number | null)[] };

/** The total, then the partitions that are furthest behind now; null: nothing was committed then.
 * One partition is its own total. */
export function linesOf(history: readonly Sample[]): readonly Line[] {
  const now = history.at(-1)?.lags ?? new Map<string, number>();
  const furthest = [...now].sort(([, one], [, other]) => other - one).slice(0, linesMax);
  const total = { name: 'all partitions', values: history.map((sample) => sample.total) };
  if (now.size <= 1) return [total];
  const lines = furthest.map(([name]) => ({
    name,
    values: history.map(({ lags }) => lags.get(name) ?? null),
  }));
  return [total, ...lines];
}
