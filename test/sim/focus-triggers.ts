// Worlds that are about delivering: what wakes whom, what fails and is given up, who takes over
// from whom, and what sources bring.

import type { Chance } from '../../shared/engine/environment.ts';
import { type FaultRates, noFaults } from './fault-rates.ts';
import { calmProcesses, type Focus, repeated } from './focusing.ts';
import type { Knobs } from './knobs.ts';
import { hiddenMillisDefault, type TriggerKnobs, wholeMenu } from './triggers/trigger-knobs.ts';

const calmTriggers: TriggerKnobs = {
  names: 2,
  ready: 1,
  lostOdds: 0,
  repeatedOdds: 0,
  failingOdds: 0,
  lateMillisMax: 0,
  hiddenMillis: hiddenMillisDefault,
  sweepMillis: 300_000,
  moodOdds: {},
  poisonOneOf: 0,
  menu: { ...wholeMenu, ageMillisMax: [undefined], recordsPerSecondMax: [undefined] },
  admin: {},
  quota: undefined,
};

const smooth: Partial<Knobs> = {
  ...calmProcesses,
  processes: 3,
  partitions: 2,
  operationsPerClient: 5,
  pauseMillisMax: 1_000,
  readyTopic: true,
  rates: noFaults,
};

/** In which nothing is lost, and so nobody looks for it: all must come by the wake-ups alone. */
const faithful: TriggerKnobs = { ...calmTriggers, sweepMillis: undefined };

const slowWrites: FaultRates = {
  of: { ...noFaults.of, write: [['slow', 0.5]] },
  intensity: { ...noFaults.intensity, other: 1 },
};

/** Subscriptions appear while the last records are appended, and those that were paused go on when
 * nothing more is. */
function comingSubscriptions(_: Knobs, { fraction }: Chance): Partial<Knobs> {
  const isBirth = fraction() < 0.7;
  return {
    ...smooth,
    // The last append is not to be followed by others.
    liveness: false,
    partitions: 3,
    clients: [...repeated('plain-producer', 2), ...repeated('subscription-admin', 3)],
    operationsPerClient: isBirth ? 3 : 2,
    pauseMillisMax: isBirth ? 2_500 : 1_000,
    rates: slowWrites,
    triggers: {
      ...faithful,
      ready: isBirth ? 0 : 1,
      names: isBirth ? 4 : 1,
      repeatedOdds: fraction() < 0.5 ? 0 : 0.2,
      menu: { ...calmTriggers.menu, filter: [undefined], batchRecordsMax: [8] },
      admin: isBirth ? {} : { pause: 0.6, seek: 0.15 },
    },
  };
}

/** Workers die and freeze, and who is woken next comes while the partition is held yet. */
function dyingWorkers(_: Knobs, { fraction }: Chance): Partial<Knobs> {
  return {
    ...smooth,
    liveness: false,
    crashes: 8,
    freezes: fraction() < 0.5 ? 0 : 6,
    freezeMillisMax: 60_000,
    partitions: 1,
    clients: repeated('plain-producer', 2),
    operationsPerClient: 7,
    triggers: {
      ...faithful,
      hiddenMillis: 8_000,
      lateMillisMax: fraction() < 0.5 ? 0 : 3_000,
      moodOdds: { fails: 0.1, busy: 0.1, hangs: 0.4 },
      poisonOneOf: fraction() < 0.5 ? 0 : 10,
      menu: {
        ...calmTriggers.menu,
        batchRecordsMax: [1, 1, 2],
        retryMillisMax: [500, 5_000],
        timeoutMillis: [2_000, 5_000],
      },
    },
  };
}

/** Records fail always, and what gives them up or puts them back is interrupted. */
function interruptedGivingUp(_: Knobs, { fraction }: Chance): Partial<Knobs> {
  const [late, lost] = fraction() < 0.5 ? [0.4, 0.1] : [0.05, 0.65];
  return {
    ...smooth,
    crashes: fraction() < 0.5 ? 0 : 3,
    skewMillisMax: fraction() < 0.75 ? 0 : 600_000,
    partitions: 1,
    clients: [...repeated('plain-producer', 2), ...repeated('subscription-admin', 2)],
    lateMillisMax: fraction() < 0.5 ? 2_000 : 60_000,
    rates: {
      of: {
        ...noFaults.of,
        write: [
          ['late', late],
          ['lost-before', lost],
          ['conflict', 0.05],
        ],
      },
      intensity: { ...noFaults.intensity, commit: 1 },
    },
    triggers: {
      ...calmTriggers,
      sweepMillis: 60_000,
      moodOdds: { 'names-failures': fraction() < 0.5 ? 0 : 0.2, busy: 0.1, unreachable: 0.05 },
      poisonOneOf: 3,
      menu: {
        ...calmTriggers.menu,
        filter: [undefined],
        attemptsMax: [1, 2],
        retryMillisMax: [500, 5_000],
      },
      admin: { redrive: 0.7, 'end-dead-letters': fraction() < 0.5 ? 0 : 0.15 },
    },
  };
}

/** Workers freeze, and go on when others have taken over. */
function frozenWorkers(_: Knobs, { fraction }: Chance): Partial<Knobs> {
  return {
    ...smooth,
    freezes: 12,
    freezeMillisMax: 100_000,
    skewMillisMax: fraction() < 0.75 ? 0 : 60_000,
    patienceMillis: 3_000,
    partitions: 1,
    clients: [...repeated('plain-producer', 2), 'subscription-admin'],
    operationsPerClient: 7,
    pauseMillisMax: 6_000,
    triggers: {
      ...calmTriggers,
      hiddenMillis: fraction() < 0.5 ? 10_000 : 30_000,
      sweepMillis: 60_000,
      repeatedOdds: 0.2,
      moodOdds: { fails: 0.1, hangs: 0.5 },
      poisonOneOf: fraction() < 0.5 ? 0 : 6,
      menu: {
        ...calmTriggers.menu,
        batchRecordsMax: [1, 2],
        retryMillisMax: [500, 5_000],
        timeoutMillis: [2_000, 5_000],
      },
      admin: { seek: fraction() < 0.5 ? 0 : 0.2, change: fraction() < 0.7 ? 0 : 0.3 },
    },
  };
}

/** Receivers that take only so much, of a topic with more. */
function slowReceivers(_: Knobs, { fraction }: Chance): Partial<Knobs> {
  return {
    ...smooth,
    partitions: 3,
    clients: repeated('plain-producer', 3),
    operationsPerClient: 7,
    pauseMillisMax: 100,
    triggers: {
      ...calmTriggers,
      moodOdds: fraction() < 0.5 ? {} : { fails: 0.2 },
      menu: {
        ...calmTriggers.menu,
        filter: [undefined],
        batchRecordsMax: [1, 2, 4],
        recordsPerSecondMax: [1, 2],
        deliveriesMax: [undefined, 1, 2],
      },
    },
  };
}

/** Receivers that are wrong in every way at once, and nothing else is. */
function moodyReceivers(_: Knobs, { fraction }: Chance): Partial<Knobs> {
  const odds = 0.05 + fraction() * 0.07;
  return {
    ...smooth,
    partitions: 1 + Math.floor(fraction() * 2),
    clients: [...repeated('plain-producer', 2), 'subscription-admin'],
    triggers: {
      ...calmTriggers,
      moodOdds: {
        fails: odds,
        busy: odds,
        hangs: odds,
        unreachable: odds,
        'names-failures': odds,
        'names-strangers': 2 * odds,
        'talks-nonsense': odds,
        'takes-less': odds,
      },
      poisonOneOf: fraction() < 0.5 ? 0 : 8,
      menu: {
        ...calmTriggers.menu,
        batchRecordsMax: [2, 4, 8],
        retryMillisMax: [500],
        ageMillisMax: [undefined, undefined, 10_000],
      },
      admin: {
        redrive: 0.3,
        seek: 0.2,
        delete: 0.1,
        'end-dead-letters': fraction() < 0.5 ? 0 : 0.2,
      },
    },
  };
}

/** What nobody was woken for is found, also in partitions that came later, and in topics that were
 * made anew. */
function lostWakeUps({ rates }: Knobs, { fraction }: Chance): Partial<Knobs> {
  const admin = fraction() < 0.3 ? 'topic-admin' : 'subscription-admin';
  return {
    ...smooth,
    partitions: 1,
    clients: [...repeated('plain-producer', 2), 'subscription-admin', admin],
    rates: admin === 'topic-admin' && fraction() < 0.5 ? rates : noFaults,
    triggers: {
      ...calmTriggers,
      sweepMillis: 60_000,
      lostOdds: 0.8,
      failingOdds: fraction() < 0.5 ? 0 : 0.3,
      admin: { grow: 0.5, pause: 0.1, delete: 0.1 },
    },
  };
}

/** Sources bring everything again and again. */
function repeatingSources({ rates }: Knobs, { fraction }: Chance): Partial<Knobs> {
  const lostAnswers: FaultRates = {
    of: {
      ...noFaults.of,
      write: [
        ['lost-after', 0.2],
        ['late', 0.3],
      ],
    },
    intensity: { ...noFaults.intensity, append: 1, other: 1 },
  };
  return {
    ...smooth,
    patienceMillis: fraction() < 0.3 ? 60_000 : 500,
    requestMillis: fraction() < 0.3 ? 25_000 : 1_000,
    clients: [...repeated('message-source', 2), ...repeated('shard-source', 2)],
    operationsPerClient: 10,
    pauseMillisMax: 300,
    lateMillisMax: 5_000,
    rates: fraction() < 0.7 ? lostAnswers : rates,
    triggers: { ...calmTriggers, quota: fraction() < 0.5 ? undefined : 400 },
  };
}

export const triggerFocuses: readonly Focus[] = [
  comingSubscriptions,
  comingSubscriptions,
  dyingWorkers,
  interruptedGivingUp,
  interruptedGivingUp,
  frozenWorkers,
  slowReceivers,
  moodyReceivers,
  lostWakeUps,
  repeatingSources,
];
