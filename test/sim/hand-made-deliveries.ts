// Deliveries made by hand, for the tests of their checkers: a subscription to a topic of few
// records, what its receiver was given and said, what was committed, and what was given up.

import { deadLetterOf, redriven } from '../../shared/delivery/dead-letter.ts';
import {
  defaultSettings,
  type Subscription,
  type SubscriptionSettings,
} from '../../shared/delivery/subscription.ts';
import type { EpochMillis, GroupLife, SubscriptionId, TopicId } from '../../shared/ids.ts';
import type { RecordToWrite } from '../../shared/record/record.ts';
import { type Checker, type DeliveryFacts, noDeliveries, noGroups } from './check/check.ts';
import { readRecord } from './clients/records.ts';
import { addLog, emptyRun, type HandMade, judge, never } from './hand-made.ts';
import type { ReadRecord, TargetCall, Told } from './history.ts';
import type { Log } from './logs.ts';
import type { WatchedMove } from './triggers/delivery-watch.ts';

type Tale = (run: HandMade) => DeliveryFacts;

/** What it is that is wrong, a checker, a history without it and one with it. */
export type DeliveryStory = readonly [name: string, check: Checker, good: Tale, bad: Tale];

/** A topic of three records, and what is done with them. Of filters, 'of-some' leaves out the one
 * in the middle. */
export function tale(tell: (run: HandMade) => void, facts: DeliveryFacts = factsOf({})): Tale {
  return (run) => {
    addLog(run, [['c1.0'], ['c3.1'], ['c1.2']]);
    tell(run);
    return facts;
  };
}

/** What the checker finds in the good history, and in the bad one. */
export function findingsIn([, check, ...tales]: DeliveryStory): readonly (readonly string[])[] {
  return tales.map((tell) => {
    const run = emptyRun();
    const deliveries = tell(run);
    const groups = { ...noGroups, topics: new Set(['orders']) };
    return judge(check, { ...run, groups, deliveries });
  });
}

const life = 'life' as GroupLife;
const topicId = 'first' as TopicId;

export function subscriptionWith(
  settings: Partial<SubscriptionSettings> = {},
  name = 'alpha',
): Subscription {
  return {
    name,
    id: `id of ${name}` as SubscriptionId,
    topic: 'orders',
    topicId,
    group: `for-${name}`,
    life,
    state: 'running',
    target: { kind: 'lambda', function: `${name}.1` },
    settings: { ...defaultSettings, ...settings },
    createdAt: 0 as EpochMillis,
    version: 0,
  };
}

/** One subscription, from the beginning, and what else is said. */
export function factsOf(
  settings: Partial<SubscriptionSettings>,
  some: Partial<DeliveryFacts> = {},
): DeliveryFacts {
  const subscription = subscriptionWith(settings);
  const subscriptions = [{ name: 'alpha', subscription, event: 0 }];
  return { ...noDeliveries, subscriptions, ...some };
}

type Times = readonly [invoked: number, answered: number, returned: number];

/** Offsets of the first log. */
export function given(
  { history, logs }: HandMade,
  offsets: readonly number[],
  [invoked, answered, returned]: Times,
  { taken = offsets, told = { kind: 'all' } as Told } = {},
): void {
  const [log] = logs as [Log];
  const call: TargetCall = {
    receiver: 'alpha.1',
    process: 'p0',
    topic: log.topic,
    partition: log.partition,
    records: offsets.map((offset) => log.records[offset] as ReadRecord),
    invoked,
    answered,
    taken: new Set(taken),
    returned,
    told,
  };
  history.calls.push(call);
}

export const failure: Told = { kind: 'failed', reason: 'PoisonError' };

/** It failed, and all of it. */
export function failed(run: HandMade, offsets: readonly number[], times: Times): void {
  given(run, offsets, times, { taken: [], told: failure });
}

export function move(
  from: number,
  to: number,
  event: number,
  by: WatchedMove['by'] = 'delivered',
): WatchedMove {
  return { group: 'for-alpha', life, topicId, partition: 0, from, to, by, event };
}

type Letter = {
  readonly offset: number;
  readonly event: number;
  readonly attempts?: number;
  readonly reason?: string;
  readonly at?: number;
  /** Of what it is said to be, if not of the record that is there. */
  readonly record?: ReadRecord;
};

/** In a log of their own, each appended by itself but those of one event. */
export function addLetters(run: HandMade, letters: readonly Letter[], topic = 'dead'): void {
  const [orders] = run.logs as [Log];
  const place = { topic: orders.topic, partition: orders.partition };
  const records = letters.map(
    ({ offset, attempts = 1, reason = 'PoisonError', at = 0, ...more }) => {
      const { name: subscription, id: subscriptionId } = subscriptionWith();
      const cause = { subscription, subscriptionId, attempts, reason, at: at as EpochMillis };
      const record = more.record ?? (orders.records[offset] as ReadRecord);
      return deadLetterOf({ ...record, offset }, place, cause);
    },
  );
  const appends = [...Map.groupBy(letters.entries(), ([, { event }]) => event)];
  addCopies(run, records, {
    topic,
    appends: appends.map(([event, own]) => {
      const baseOffset = own[0]?.[0] ?? 0;
      return { baseOffset, endOffset: baseOffset + own.length, event };
    }),
  });
}

/** Put back for the subscription, in a log of their own. */
export function addPutBack(run: HandMade, offsets: readonly number[], name = 'alpha'): void {
  const [orders] = run.logs as [Log];
  const records = offsets.map((offset) =>
    redriven(orders.records[offset] as ReadRecord, name, 0 as EpochMillis),
  );
  addCopies(run, records, { topic: 'orders', appends: [] });
}

function addCopies(
  run: HandMade,
  records: readonly RecordToWrite[],
  { topic, appends }: Pick<Log, 'topic' | 'appends'>,
): void {
  const log = addLog(run, [], { topicId: topic, partition: 9, gone: never });
  const read = records.map((record, offset) => readRecord({ ...record, offset }));
  run.logs[run.logs.indexOf(log)] = { ...log, topic, appends, records: read };
}
