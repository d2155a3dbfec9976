// What a world with triggers draws beside all else: how its wake-ups behave, how its receivers do,
// and among which settings subscriptions choose.

import type { Chance } from '../../../shared/engine/environment.ts';
import { deliveryBytesMax, workerMillisMax } from '../../../shared/trigger-limits.ts';
import { type FilterName, filterNames } from './filters.ts';
import type { Mood } from './moods.ts';

/** What subscriptions choose among, evenly. undefined: as SubscriptionSettings has it. */
export type SettingsMenu = {
  readonly kind: readonly ('lambda' | 'sqs' | 'https')[];
  readonly batchRecordsMax: readonly number[];
  readonly batchBytesMax: readonly number[];
  readonly batchWindowMillis: readonly number[];
  readonly filter: readonly (FilterName | undefined)[];
  /** With a dead-letter topic; undefined: without one. */
  readonly attemptsMax: readonly (number | undefined)[];
  readonly ageMillisMax: readonly (number | undefined)[];
  readonly retryMillisMax: readonly number[];
  readonly bisects: readonly boolean[];
  readonly deliveriesMax: readonly (number | undefined)[];
  readonly recordsPerSecondMax: readonly (number | undefined)[];
  readonly timeoutMillis: readonly number[];
};

/** As the stack has it. */
export const hiddenMillisDefault = workerMillisMax + 30_000;

export type TriggerKnobs = {
  /** That subscriptions may have. */
  readonly names: number;
  /** Subscriptions that are there before the faults begin. */
  readonly ready: number;
  /** Of wake-ups, and of what the table's stream tells: none comes, or two come. */
  readonly lostOdds: number;
  readonly repeatedOdds: number;
  /** Sends of wake-ups that throw. */
  readonly failingOdds: number;
  readonly lateMillisMax: number;
  /** For how long nobody else is given what a worker was given: longer than its turn, unless it
   * freezes. */
  readonly hiddenMillis: number;
  /** undefined: nothing is lost in this world, and so nobody looks for it. */
  readonly sweepMillis: number | undefined;
  readonly moodOdds: Readonly<Partial<Record<Mood, number>>>;
  /** One record of so many fails always; 0: none does. */
  readonly poisonOneOf: number;
  readonly menu: SettingsMenu;
  /** What an admin does beside creating and resuming. */
  readonly admin: Readonly<Partial<Record<AdminAct, number>>>;
  /** Of the topic's producers, in bytes a second. */
  readonly quota: number | undefined;
};

/** Each with its odds, of one of his operations. */
export type AdminAct =
  | 'pause'
  | 'seek'
  | 'change'
  | 'delete'
  | 'redrive'
  | 'end-dead-letters'
  | 'grow';

export const wholeMenu: SettingsMenu = {
  kind: ['lambda', 'lambda', 'sqs', 'https'],
  batchRecordsMax: [1, 2, 4, 8],
  batchBytesMax: [deliveryBytesMax, deliveryBytesMax, 1_600],
  batchWindowMillis: [0, 0, 0, 400, 6_000],
  filter: [undefined, undefined, ...filterNames],
  attemptsMax: [undefined, 1, 2, 3],
  ageMillisMax: [undefined, undefined, undefined, undefined, undefined, 20_000],
  retryMillisMax: [500, 5_000, 30_000],
  bisects: [true, true, false],
  deliveriesMax: [undefined, undefined, 1, 2],
  recordsPerSecondMax: [undefined, undefined, undefined, 1, 5],
  timeoutMillis: [300, 2_000, 30_000],
};

const moods: readonly Mood[] = [
  'fails',
  'busy',
  'hangs',
  'unreachable',
  'names-failures',
  'names-strangers',
  'talks-nonsense',
  'takes-less',
];

export function drawTriggerKnobs({ fraction }: Chance): TriggerKnobs {
  const pick = <Of>(...from: readonly Of[]) => from[Math.floor(fraction() * from.length)] as Of;
  const some = (...from: readonly number[]) => (fraction() < 0.6 ? 0 : pick(...from));
  return {
    names: 2,
    ready: pick(1, 1, 2),
    lostOdds: some(0.02, 0.2),
    repeatedOdds: some(0.1, 0.3),
    failingOdds: some(0.03, 0.2),
    lateMillisMax: pick(0, 500, 20_000),
    hiddenMillis: hiddenMillisDefault,
    sweepMillis: pick(60_000, 300_000),
    moodOdds: Object.fromEntries(moods.map((mood) => [mood, some(0.05, 0.15, 0.3)])),
    poisonOneOf: pick(0, 0, 5, 15),
    menu: wholeMenu,
    admin: {
      pause: some(0.2),
      seek: some(0.2),
      change: some(0.2),
      delete: some(0.15),
      redrive: pick(0, 0.3),
      'end-dead-letters': some(0.1),
      grow: some(0.1),
    },
    quota: some(40, 400) || undefined,
  };
}
