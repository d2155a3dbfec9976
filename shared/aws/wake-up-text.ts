// A wake-up as the body of a message, and back. The grammar, as one JSON object:
//
//     subscription  a string, as contract.ts has names (nameForm)
//     topicId       a string: 22 of base64url
//     partition     a whole number
//     queue         a whole number
//     fence         a whole number; absent: none is known
//     notBefore     epoch milliseconds; absent: at once
//
// So it is ASCII, which every queue takes. Members that are not known are passed over: a later
// version may have more to say, and a wake-up is only a hint.

import { nameForm } from '../contract.ts';
import type { EpochMillis } from '../ids.ts';
import type { TimedWakeUp, WakeUp } from '../ports/wake-ups.ts';
import { isText, isWhole, membersOf, partitionIn } from './message-text.ts';

export function wakeUpText({ wakeUp, notBefore }: TimedWakeUp): string {
  const { subscription, topicId, partition, queue, fence } = wakeUp;
  return JSON.stringify({ subscription, topicId, partition, queue, fence, notBefore });
}

/** @returns undefined: it is no wake-up's. */
export function readWakeUp(body: string): TimedWakeUp | undefined {
  const members = membersOf<keyof WakeUp | 'notBefore'>(body);
  const { subscription, queue, fence, notBefore } = members;
  const id = partitionIn(members);
  if (id === undefined || !isText(subscription, nameForm)) return undefined;
  if (!isWhole(queue) || (notBefore !== undefined && !isTime(notBefore))) return undefined;
  if (fence !== undefined && !isWhole(fence)) return undefined;
  const place = { subscription, ...id, queue };
  return { wakeUp: fence === undefined ? place : { ...place, fence }, notBefore };
}

/** Any part of a millisecond: a pause that chance drew has them. */
function isTime(value: unknown): value is EpochMillis {
  return Number.isFinite(value) && (value as number) >= 0;
}
