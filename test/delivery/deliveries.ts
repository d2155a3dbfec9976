// A partition that is delivered by what progress says alone: no stores, and time that nobody waits
// for. What is given up is written down.

import type { Answer } from '../../shared/delivery/answer.ts';
import {
  afterAnswer,
  type Delivery,
  decodeProgress,
  doneUpTo,
  encodeProgress,
  endOf,
  freshProgress,
  isGivenUp,
  type Progress,
} from '../../shared/delivery/progress.ts';
import { defaultSettings, type SubscriptionSettings } from '../../shared/delivery/subscription.ts';
import type { EpochMillis } from '../../shared/ids.ts';

/** As it is when nothing has happened yet. */
export const now = 1_000_000 as EpochMillis;

export function settingsOf(wanted: Partial<SubscriptionSettings>): SubscriptionSettings {
  return { ...defaultSettings, ...wanted };
}

export type Run = {
  readonly delivered: readonly number[];
  readonly givenUp: readonly number[];
  /** Deliveries, taken or not. */
  readonly tries: readonly (readonly number[])[];
  /** Between any two of them. */
  readonly states: readonly Progress[];
};

/** To the end of a log, of which some offsets are filtered out.
 * @param told.offsets that match, in order. @param told.end of the log.
 * @param told.answer of the target. */
export function deliverAll({
  offsets,
  end,
  settings,
  answer,
}: {
  readonly offsets: readonly number[];
  readonly end: number;
  readonly settings: SubscriptionSettings;
  readonly answer: (given: readonly number[]) => Answer;
}): Run {
  const delivered: number[] = [];
  const givenUp: number[] = [];
  const tries: (readonly number[])[] = [];
  const states: Progress[] = [];
  let progress = freshProgress(0);
  while (progress.at < end) {
    const delivery = next(progress, offsets, end, settings.batchRecordsMax);
    if (isGivenUp(progress, settings)) {
      givenUp.push(...delivery.offsets);
      progress = doneUpTo(progress, delivery.end);
    } else if (delivery.offsets.length === 0) {
      progress = doneUpTo(progress, delivery.end);
    } else {
      const said = answer(delivery.offsets);
      tries.push(delivery.offsets);
      const before = progress;
      progress = afterAnswer(before, delivery, said, { settings, now, fraction: 0.5 });
      const own = progress.at;
      delivered.push(...delivery.offsets.filter((offset) => offset < own));
    }
    // As the next worker reads it.
    progress = decodeProgress(encodeProgress(progress, 1), { at: progress.at, version: 1 });
    states.push(progress);
    if (states.length > 100_000) throw new Error('it does not end');
  }
  return { delivered, givenUp, tries, states };
}

/** As gathering does: what is filtered out behind the last record goes with it. */
export function next(
  progress: Progress,
  offsets: readonly number[],
  end: number,
  most: number,
): Delivery {
  const until = Math.min(endOf(progress), end);
  const open = offsets.filter((offset) => offset >= progress.at && offset < until);
  const given = open.slice(0, most);
  return { offsets: given, end: open[most] ?? until };
}
