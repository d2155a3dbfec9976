// What consumer instances are asked: their settings, what they read, where, and how far they are.
// Clients of other proxies send settings as strings and in either case, so both are taken.

import * as z from 'zod';
import {
  commitMetadataLengthMax,
  instanceNameLengthMax,
  offsetMax,
  offsetsPerCommitMax,
  partitionsPerGroupMax,
  sessionMillisMax,
  sessionMillisMin,
  topicNameLengthMax,
  topicPatternLengthMax,
  topicsPerSubscriptionMax,
} from '../../limits.ts';
import { topicNameFault } from '../../log/topic-name.ts';
import { boundedList } from './bounded-list.ts';
import { timestamp } from './timestamp.ts';
import { wellFormed } from './well-formed.ts';

const flag = z.union([z.boolean(), z.string().regex(/^(true|false)$/i)]).nullish();

function integer({ min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number }) {
  const isWithin = (value: number | string) => Number(value) >= min && Number(value) <= max;
  return z
    .union([z.int(), z.string().regex(/^-?\d{1,15}$/)])
    .refine(isWithin, `must be from ${min} to ${max}`)
    .nullish();
}

/** The reference proxy's names. Whatever else is said is a setting of clients that ours has not. */
export const createInstanceBody = z.looseObject({
  /** None: one is drawn. */
  name: wellFormed().max(instanceNameLengthMax).nullish(),
  format: z
    .string()
    .regex(/^(binary|json|text)$/i, 'must be binary, json or text')
    .nullish(),
  'auto.offset.reset': z
    .string()
    .regex(/^(earliest|latest|none)$/i, 'must be earliest, latest or none')
    .nullish(),
  'auto.commit.enable': flag,
  /** The same by its name in Kafka; the other one comes first. */
  'enable.auto.commit': flag,
  /** -1: the default. */
  'fetch.min.bytes': integer({ min: -1 }),
  /** What is longer than a poll may wait is as long as it may. */
  'consumer.request.timeout.ms': integer({ min: 0 }),
  'session.timeout.ms': integer({ min: sessionMillisMin, max: sessionMillisMax }),
});

const topicName = z.string().superRefine((name, context) => {
  const fault = topicNameFault(name);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: `a name ${fault}` });
});

/** One of the two. */
export const subscriptionBody = z.strictObject({
  /** None in it: as unsubscribing. */
  topics: boundedList(topicName, { max: topicsPerSubscriptionMax }).nullish(),
  /** A regular expression, in RE2's syntax, that a topic's whole name matches. */
  topic_pattern: wellFormed().min(1).max(topicPatternLengthMax).nullish(),
});

/** Which topics and partitions there are, the engine knows. */
const place = {
  topic: wellFormed().min(1).max(topicNameLengthMax),
  partition: z.int().min(0),
};

const metadata = wellFormed().max(commitMetadataLengthMax).nullish();

export const partitionsBody = z.strictObject({
  partitions: boundedList(z.strictObject(place), { max: partitionsPerGroupMax }),
});

/** At least one of the two. Metadata is taken, as the reference proxy does, and not kept. */
export const positionsBody = z.strictObject({
  offsets: boundedList(
    z.strictObject({ ...place, offset: z.int().min(0).max(offsetMax), metadata }),
    { max: partitionsPerGroupMax },
  ).nullish(),
  timestamps: boundedList(z.strictObject({ ...place, timestamp, metadata }), {
    max: partitionsPerGroupMax,
  }).nullish(),
});

export const commitBody = z.strictObject({
  /** Of the last record that is done with: the next one is committed. */
  offsets: boundedList(
    z.strictObject({
      ...place,
      offset: z
        .int()
        .min(0)
        .max(offsetMax - 1),
      metadata,
    }),
    { max: offsetsPerCommitMax },
  ).nullish(),
});

export const committedQuery = z.object({
  topic: place.topic.optional(),
  partition: place.partition.optional(),
});

export const pollQuery = z.object({
  /** Milliseconds; -1: as the instance is set. */
  timeout: z.int().min(-1).optional(),
  /** A first record that is larger is still given. -1: the default. */
  max_bytes: z
    .int()
    .min(-1)
    .refine((bytes) => bytes !== 0, 'must be at least 1, or -1')
    .optional(),
});

export type CreateInstanceBody = z.output<typeof createInstanceBody>;
export type SubscriptionBody = z.output<typeof subscriptionBody>;
