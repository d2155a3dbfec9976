// A partition as callers name it, and offsets in it as they say them: texts, as kafkajs has them.

import { invalid } from './errors.ts';

export type TopicPartition = { readonly topic: string; readonly partition: number };

export type PartitionOffset = { readonly partition: number; readonly offset: string };

/** As an offset: from the end on, and from what is there first. Source: Kafka's ListOffsets. */
export const latestOffset = -1;
export const earliestOffset = -2;

/** @param least 0, or the lowest of those two that means something.
 * @throws SluiceError of what is no offset. */
export function offsetOf(text: string | number, least: number): number {
  const offset = /^-?\d{1,16}$/.test(String(text)) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(offset) && offset >= least) return offset;
  throw invalid('offset', `${text} must be an offset of at least ${least}, as "42"`);
}
