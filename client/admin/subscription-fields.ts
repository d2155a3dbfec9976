// Subscriptions in the letters of the API, and back. What a caller says of a filter, and what is in
// a record, keeps its letters.

import type {
  ChangedSubscription,
  DeadLetter,
  SubscriptionPartition,
  SubscriptionSettings,
  SubscriptionTarget,
} from './subscription-types.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** `maxAgeMs` as `max_age_ms`. */
function snakeOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelOf(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function renamed(fields: object, rename: (name: string) => string): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [rename(name), value]));
}

export function settingsBody({
  target,
  ...settings
}: SubscriptionSettings & { readonly target?: SubscriptionTarget }): Fields {
  return { ...renamed(settings, snakeOf), target: target && renamed(target, snakeOf) };
}

export function subscriptionOf({ group, target, ...reply }: Fields): ChangedSubscription {
  return {
    ...renamed(reply, camelOf),
    groupId: group,
    target: renamed(target as object, camelOf),
  } as unknown as ChangedSubscription;
}

export function partitionOf(reply: Fields): SubscriptionPartition {
  return {
    ...renamed(reply, camelOf),
    committedOffset: String(reply['committed_offset']),
    logEndOffset: String(reply['log_end_offset']),
  } as unknown as SubscriptionPartition;
}

export function deadLetterOf({ key, value, ...reply }: Fields): DeadLetter {
  return {
    ...renamed(reply, camelOf),
    offset: String(reply['offset']),
    sourceOffset: String(reply['source_offset']),
    timestamp: String(reply['timestamp']),
    key: bytesOf(key),
    value: bytesOf(value),
  } as unknown as DeadLetter;
}

function bytesOf(base64: unknown): Buffer | null | undefined {
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : (base64 as null | undefined);
}
