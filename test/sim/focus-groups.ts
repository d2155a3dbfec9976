// Worlds that are about groups: who is in them, what they commit, and when that is done.

import type { Chance } from '../../shared/engine/environment.ts';
import { type FaultRates, noFaults } from './fault-rates.ts';
import { calmProcesses, type Focus, repeated } from './focusing.ts';
import type { Knobs } from './knobs.ts';

/** Who keeps the positions: the engine, the clients, or each its own way. */
const readers = [
  repeated('group-member', 4),
  repeated('position-keeper', 4),
  [...repeated('group-member', 2), ...repeated('position-keeper', 2)],
] as const;

/** Members come, go, sleep and freeze, and what they write of their group is late. */
function rebalancingGroups({ rates }: Knobs, { fraction }: Chance): Partial<Knobs> {
  return {
    ...calmProcesses,
    patienceMillis: fraction() < 0.5 ? 60_000 : 3_000,
    freezes: fraction() < 0.5 ? 0 : 3,
    freezeMillisMax: 20_000,
    crashes: fraction() < 0.5 ? 0 : 1,
    processes: 3,
    partitions: 2,
    clients: [...(readers[Math.floor(fraction() * readers.length)] ?? []), 'plain-producer'],
    operationsPerClient: 12,
    pauseMillisMax: fraction() < 0.5 ? 300 : 2_000,
    lateMillisMax: fraction() < 0.5 ? 2_000 : 20_000,
    readyTopic: true,
    rates: fraction() < 0.3 ? rates : lateOthers(fraction() < 0.5),
  };
}

/** Loops of read, process and write take partitions from each other. */
function processingLoops(knobs: Knobs, chance: Chance): Partial<Knobs> {
  return {
    ...rebalancingGroups(knobs, chance),
    clients: [...repeated('processor', 3), ...repeated('plain-producer', 2)],
  };
}

/** Two use one instance, others come and go beside it, and commits land when the partition may have
 * been another's, and be back. */
function sharedInstances(knobs: Knobs, chance: Chance): Partial<Knobs> {
  return {
    ...lateCommits(knobs, chance),
    partitions: 2,
    clients: [...repeated('group-twin', 2), 'twin-neighbour', ...repeated('plain-producer', 2)],
    operationsPerClient: 24,
    lateMillisMax: 6_000,
    // Whoever has the partition again is long before what was committed late.
    pollBytes: [1],
  };
}

/** Members come and go all the time, and whoever reads the group reads it slowly. */
function restlessGroup(knobs: Knobs, chance: Chance): Partial<Knobs> {
  return {
    ...sharedInstances(knobs, chance),
    clients: [...repeated('twin-neighbour', 4), 'plain-producer'],
    rates: { ...noFaults, of: { ...noFaults.of, query: [['slow', 0.5]] } },
  };
}

/** What processors ask of a process that is frozen is done when it thaws. */
function frozenProcessors(knobs: Knobs, chance: Chance): Partial<Knobs> {
  return {
    ...processingLoops(knobs, chance),
    patienceMillis: 1_000,
    freezes: 12,
    freezeMillisMax: 12_000,
    crashes: 0,
    sessionsMillis: [3_000],
    clients: [...repeated('processor', 2), ...repeated('plain-producer', 2)],
    operationsPerClient: 16,
    pauseMillisMax: 300,
    rates: noFaults,
  };
}

function lateOthers(conflicts: boolean): FaultRates {
  return {
    of: {
      ...noFaults.of,
      query: [['slow', conflicts ? 0.1 : 0.4]],
      write: [
        ['conflict', conflicts ? 0.1 : 0],
        ['lost-after', 0.05],
        ['late', 0.15],
        ['slow', 0.1],
      ],
    },
    intensity: { ...noFaults.intensity, lease: 1, commit: 1, other: 1 },
  };
}

/** Commits land when the partition may be another's. */
function lateCommits(knobs: Knobs, chance: Chance): Partial<Knobs> {
  return {
    ...rebalancingGroups(knobs, chance),
    freezes: 0,
    requestMillis: 500,
    sessionsMillis: [3_000],
    clients: [...repeated('group-member', 3), ...repeated('plain-producer', 2)],
    operationsPerClient: 14,
    pauseMillisMax: 300,
    lateMillisMax: 4_000,
    rates: {
      of: { ...noFaults.of, write: [['late', 0.9]] },
      intensity: { ...noFaults.intensity, commit: 1 },
    },
  };
}

export const groupFocuses: readonly Focus[] = [
  rebalancingGroups,
  rebalancingGroups,
  processingLoops,
  lateCommits,
  sharedInstances,
  sharedInstances,
  restlessGroup,
  frozenProcessors,
  frozenProcessors,
];
