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
import { type EpochMillis, type TopicId, topicIdLength } from '../ids.ts';
import type { TimedWakeUp, WakeUp } from '../ports/wake-ups.ts';

export function wakeUpText({ wakeUp, notBefore }: TimedWakeUp): string {
  const { subscription, topicId, partition, queue, fence } = wakeUp;
  return JSON.stringify({ subscription, topicId, partition, queue, fence, notBefore });
}

/** @returns undefined: it is no wake-up's. */
export function readWakeUp(body: string): TimedWakeUp | undefined {
  const members = Object(parsed(body)) as Members;
  const { subscription, topicId, partition, queue, fence, notBefore } = members;
  if (!isText(subscription, nameForm) || !isText(topicId, topicIdForm)) return undefined;
  if (!isWhole(partition) || !isWhole(queue)) return undefined;
  if (fence !== undefined && !isWhole(fence)) return undefined;
  if (notBefore !== undefined && !isTime(notBefore)) return undefined;
  const place = { subscription, topicId: topicId as TopicId, partition, queue };
  return { wakeUp: fence === undefined ? place : { ...place, fence }, notBefore };
}

type Members = { readonly [Name in keyof WakeUp | 'notBefore']?: unknown };

const topicIdForm = new RegExp(`^[a-zA-Z0-9_-]{${topicIdLength}}$`);

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isText(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

/** Any part of a millisecond: a pause that chance drew has them. */
function isTime(value: unknown): value is EpochMillis {
  return Number.isFinite(value) && (value as number) >= 0;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
