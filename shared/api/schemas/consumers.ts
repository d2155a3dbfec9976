// What consumer instances are asked: their settings, what they read, where, and how far they are.
// Clients of other proxies send settings as strings and in either case, so both are taken.

import * as z from 'zod/mini';
import {
  commitMetadataLengthMax,
  fetchBytesMax,
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
import { integer } from './integer.ts';
import { timestamp } from './timestamp.ts';
import { wellFormed } from './well-formed.ts';

const flag = z.nullish(z.union([z.boolean(), z.string().check(z.regex(/^(true|false)$/i))]));

function integerOrText({ min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number }) {
  const isWithin = (value: number | string) => Number(value) >= min && Number(value) <= max;
  return z.nullish(
    z
      .union([z.int(), z.string().check(z.regex(/^-?\d{1,15}$/))])
      .check(z.refine(isWithin, `must be from ${min} to ${max}`)),
  );
}

/** @param words from which it is one, as a regular expression has them. */
function oneOf(words: RegExp, said: string) {
  return z.nullish(z.string().check(z.regex(words, said)));
}

/** The reference proxy's names. Whatever else is said is a setting of clients that ours has not. */
export const createInstanceBody = z.looseObject({
  /** None: one is drawn. */
  name: z.nullish(wellFormed({ max: instanceNameLengthMax })),
  format: oneOf(/^(binary|json|text)$/i, 'must be binary, json or text'),
  'auto.offset.reset': oneOf(/^(earliest|latest|none)$/i, 'must be earliest, latest or none'),
  'auto.commit.enable': flag,
  /** The same by its name in Kafka; the other one comes first. */
  'enable.auto.commit': flag,
  /** -1: the default. */
  'fetch.min.bytes': integerOrText({ min: -1 }),
  /** What is longer than a poll may wait is as long as it may. */
  'consumer.request.timeout.ms': integerOrText({ min: 0 }),
  'session.timeout.ms': integerOrText({ min: sessionMillisMin, max: sessionMillisMax }),
});

const topicName = z.string().check(
  z.superRefine((name, context) => {
    const fault = topicNameFault(name);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: `a name ${fault}` });
  }),
);

/** One of the two. */
export const subscriptionBody = z.strictObject({
  /** None in it: as unsubscribing. */
  topics: z.nullish(boundedList(topicName, { max: topicsPerSubscriptionMax })),
  /** A regular expression, in RE2's syntax, that a topic's whole name matches. */
  topic_pattern: z.nullish(wellFormed({ min: 1, max: topicPatternLengthMax })),
});

/** Which topics and partitions there are, the engine knows. */
const place = {
  topic: wellFormed({ min: 1, max: topicNameLengthMax }),
  partition: integer({ min: 0 }),
};

const metadata = z.nullish(wellFormed({ max: commitMetadataLengthMax }));

export const partitionsBody = z.strictObject({
  partitions: boundedList(z.strictObject(place), { max: partitionsPerGroupMax }),
});

/** At least one of the two. Metadata is taken, as the reference proxy does, and not kept. */
export const positionsBody = z.strictObject({
  offsets: z.nullish(
    boundedList(
      z.strictObject({ ...place, offset: integer({ min: 0, max: offsetMax }), metadata }),
      { max: partitionsPerGroupMax },
    ),
  ),
  timestamps: z.nullish(
    boundedList(z.strictObject({ ...place, timestamp, metadata }), { max: partitionsPerGroupMax }),
  ),
});

export const commitBody = z.strictObject({
  /** Of the last record that is done with: the next one is committed. -1: none is, and the first
   * one is next, wherever the log ends by then. */
  offsets: z.nullish(
    boundedList(
      z.strictObject({ ...place, offset: integer({ min: -1, max: offsetMax - 1 }), metadata }),
      { max: offsetsPerCommitMax },
    ),
  ),
});

/** What a client that keeps its own positions is at work on, in the order in which it wants to be
 * served. */
export const memberFetchBody = z.strictObject({
  partitions: boundedList(
    z.strictObject({
      ...place,
      /** In which the instance took it, as it was told. */
      generation: integer({ min: 0 }),
      /** Where to read from; none: it is kept, and not read. */
      offset: z.nullish(integer({ min: 0, max: offsetMax })),
    }),
    { max: partitionsPerGroupMax },
  ),
  /** Milliseconds. */
  timeout: z.optional(integer({ min: 0 })),
  /** A first batch that is larger is still given. */
  max_bytes: z.optional(integer({ min: 1, max: fetchBytesMax })),
});

export const committedQuery = z.object({
  topic: z.optional(place.topic),
  partition: z.optional(place.partition),
});

export const pollQuery = z.object({
  /** Milliseconds; -1: as the instance is set. */
  timeout: z.optional(integer({ min: -1 })),
  /** A first record that is larger is still given. -1: the default. */
  max_bytes: z.optional(
    integer({ min: -1 }).check(z.refine((bytes) => bytes !== 0, 'must be at least 1, or -1')),
  ),
});

export type CreateInstanceBody = z.output<typeof createInstanceBody>;
export type SubscriptionBody = z.output<typeof subscriptionBody>;
