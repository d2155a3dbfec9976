// Which batches of many producers may go into one update, and what the update says of them. Of each
// producer one run goes at a time, batches that follow each other; what does not follow waits for
// what becomes of those that go.

import type { ProducerKey } from '../ids.ts';
import { sequenceAfter } from '../sequence.ts';
import type { StampedRun } from './head.ts';
import { type Judgement, judge, type ProducerState, type Stamp } from './stamp.ts';

export type StampedBatch = { readonly stamp: Stamp; readonly count: number };

/** What is known of a producer in a partition. */
export type Standing = {
  readonly state: ProducerState | undefined;
  /** As in StampedRun. */
  readonly absentAt?: number;
};

export type Turn =
  | { readonly kind: 'send' }
  /** Another of its producer goes first. */
  | { readonly kind: 'later' }
  | Exclude<Judgement, { readonly kind: 'next' }>;

/** In the order in which they may follow each other, producer by producer. A run over the turn of
 * the sequences goes in two. */
export function inTurnOrder<Of extends { readonly stamp: Stamp }>(
  batches: readonly Of[],
): readonly (readonly Of[])[] {
  const byProducer = Map.groupBy(batches, ({ stamp }) => stamp.producer);
  return [...byProducer.values()].map((own) =>
    own.sort((one, other) => {
      const epochs = one.stamp.epoch - other.stamp.epoch;
      return epochs === 0 ? one.stamp.sequence - other.stamp.sequence : epochs;
    }),
  );
}

/** @param batches in turn order.
 * @param standingOf undefined: nothing is known, and what comes first is sent to see. */
export function turnsOf(
  batches: readonly StampedBatch[],
  standingOf: ((producer: ProducerKey) => Standing) | undefined,
): readonly Turn[] {
  const following = new Map<ProducerKey, Stamp>();
  return batches.map(({ stamp, count }): Turn => {
    const { producer, epoch, sequence } = stamp;
    const next = following.get(producer);
    if (next !== undefined && (next.epoch !== epoch || next.sequence !== sequence)) {
      return { kind: 'later' };
    }
    if (next === undefined && standingOf !== undefined) {
      const judgement = judge(stamp, count, standingOf(producer).state);
      if (judgement.kind !== 'next') return judgement;
    }
    following.set(producer, { producer, epoch, sequence: sequenceAfter(sequence, count) });
    return { kind: 'send' };
  });
}

/** @param batches those that go, in turn order, and as they lie in the append. */
export function runsOf(
  batches: readonly StampedBatch[],
  standingOf: ((producer: ProducerKey) => Standing) | undefined,
): readonly StampedRun[] {
  const runs = new Map<ProducerKey, StampedRun>();
  let offset = 0;
  for (const { stamp, count } of batches) {
    const { producer, sequence } = stamp;
    const { absentAt } = standingOf?.(producer) ?? {};
    runs.set(producer, {
      ...stamp,
      ...(absentAt === undefined ? {} : { absentAt }),
      ...runs.get(producer),
      next: sequenceAfter(sequence, count),
      last: { sequence, offset },
    });
    offset += count;
  }
  return [...runs.values()];
}
