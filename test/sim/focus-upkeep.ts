// Worlds that are about housekeeping: what is merged, compacted, dropped and swept while others
// write, read, freeze, and come late.

import type { Chance } from '../../shared/engine/environment.ts';
import type { ClientKind } from './clients/client-kinds.ts';
import { type FaultRates, noFaults } from './fault-rates.ts';
import { calmProcesses, type Focus, repeated } from './focusing.ts';
import type { Knobs } from './knobs.ts';
import { allActs, type UpkeepAct, type UpkeepKnobs } from './upkeep/upkeep-knobs.ts';

const noActs: Readonly<Record<UpkeepAct, number>> = {
  'look-after': 0,
  retain: 0,
  compact: 0,
  merge: 0,
  sweep: 0,
  collect: 0,
};

const smooth: Partial<Knobs> = {
  ...calmProcesses,
  processes: 3,
  partitions: 1,
  operationsPerClient: 10,
  pauseMillisMax: 300,
  readyTopic: true,
  rates: noFaults,
};

/** Some of the settings instead of what was drawn. */
function withConfigs(
  { upkeep }: Knobs,
  changes: Readonly<Record<string, string>>,
  also: Partial<UpkeepKnobs> = {},
): UpkeepKnobs {
  const configs = new Map([...(upkeep?.configs ?? []), ...Object.entries(changes)]);
  const before = { keys: upkeep?.keys, graceMillis: [0], acts: allActs };
  return { ...before, ...also, configs: [...configs] };
}

const keepsAll = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };

/** Objects are swept while what names them is under way: appends that come late, and whoever wakes
 * late. */
function sweepingAppends(knobs: Knobs, { fraction }: Chance): Partial<Knobs> {
  const rates: FaultRates = {
    of: {
      ...noFaults.of,
      query: [['slow', 0.2]],
      write: [
        ['late', 0.3],
        ['slow', 0.2],
      ],
    },
    intensity: { ...noFaults.intensity, append: 1, fence: 0.3 },
  };
  return {
    ...smooth,
    freezes: fraction() < 0.5 ? 0 : 4,
    freezeMillisMax: 20_000,
    lateMillisMax: 2_000,
    requestMillis: fraction() < 0.5 ? 25_000 : 1_000,
    weakLagMillisMax: fraction() < 0.5 ? 1_000 : 10_000,
    clients: [...repeated('plain-producer', 3), ...repeated('housekeeper', 2), 'tail-reader'],
    rates,
    upkeep: withConfigs(knobs, keepsAll, { keys: undefined, acts: { ...noActs, sweep: 1 } }),
  };
}

/** Objects are swept that are to be swapped in: what names them last is slow, and often refused. */
function sweepingSwaps(knobs: Knobs, { fraction }: Chance): Partial<Knobs> {
  const rates: FaultRates = {
    of: {
      ...noFaults.of,
      write: [
        ['throttled', 0.5],
        ['slow', 0.3],
      ],
    },
    intensity: { ...noFaults.intensity, rewrite: 1 },
  };
  return {
    ...smooth,
    freezes: fraction() < 0.5 ? 0 : 6,
    freezeMillisMax: 10_000,
    weakLagMillisMax: fraction() < 0.5 ? 1_000 : 10_000,
    clients: [...repeated('plain-producer', 3), ...repeated('housekeeper', 5)],
    rates: fraction() < 0.8 ? rates : noFaults,
    upkeep: withConfigs(knobs, keepsAll, {
      keys: undefined,
      acts: { ...noActs, merge: 2, sweep: 3 },
    }),
  };
}

/** Clocks are far apart, and jump while it is swept: what is swept is younger than it seems, or
 * seems younger than it is. */
function sweepingByWrongClocks(knobs: Knobs, chance: Chance): Partial<Knobs> {
  const rates: FaultRates = {
    of: {
      ...noFaults.of,
      read: [['slow', 0.3]],
      query: [['slow', 0.3]],
      write: [
        ['late', 0.2],
        ['slow', 0.3],
      ],
    },
    intensity: { ...noFaults.intensity, append: 1, rewrite: 1 },
  };
  return {
    ...sweepingAppends(knobs, chance),
    // Once clocks are right, what was swept by those ahead is ahead of all.
    liveness: chance.fraction() < 0.6,
    skewMillisMax: chance.fraction() < 0.4 ? 0 : 600_000,
    clockJumps: chance.fraction() < 0.3 ? 0 : 30,
    freezes: 0,
    rates,
  };
}

/** Merges beside rolls, and all who read what they replace. */
function mergingBesideReaders(knobs: Knobs, { fraction }: Chance): Partial<Knobs> {
  const readers: readonly ClientKind[] =
    fraction() < 0.5
      ? [...repeated('tail-reader', 2), 'random-reader']
      : [...repeated('time-reader', 2), 'random-reader'];
  return {
    ...smooth,
    partitions: 1 + Math.floor(fraction() * 2),
    clients: [...repeated('plain-producer', 3), ...repeated('housekeeper', 3), ...readers],
    weakLagMillisMax: 10_000,
    rates: fraction() < 0.5 ? noFaults : slowly({ cut: 1, chunk: 1, rewrite: 1 }),
    upkeep: withConfigs(knobs, keepsAll, { keys: undefined }),
  };
}

/** The log start is raised past rolls that are under way, and past who looks for a time. */
function overtakenRolls(knobs: Knobs, { fraction }: Chance): Partial<Knobs> {
  const isByBytes = fraction() < 0.5;
  return {
    ...smooth,
    clients: [
      ...repeated('plain-producer', 3),
      ...repeated('housekeeper', 2),
      'random-reader',
      'time-reader',
      'record-deleter',
    ],
    rates: slowly({ cut: 3, chunk: 3, start: 1, head: 1 }),
    lateMillisMax: fraction() < 0.5 ? 2_000 : 20_000,
    freezes: fraction() < 0.5 ? 0 : 3,
    freezeMillisMax: 10_000,
    upkeep: withConfigs(
      knobs,
      {
        ...keepsAll,
        'retention.ms': isByBytes ? '-1' : '3000',
        'retention.bytes': isByBytes ? '300' : '-1',
      },
      { keys: undefined, acts: { ...noActs, retain: 3, merge: 1, sweep: 1 } },
    ),
  };
}

/** It is raised past readers, who are slow, and past merges, while bytes are added up slowly. */
function overtakenReaders(knobs: Knobs, { fraction }: Chance): Partial<Knobs> {
  return {
    ...smooth,
    clients: [
      ...repeated('plain-producer', 2),
      ...repeated('housekeeper', 3),
      ...repeated('tail-reader', 2),
      'random-reader',
    ],
    weakLagMillisMax: fraction() < 0.7 ? 0 : 1_000,
    rates: { ...noFaults, of: { ...noFaults.of, query: [['slow', 0.5]] } },
    upkeep: withConfigs(
      knobs,
      { ...keepsAll, 'retention.bytes': fraction() < 0.5 ? '300' : '1000' },
      { keys: undefined, acts: { ...noActs, retain: 3, merge: 2 } },
    ),
  };
}

/** Few keys, again and again, and passes that meet each other. */
function compactingKeys(knobs: Knobs, { fraction }: Chance): Partial<Knobs> {
  return {
    ...smooth,
    operationsPerClient: 14,
    pauseMillisMax: fraction() < 0.5 ? 300 : 5_000,
    clients: [
      ...repeated('plain-producer', 3),
      ...repeated('housekeeper', 3),
      ...repeated('tail-reader', 2),
    ],
    rates: fraction() < 0.5 ? noFaults : slowly({ rewrite: 1, chunk: 1 }),
    upkeep: withConfigs(
      knobs,
      {
        ...keepsAll,
        'cleanup.policy': fraction() < 0.8 ? 'compact' : 'compact,delete',
        'min.cleanable.dirty.ratio': '0',
        'min.compaction.lag.ms': fraction() < 0.7 ? '0' : '2000',
        'delete.retention.ms': ['0', '10000', '60000'][Math.floor(fraction() * 3)] as string,
      },
      {
        keys: 1 + Math.floor(fraction() * 5),
        acts: { ...noActs, compact: 4, merge: 1, sweep: 1, 'look-after': 1 },
      },
    ),
  };
}

/** Whoever reads tables reads by chunks that he has kept, and by others that were compacted
 * meanwhile. Housekeepers are at work in another process, since whoever compacts forgets what he
 * has kept. */
function keptTables(knobs: Knobs, chance: Chance): Partial<Knobs> {
  return {
    ...compactingKeys(knobs, chance),
    processes: 2,
    sticky: true,
    clients: [
      'table-reader',
      'housekeeper',
      'plain-producer',
      'housekeeper',
      'plain-producer',
      'housekeeper',
      'plain-producer',
    ],
    operationsPerClient: 24,
    pauseMillisMax: 15_000,
    weakLagMillisMax: 1_000,
    rates: noFaults,
    upkeep: withConfigs(
      knobs,
      {
        ...keepsAll,
        'cleanup.policy': 'compact',
        'min.cleanable.dirty.ratio': '0',
        'min.compaction.lag.ms': '0',
        'delete.retention.ms': '4000',
      },
      { keys: 12, acts: { ...noActs, compact: 1 } },
    ),
  };
}

/** Topics come and go under those who look after them. */
function clearingTopics(knobs: Knobs, { fraction }: Chance): Partial<Knobs> {
  return {
    ...smooth,
    freezes: fraction() < 0.5 ? 0 : 4,
    freezeMillisMax: 20_000,
    crashes: fraction() < 0.5 ? 0 : 8,
    clients: [
      ...repeated('topic-admin', 2),
      ...repeated('plain-producer', 2),
      ...repeated('housekeeper', 3),
      'random-reader',
    ],
    rates: fraction() < 0.4 ? knobs.rates : slowly({ head: 3, topic: 1, rewrite: 1, chunk: 1 }),
    lateMillisMax: 5_000,
    upkeep: withConfigs(knobs, {}, { acts: { ...noActs, 'look-after': 2, collect: 3 } }),
  };
}

/** Those writes alone are slow, late, and lose their answers. */
function slowly(intensity: Partial<FaultRates['intensity']>): FaultRates {
  return {
    of: {
      ...noFaults.of,
      query: [['slow', 0.1]],
      write: [
        ['slow', 0.15],
        ['late', 0.1],
        ['lost-after', 0.05],
      ],
    },
    intensity: { ...noFaults.intensity, ...intensity },
  };
}

export const upkeepFocuses: readonly Focus[] = [
  sweepingAppends,
  sweepingSwaps,
  sweepingByWrongClocks,
  mergingBesideReaders,
  overtakenRolls,
  overtakenReaders,
  compactingKeys,
  keptTables,
  clearingTopics,
];
