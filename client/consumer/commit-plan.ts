// What is committed when. Every commit is a write for each of its partitions, so what is done waits
// for its interval or its number; but what the group gives to another does not, nor does a
// beginning that nobody else would know.

import { type HeldPartition, nowhere } from './held-partition.ts';

export type CommitSettings = {
  readonly autoCommit: boolean;
  readonly commitMillis: number;
  /** Infinity: however many. */
  readonly commitMessages: number;
};

export type CommitPace = {
  /** When all was committed last, or tried to be. */
  readonly committedAt: number;
  /** That were done since. */
  readonly messages: number;
};

export type OffsetToCommit = {
  readonly held: HeldPartition;
  /** Of the next message to read. */
  readonly offset: number;
};

export type CommitPlan = {
  readonly offsets: readonly OffsetToCommit[];
  /** Whether these are all that there are. */
  readonly isAll: boolean;
  /** When the next are due, at the latest; Infinity: nothing is committed of itself. */
  readonly dueAt: number;
};

/** @param isLeaving of what is revoked: whether nothing more of it is awaited. */
export function planCommit(
  held: readonly HeldPartition[],
  isLeaving: (one: HeldPartition) => boolean,
  { autoCommit, commitMillis, commitMessages }: CommitSettings,
  { committedAt, messages }: CommitPace,
  now: number,
): CommitPlan {
  const uncommitted = autoCommit ? held.filter(({ isUncommitted }) => isUncommitted) : [];
  const dueAt = autoCommit ? committedAt + commitMillis : Number.POSITIVE_INFINITY;
  // Before the last one: the clock was set back.
  const isDue = now >= dueAt || now < committedAt;
  const isAll = autoCommit && (isDue || messages >= commitMessages);
  const due = isAll
    ? uncommitted
    : uncommitted.filter((one) => one.committed === nowhere || isLeaving(one));
  return {
    offsets: due.map((one) => ({ held: one, offset: one.resolved })),
    isAll,
    dueAt,
  };
}
