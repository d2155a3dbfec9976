// How far a partition's delivery is when it does not go smoothly: what failed, how often, and when
// it is tried again. It stands in the lease beside the committed offset that it is about, so that
// it outlives whoever delivers; a commit or a seek to elsewhere makes it void.
//
// A delivery that fails is halved, and its first half again, down to one record: `ends` are the
// ends of all that failed, the innermost last, and nothing is given past the innermost until it is
// done. So one bad record of a thousand is found in ten tries, and the others around it are
// delivered. Only what is not halved any more counts its tries.
//
// Invariants: ends fall from the first to the last, and are above `at`; what is committed is
// delivered, filtered or given up.

import type { EpochMillis } from '../ids.ts';
import type { Answer } from './answer.ts';
import type { SubscriptionSettings } from './subscription.ts';

export type Progress = {
  /** The offset that is committed. */
  readonly at: number;
  readonly ends: readonly number[];
  /** Of what ends at the innermost, that failed. */
  readonly attempts: number;
  /** What ends there is too large for the target: it is a record alone. */
  readonly neverFits?: true;
  /** Since something was delivered. */
  readonly failures: number;
  /** Nothing is tried before. */
  readonly notBefore: EpochMillis;
  /** A delivery that is not full waits until then. */
  readonly gatherUntil: EpochMillis;
  /** Why the last one failed, or was held up. */
  readonly reason: string;
  /** Why the last of the attempts failed: what a dead letter says, whatever held it up since. */
  readonly cause: string;
};

export function freshProgress(at: number): Progress {
  const never = 0 as EpochMillis;
  const none = { attempts: 0, failures: 0, notBefore: never, gatherUntil: never };
  return { at, ends: [], ...none, reason: '', cause: '' };
}

/** @param version of the subscription, by which it was put off.
 * @returns undefined: it is as it is at first. */
export function encodeProgress(progress: Progress, version: number): string | undefined {
  const { ends, failures, notBefore, gatherUntil } = progress;
  if (ends.length === 0 && failures === 0 && notBefore === 0 && gatherUntil === 0) return undefined;
  return JSON.stringify({ ...progress, version });
}

/** @param now.at what is committed: of another offset it says nothing.
 * @param now.version of the subscription: what another one was put off until is no matter to one
 *   that was set otherwise, or paused, since. */
export function decodeProgress(
  text: string | undefined,
  now: { readonly at: number; readonly version: number },
): Progress {
  const stored = storedProgress(text);
  if (stored?.at !== now.at) return freshProgress(now.at);
  const { version, ...progress } = stored;
  const { notBefore, gatherUntil } = freshProgress(now.at);
  return version === now.version ? progress : { ...progress, notBefore, gatherUntil };
}

/** For whoever knows nothing of the subscription. @returns undefined: it goes smoothly. */
export function storedProgress(text: string | undefined): StoredProgress | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as StoredProgress);
}

export type StoredProgress = Progress & { readonly version: number };

/** The last offset, exclusive, that the next delivery may hold. */
export function endOf({ ends }: Progress): number {
  return ends.at(-1) ?? Number.POSITIVE_INFINITY;
}

/** What was given to the target. */
export type Delivery = {
  /** Of its records, in order: at least one. */
  readonly offsets: readonly number[];
  /** Where it ends, exclusive: past what was filtered behind its last record. */
  readonly end: number;
};

/** @returns how far the partition is then: what is before `at` is to be committed. */
export function afterAnswer(
  before: Progress,
  { offsets, end }: Delivery,
  answer: Answer,
  circumstances: Circumstances,
): Progress {
  const { settings, now } = circumstances;
  const failing = (progress: Pick<Progress, 'at' | 'ends' | 'attempts'>, reason: string) => {
    return { ...heldUp(before, reason, circumstances), ...progress, cause: reason };
  };
  switch (answer.kind) {
    case 'delivered':
      return doneUpTo(before, end);
    case 'failed-from': {
      // Who is named is tried alone.
      const { offset } = answer;
      const own = offset + 1;
      const isAlone = offset === before.at && endOf(before) === own;
      const ends = before.ends.filter((one) => one > own);
      const attempts = isAlone ? before.attempts + 1 : 1;
      return failing({ at: offset, ends: [...ends, own], attempts }, answer.reason);
    }
    case 'failed':
      if (settings.bisects && offsets.length > 1) return failing(halved(), answer.reason);
      return failing(again(), answer.reason);
    case 'too-large': {
      if (offsets.length > 1) return { ...before, ...halved(), reason: answer.kind };
      return { ...failing(again(), answer.kind), neverFits: true };
    }
    case 'busy': {
      const asked = Math.min(answer.retryAfterMillis ?? 0, settings.retryMillisMax);
      const after = heldUp(before, answer.kind, circumstances);
      return { ...after, notBefore: Math.max(after.notBefore, now + asked) as EpochMillis };
    }
  }

  /** Its first half, once what is around it is known to fail. */
  function halved() {
    const middle = offsets[Math.ceil(offsets.length / 2)] as number;
    return { at: before.at, ends: [...around(), middle], attempts: 0 };
  }

  function again() {
    const isSame = endOf(before) === end;
    return { at: before.at, ends: around(), attempts: isSame ? before.attempts + 1 : 1 };
  }

  function around(): readonly number[] {
    return endOf(before) === end ? before.ends : [...before.ends, end];
  }
}

/** By what is nobody's failure: it counts for no attempt. */
export function heldUp(
  before: Progress,
  reason: string,
  { settings, now, fraction }: Circumstances,
): Progress {
  const failures = before.failures + 1;
  const notBefore = (now + pauseAfter(failures, settings, fraction)) as EpochMillis;
  return { ...before, failures, notBefore, reason };
}

export type Circumstances = {
  readonly settings: SubscriptionSettings;
  readonly now: EpochMillis;
  /** Of chance, in [0, 1). */
  readonly fraction: number;
};

/** Double with each failure, and of the second half of that drawn: those that failed together do
 * not come together. */
function pauseAfter(
  failures: number,
  { retryMillisMin, retryMillisMax }: SubscriptionSettings,
  fraction: number,
): number {
  const ceiling = Math.min(retryMillisMin * 2 ** Math.min(failures - 1, 30), retryMillisMax);
  return Math.ceil(ceiling * (0.5 + fraction / 2));
}

/** Whether the records up to the innermost end are to be given up, instead of being tried again. */
export function isGivenUp(
  { attempts, neverFits }: Progress,
  { attemptsMax = Number.POSITIVE_INFINITY, deadLetterTopic }: SubscriptionSettings,
): boolean {
  return deadLetterTopic !== undefined && (neverFits === true || attempts >= attemptsMax);
}

/** Once the records up to an offset are done with, whatever became of them. */
export function doneUpTo(before: Progress, end: number): Progress {
  return { ...freshProgress(end), ends: before.ends.filter((one) => one > end) };
}
