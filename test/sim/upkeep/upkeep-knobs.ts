// What a world with housekeeping draws beside all else: the settings of its topics, how often what
// is done, and how young what is swept may be.

import type { Chance } from '../../../shared/engine/environment.ts';
import { type FaultRates, upkeepSites } from '../fault-rates.ts';

export type UpkeepAct =
  /** All that is due of one partition, and each by itself. */
  | 'look-after'
  | 'retain'
  | 'compact'
  | 'merge'
  /** Objects alone, and what is left of deleted topics too. */
  | 'sweep'
  | 'collect';

export type UpkeepKnobs = {
  /** Settings of every topic, with their values. */
  readonly configs: readonly (readonly [name: string, value: string])[];
  /** So many keys there are; undefined: records have whatever keys. */
  readonly keys: number | undefined;
  /** Each sweep draws one. */
  readonly graceMillis: readonly number[];
  /** How likely each is, beside the others. */
  readonly acts: Readonly<Record<UpkeepAct, number>>;
};

export const allActs: Readonly<Record<UpkeepAct, number>> = {
  'look-after': 3,
  retain: 1,
  compact: 1,
  merge: 2,
  sweep: 3,
  collect: 1,
};

export function drawUpkeepKnobs({ fraction }: Chance): UpkeepKnobs {
  const pick = <Of>(...from: readonly Of[]) => from[Math.floor(fraction() * from.length)] as Of;
  const policy = pick('delete', 'delete', 'delete', 'compact', 'compact,delete');
  const isCompacted = policy !== 'delete';
  const configs = [
    ['cleanup.policy', policy],
    ['retention.ms', pick('-1', '-1', '20000', '3000', '300')],
    ['retention.bytes', pick('-1', '-1', '2000', '600', '0')],
    ['min.compaction.lag.ms', pick('0', '0', '500', '5000')],
    ['delete.retention.ms', pick('0', '0', '1000', '60000')],
    ['min.cleanable.dirty.ratio', pick('0', '0', '0.5')],
    ['compression.type', pick('producer', 'producer', 'zstd', 'gzip')],
  ] as const;
  return {
    configs,
    keys: isCompacted ? pick(1, 2, 3, 6) : undefined,
    graceMillis: pick([0], [0, 50], [0, 500, 5_000]),
    acts: { ...allActs, compact: isCompacted ? 3 : 0 },
  };
}

/** How often faults meet what housekeeping alone writes. */
export function drawUpkeepIntensity({ fraction }: Chance): Partial<FaultRates['intensity']> {
  return Object.fromEntries(
    upkeepSites.map((site) => [site, [0, 1, 1, 3][Math.floor(fraction() * 4)]]),
  );
}
