// What subscriptions are asked: what is delivered to whom and how, where they go on, what becomes
// of their dead letters. A setting that is null is at its default, as one that nobody has set.

import * as z from 'zod/mini';
import { parseRecordPattern } from '../../delivery/record-filter.ts';
import { topicNameLengthMax } from '../../limits.ts';
import { topicNameFault } from '../../log/topic-name.ts';
import {
  ageMillisLeast,
  ageMillisMost,
  attemptsMost,
  batchBytesLeast,
  batchRecordsMost,
  batchWindowMillisMost,
  deliveriesMost,
  deliveryBytesMax,
  deliveryMillisLeast,
  deliveryMillisMost,
  recordsPerSecondLeast,
  recordsPerSecondMost,
  redrivenPerRequestMax,
  retryMillisLeast,
  retryMillisMost,
  subscriptionNameLengthMax,
} from '../../trigger-limits.ts';
import { secretFault } from '../../webhook/signature.ts';
import { webhookUrlFault, webhookUrlLengthMax } from '../../webhook/url.ts';
import { integer } from './integer.ts';
import { resetTo } from './reset-to.ts';
import {
  functionNameFault,
  functionNameLengthMax,
  queueUrlFault,
  queueUrlLengthMax,
} from './target-names.ts';
import { timestamp } from './timestamp.ts';
import { wellFormed } from './well-formed.ts';

/** Dead letters of one reply: all are in memory at once, and each may be a megabyte. */
const deadLettersMax = 100;
export const deadLettersDefault = 20;

/** @param fault what is wrong with a text, as the end of a sentence; undefined: nothing. */
function text(fault: (text: string) => string | undefined, lengthMax: number) {
  return z.string().check(
    z.maxLength(lengthMax),
    z.superRefine((said, context) => {
      const message = fault(said);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
  );
}

/** Of 24 to 64 bytes, so never longer. */
const secretLengthMax = 100;

const secret = text(secretFault, secretLengthMax).check(z.describe('`whsec_` and base64.'));

const target = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('lambda'),
    function: text(functionNameFault, functionNameLengthMax).check(z.describe('A name or an ARN.')),
  }),
  z.strictObject({ type: z.literal('sqs'), queue_url: text(queueUrlFault, queueUrlLengthMax) }),
  z.strictObject({
    type: z.literal('https'),
    url: text(webhookUrlFault, webhookUrlLengthMax),
    /** None: the one that it has, or else one is drawn. */
    secret: z.nullish(secret),
  }),
]);

const filter = z.unknown().check(
  z.superRefine((said, context) => {
    const parsed = parseRecordPattern(said);
    if (parsed.kind === 'pattern') return;
    const { path, reason } = parsed;
    context.addIssue({ code: 'custom', message: reason, path: path === '' ? [] : [path] });
  }),
  z.meta({ type: 'object', description: 'An event pattern of key, headers and value.' }),
);

/** Which topics there are, the engine knows. */
const topic = wellFormed({ min: 1, max: topicNameLengthMax });

const settings = {
  /** Records of one delivery. */
  batch_size: z.nullish(integer({ min: 1, max: batchRecordsMost })),
  /** A first record that is larger is still delivered. */
  batch_bytes: z.nullish(integer({ min: batchBytesLeast, max: deliveryBytesMax })),
  batch_window_ms: z.nullish(integer({ min: 0, max: batchWindowMillisMost })),
  filter: z.nullish(filter),
  max_attempts: z.nullish(integer({ min: 1, max: attemptsMost })),
  max_age_ms: z.nullish(integer({ min: ageMillisLeast, max: ageMillisMost })),
  retry_min_ms: z.nullish(integer({ min: retryMillisLeast, max: retryMillisMost })),
  retry_max_ms: z.nullish(integer({ min: retryMillisLeast, max: retryMillisMost })),
  bisect: z.nullish(z.boolean()),
  dead_letter_topic: z.nullish(topic),
  max_concurrency: z.nullish(integer({ min: 1, max: deliveriesMost })),
  max_records_per_second: z.nullish(
    z
      .number({ error: 'must be a number' })
      .check(z.gte(recordsPerSecondLeast), z.lte(recordsPerSecondMost)),
  ),
  timeout_ms: z.nullish(integer({ min: deliveryMillisLeast, max: deliveryMillisMost })),
};

export const createSubscriptionBody = z.strictObject({
  name: text(topicNameFault, subscriptionNameLengthMax),
  topic,
  /** None: of the subscription's name. Of the form that groups of consumers have. */
  group: z.nullish(wellFormed()),
  target,
  /** In partitions of which its group has committed nothing. None: latest. */
  starting_position: z.nullish(
    z.union([
      z.enum(['earliest', 'latest']),
      /** The first record of that time or a later one; else the end. */
      z.strictObject({ timestamp }),
    ]),
  ),
  ...settings,
});

/** What is not said stays as it is. */
export const changeSubscriptionBody = z.strictObject({ target: z.optional(target), ...settings });

export const seekBody = z.strictObject({
  to: resetTo,
  /** None: all of them. */
  partition: z.nullish(integer({ min: 0 })),
});

export const rotateSecretBody = z.strictObject({
  /** None: one is drawn. Sent again with the same one, the request changes nothing more. */
  secret: z.nullish(secret),
});

export const redriveBody = z.strictObject({
  /** Records. */
  limit: z.nullish(integer({ min: 1, max: redrivenPerRequestMax })),
});

export const deadLettersQuery = z.object({
  limit: z.optional(integer({ min: 1, max: deadLettersMax })),
});

export type CreateSubscriptionBody = z.output<typeof createSubscriptionBody>;
export type TargetBody = z.output<typeof target>;
export type SettingsBody = Omit<z.output<typeof changeSubscriptionBody>, 'target'>;
