// What bodies of our own messages are read with: JSON objects, of which nothing is believed that
// was not looked at. Anybody whom an account lets may have put a message into a queue.

import { type PartitionId, type TopicId, topicIdLength } from '../ids.ts';

/** None, if the body is no JSON object. */
export function membersOf<Name extends string>(
  body: string,
): { readonly [Member in Name]?: unknown } {
  return Object(parsed(body));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const topicIdForm = new RegExp(`^[a-zA-Z0-9_-]{${topicIdLength}}$`);

/** @returns undefined: they name no partition. */
export function partitionIn({
  topicId,
  partition,
}: {
  readonly topicId?: unknown;
  readonly partition?: unknown;
}): PartitionId | undefined {
  if (!isText(topicId, topicIdForm) || !isWhole(partition)) return undefined;
  return { topicId: topicId as TopicId, partition };
}

export function isText(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
