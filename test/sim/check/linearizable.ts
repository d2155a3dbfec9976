// I9: each partition behaves as if every request took effect at one moment between its beginning
// and its end. The model is S2's: a log's state is its end and the records below it; an append adds
// to it, a look sees it, and an append of unknown outcome takes effect at any time after it was
// asked for, or never.
//
// Searching for an order is not needed: offsets and the final log give it. What is left to check is
// that no request had to take effect after one that was over before it began.

import type { Checker } from './check.ts';
import { type Moment, type Timeline, timelinesOf } from './timeline.ts';

export const linearizable: Checker = ({ history }, index) =>
  timelinesOf(history, index).flatMap(judge);

function judge({ steps, impossible }: Timeline): string[] {
  const violations = impossible.map((what) => `I9: ${what}: it never did`);
  let latest: Moment | undefined;
  for (const step of steps) {
    for (const moment of step) {
      if (latest !== undefined && latest.after > moment.before) {
        violations.push(`I9: ${moment.what} was over before, and comes after: ${latest.what}`);
      }
    }
    for (const moment of step) {
      if (latest === undefined || moment.after > latest.after) latest = moment;
    }
  }
  return violations;
}
