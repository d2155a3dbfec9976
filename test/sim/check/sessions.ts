// I22, and what a member may rely on: while clocks are right, no session is ended before its time
// but by who has it.

import type { Checker } from './check.ts';
import { wasAsked } from './groups.ts';

export const sessions: Checker = ({ history, groups }) => {
  const early = groups.ends.filter(
    (end) =>
      groups.isTimeTrue && end.until >= end.at && !wasAsked(history, end, ['leave'], end.event),
  );
  return early.map(({ instance, until, at }) => {
    return `I22: ${instance}'s session was ended ${until - at} ms too early`;
  });
};
