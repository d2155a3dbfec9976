// What became of the records of one partition for one subscription: the one thing that checkers of
// deliveries look at. An account is of a life of the subscription's group, since what another life
// left is void, and of one log, since a topic that is made again is another.

import { readDeadLetter } from '../../../shared/delivery/dead-letter.ts';
import type { Subscription } from '../../../shared/delivery/subscription.ts';
import { originalOf } from '../clients/records.ts';
import type { ReadRecord, TargetCall } from '../history.ts';
import type { Log } from '../logs.ts';
import type { WatchedMove } from '../triggers/delivery-watch.ts';
import { receiverOf } from '../triggers/draw-settings.ts';
import { letsThrough } from '../triggers/filters.ts';
import { type FinishedRun, type Index, nameOf } from './check.ts';

export type Version = { readonly subscription: Subscription; readonly event: number };

/** A dead letter, as it is stored. */
export type Letter = {
  readonly record: ReadRecord;
  /** Of the record that was given up. */
  readonly offset: number;
  readonly attempts: number;
  readonly reason: string;
  readonly at: number;
  /** Of the dead-letter topic. */
  readonly log: Log;
  /** When it was appended; those of one event came together. */
  readonly event: number;
};

export type Account = {
  readonly name: string;
  /** The subscription, as it was from each event on. */
  readonly versions: readonly Version[];
  readonly log: Log;
  readonly calls: readonly TargetCall[];
  readonly moves: readonly WatchedMove[];
  readonly letters: readonly Letter[];
};

export function accountsOf(run: FinishedRun, index: Index): readonly Account[] {
  const { history, logs, deliveries } = run;
  if (deliveries.subscriptions.length === 0) return [];
  const letters = lettersIn(logs);
  const lives = livesOf(run);
  return lives.flatMap(({ name, versions }) => {
    const { id, group, life } = (versions[0] as Version).subscription;
    const topics = new Set(versions.map(({ subscription }) => subscription.topicId));
    const receivers = new Set(versions.map(({ subscription }) => receiverOf(subscription.target)));
    const own = history.calls.filter(({ receiver }) => receivers.has(receiver));
    const byLog = Map.groupBy(own, (call) => logOfCall(call, index));
    return logs
      .filter(({ id }) => topics.has(id.topicId))
      .map((log): Account => {
        const moves = deliveries.moves.filter(
          (move) =>
            move.group === group &&
            move.life === life &&
            move.topicId === log.id.topicId &&
            move.partition === log.partition,
        );
        const ofLog = letters.filter(
          ({ letter, source, subscriptionId }) =>
            subscriptionId === id &&
            source === nameOf(log) &&
            originalOf(letter.record.id) === originalOf(log.records[letter.offset]?.id ?? ''),
        );
        const calls = byLog.get(log) ?? [];
        return { name, versions, log, calls, moves, letters: ofLog.map(({ letter }) => letter) };
      });
  });
}

type Life = { readonly name: string; readonly versions: readonly Version[] };

function livesOf({ deliveries }: FinishedRun): readonly Life[] {
  const versions = deliveries.subscriptions.flatMap(({ subscription, event }): Version[] =>
    subscription === undefined ? [] : [{ subscription, event }],
  );
  const byId = Map.groupBy(versions, ({ subscription }) => subscription.id);
  return [...byId.values()].map((own) => {
    return { name: (own[0] as Version).subscription.name, versions: own };
  });
}

type FoundLetter = {
  readonly letter: Letter;
  readonly subscription: string;
  readonly subscriptionId: string;
  readonly source: string;
};

export function lettersIn(logs: readonly Log[]): readonly FoundLetter[] {
  return logs.flatMap((log) =>
    log.appends.flatMap(({ baseOffset, endOffset, event }) =>
      log.records.slice(baseOffset, endOffset).flatMap((record): FoundLetter[] => {
        const read = readDeadLetter(record);
        if (read === undefined) return [];
        const { subscription, subscriptionId, offset, attempts, reason, at } = read;
        const letter = { record, offset, attempts, reason, at, log, event };
        return [{ letter, subscription, subscriptionId, source: nameOf(read) }];
      }),
    ),
  );
}

/** Names may have been used again: the record tells. */
function logOfCall(call: TargetCall, { logs }: Index): Log | undefined {
  const [first] = call.records;
  if (first === undefined) return undefined;
  return logs.get(nameOf(call))?.find(({ records }) => records[first.offset]?.id === first.id);
}

/** From when on each record was done with: it was taken, given up, passed over, or nobody was to be
 * given it. */
export function doneAt({ name, versions, log, calls, moves, letters }: Account): number[] {
  const done = log.records.map((record) => passedAt(record, name, versions));
  const by = (offset: number, event: number) => {
    done[offset] = Math.min(done[offset] ?? Number.POSITIVE_INFINITY, event);
  };
  for (const { taken, answered } of calls) for (const offset of taken) by(offset, answered);
  for (const { offset, event } of letters) by(offset, event);
  for (const { to, by: how, event } of moves) {
    if (how === 'placed') for (let offset = 0; offset < to; offset++) by(offset, event);
  }
  return done;
}

/** Since when it need not be given; Infinity: it must be. */
function passedAt(record: ReadRecord, name: string, versions: readonly Version[]): number {
  if (isForAnother(record, name)) return 0;
  const passing = versions.find(({ subscription }) => !letsThrough(subscription.settings, record));
  return passing?.event ?? Number.POSITIVE_INFINITY;
}

export function isForAnother({ headers }: ReadRecord, name: string): boolean {
  const mark = headers.find(({ key }) => key === '__sluice.redriven.for');
  return mark !== undefined && Buffer.from(mark.value ?? '').toString() !== name;
}

export function saidOf({ name, log }: Account): string {
  return `${name} of ${nameOf(log)}`;
}
