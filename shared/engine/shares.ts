// How the submissions of a commit share its updates. Those to one partition share one, with two
// bounds:
// - Plain and stamped ones go apart. An update with stamps may be sent again after an unknown
//   outcome, one without never: a plain batch in a stamped update would have to be looked for
//   whenever a stamp refused it, and might still land when the stamp's turn has come.
// - An update carries stampsPerUpdateMax producers, each of them once, and is one of a kind: a
//   producer's batches are all in the same share.

import { stampsPerUpdateMax } from '../limits.ts';
import type { Stamp } from '../log/stamp.ts';
import { inTurnOrder } from '../log/stamped-runs.ts';
import { partitionPk } from '../store/items.ts';
import type { Batches, Pending } from './append-queue.ts';

export type StampedPending = Pending & { readonly stamp: Stamp };

/** What one update appends to one partition, as it lies in the segment. */
export type Share = Batches & { readonly id: Pending['id'] } & (
    | { readonly kind: 'plain'; readonly pending: readonly Pending[] }
    | { readonly kind: 'stamped'; readonly pending: readonly StampedPending[] }
  );

export function sharesOf(all: readonly Pending[]): readonly Share[] {
  const byPartition = Map.groupBy(all, ({ id }) => partitionPk(id));
  return [...byPartition.values()].flatMap((own) => {
    const plain = own.filter(({ stamp }) => stamp === undefined);
    const stamped = own.length === plain.length ? [] : stampedShares(own.filter(isStamped));
    return plain.length === 0 ? stamped : [plainShare(plain), ...stamped];
  });
}

function isStamped(pending: Pending): pending is StampedPending {
  return pending.stamp !== undefined;
}

function plainShare(pending: readonly Pending[]): Share {
  return { kind: 'plain', pending, ...joined(pending) };
}

function stampedShares(all: readonly StampedPending[]): Share[] {
  const producers = inTurnOrder(withoutRepeats(all));
  const shares: Share[] = [];
  for (let at = 0; at < producers.length; at += stampsPerUpdateMax) {
    const pending = producers.slice(at, at + stampsPerUpdateMax).flat();
    shares.push({ kind: 'stamped', pending, ...joined(pending) });
  }
  return shares;
}

/** A batch that came twice is appended once, and answers both. */
function withoutRepeats(all: readonly StampedPending[]): readonly StampedPending[] {
  const first = new Map<string, StampedPending>();
  for (const one of all) {
    const { producer, epoch, sequence } = one.stamp;
    const name = `${producer}/${epoch}/${sequence}/${one.count}`;
    const other = first.get(name);
    first.set(name, other === undefined ? one : answeringBoth(other, one));
  }
  return [...first.values()];
}

function answeringBoth(first: StampedPending, repeat: StampedPending): StampedPending {
  return {
    ...first,
    mayBeStored: first.mayBeStored || repeat.mayBeStored,
    settle: (outcome, operations) => {
      first.settle(outcome, operations);
      const again =
        outcome.kind === 'appended' ? { ...outcome, duplicate: true as const } : outcome;
      repeat.settle(again, operations);
    },
  };
}

function joined(pending: readonly Pending[]): Batches & { readonly id: Pending['id'] } {
  const [first] = pending as readonly [Pending];
  return {
    id: first.id,
    batches: pending.flatMap(({ batches }) => batches),
    count: pending.reduce((sum, { count }) => sum + count, 0),
    timestampMax: greatest(pending.map(({ timestampMax }) => timestampMax)),
  };
}

/** Math.max takes its numbers as arguments, and a commit may have more of them than a stack. */
export function greatest(numbers: readonly number[]): number {
  return numbers.reduce((max, number) => Math.max(max, number), -1);
}
