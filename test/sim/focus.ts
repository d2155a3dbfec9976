// Worlds that are about one thing. Most seeds draw everything by itself; some take what they drew
// and set a few knobs, so that what needs several coincidences comes about often. A bug that takes
// thousands of seeds to find wants a focus here, not more seeds.

import type { Chance } from '../../shared/engine/environment.ts';
import { type FaultRates, noFaults } from './fault-rates.ts';
import { groupFocuses } from './focus-groups.ts';
import { triggerFocuses } from './focus-triggers.ts';
import { upkeepFocuses } from './focus-upkeep.ts';
import { calmProcesses, type Focus, repeated } from './focusing.ts';
import type { Knobs, Subject } from './knobs.ts';

/** How much of the seeds about something have one. */
const odds: Readonly<Record<Subject, number>> = {
  logs: 0.5,
  groups: 0.7,
  triggers: 0.8,
  upkeep: 0.7,
};

const logFocuses: readonly Focus[] = [
  lostAnswers,
  changingTopics,
  coldReaders,
  churningProducers,
  fencingHolders,
  // What it looks for is rarest.
  contendedTransactions,
  contendedTransactions,
  forgottenKeys,
];

const focusesOf: Readonly<Record<Subject, readonly Focus[]>> = {
  logs: logFocuses,
  groups: groupFocuses,
  triggers: triggerFocuses,
  upkeep: upkeepFocuses,
};

export function focused(knobs: Knobs, subject: Subject, chance: Chance): Knobs {
  if (chance.fraction() >= odds[subject]) return knobs;
  const focuses = focusesOf[subject];
  const focus = focuses[Math.floor(chance.fraction() * focuses.length)] as Focus;
  return { ...knobs, ...focus(knobs, chance) };
}

/** Answers to appends are lost on a partition that never rests, and nothing else fails: each has to
 * be looked for while rolls move it about. */
function lostAnswers(_: Knobs, { fraction }: Chance): Partial<Knobs> {
  const rates: FaultRates = {
    of: {
      ...noFaults.of,
      query: [['slow', fraction() < 0.5 ? 0.3 : 0]],
      write: [['lost-after', 0.1 + fraction() * 0.2]],
    },
    intensity: { ...noFaults.intensity, append: 1 },
  };
  return {
    ...calmProcesses,
    processes: 3,
    partitions: 1,
    clients: repeated('plain-producer', 4),
    pauseMillisMax: fraction() < 0.5 ? 100 : 1_000,
    readyTopic: true,
    rates,
  };
}

/** Topics come and go under processes that have them cached. */
function changingTopics({ rates }: Knobs, { fraction }: Chance): Partial<Knobs> {
  const admins = repeated('topic-admin', 1 + Math.floor(fraction() * 2));
  const headsAlone: FaultRates = {
    of: {
      ...noFaults.of,
      write: [
        ['slow', 0.3],
        ['throttled', 0.2],
        ['late', 0.2],
      ],
    },
    intensity: { ...noFaults.intensity, head: 1, topic: 0.3 },
  };
  return {
    processes: 3,
    rates: fraction() < 0.5 ? headsAlone : rates,
    lateMillisMax: fraction() < 0.5 ? 2_000 : 20_000,
    clients: [
      ...admins,
      ...repeated('plain-producer', 3),
      'tail-reader',
      'random-reader',
      'bounds',
    ],
    pauseMillisMax: fraction() < 0.5 ? 100 : 1_000,
    sticky: fraction() < 0.7,
  };
}

/** Readers that ask for old data, and for times, of chunks that were put just now. */
function coldReaders({ rates }: Knobs, { fraction }: Chance): Partial<Knobs> {
  return {
    ...calmProcesses,
    crashes: 2,
    partitions: 1,
    clients: [
      ...repeated('plain-producer', 3),
      ...repeated('random-reader', 2),
      ...repeated('time-reader', 2),
      'tail-reader',
    ],
    weakLagMillisMax: 10_000,
    rates: fraction() < 0.5 ? noFaults : rates,
  };
}

/** Far more producers than a head keeps, all of one partition: evictions never rest, and their
 * writes are slow or late. */
function churningProducers(_: Knobs, { fraction }: Chance): Partial<Knobs> {
  const rates: FaultRates = {
    of: {
      put: [['slow', 0.2]],
      read: [],
      query: [['slow', 0.2]],
      write: [
        ['slow', 0.2],
        ['late', 0.1],
        ['lost-after', 0.05],
      ],
    },
    intensity: {
      ...noFaults.intensity,
      append: fraction() < 0.5 ? 0 : 1,
      cut: 2,
      evict: 2,
      producer: 3,
    },
  };
  return {
    ...calmProcesses,
    freezes: fraction() < 0.5 ? 0 : 3,
    partitions: 1,
    processes: 3,
    clients: [...repeated('numbered-producer', 4), ...repeated('named-producer', 2)],
    operationsPerClient: 9,
    pauseMillisMax: fraction() < 0.5 ? 100 : 1_000,
    lateMillisMax: 2_000,
    readyTopic: true,
    rates,
  };
}

/** Holders of one name fence each other while those before them are being evicted. */
function fencingHolders(knobs: Knobs, chance: Chance): Partial<Knobs> {
  const holders = repeated('named-producer', 4);
  return {
    ...churningProducers(knobs, chance),
    clients: [...holders, ...repeated('key-producer', 2)],
  };
}

/** Transactions, and other writers of the same heads, under writes that conflict and come late. */
function contendedTransactions(_: Knobs, { fraction }: Chance): Partial<Knobs> {
  const rates: FaultRates = {
    of: {
      ...noFaults.of,
      write: [
        ['conflict', fraction() < 0.5 ? 0 : 0.2],
        ['late', 0.25],
      ],
    },
    // Rolls that fail leave tails full, which refuse what may still be done later.
    intensity: { ...noFaults.intensity, append: 1, other: 1, cut: fraction() < 0.3 ? 0 : 3 },
  };
  return {
    ...calmProcesses,
    requestMillis: fraction() < 0.3 ? 25_000 : 500,
    partitions: 2,
    processes: 3,
    clients: [...repeated('transactor', 4), 'numbered-producer', 'tail-reader'],
    operationsPerClient: 8,
    pauseMillisMax: 100,
    lateMillisMax: 2_000,
    readyTopic: true,
    rates,
  };
}

/** Keys that are used again once they are forgotten, on a head that still has what they stood
 * for. */
function forgottenKeys({ rates }: Knobs, { fraction }: Chance): Partial<Knobs> {
  return {
    ...calmProcesses,
    partitions: 1,
    clients: repeated('key-producer', 1 + Math.floor(fraction() * 2)),
    operationsPerClient: 4,
    readyTopic: true,
    rates: fraction() < 0.5 ? noFaults : rates,
  };
}
