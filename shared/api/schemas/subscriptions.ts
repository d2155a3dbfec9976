// What subscriptions are asked: what is delivered to whom and how, where they go on, what becomes
// of their dead letters. A setting that is null is at its default, as one that nobody has set.

import * as z from 'zod';
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
  return z
    .string()
    .max(lengthMax)
    .superRefine((said, context) => {
      const message = fault(said);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    });
}

/** Of 24 to 64 bytes, so never longer. */
const secretLengthMax = 100;

const secret = text(secretFault, secretLengthMax).describe('`whsec_` and base64.');

const target = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('lambda'),
    function: text(functionNameFault, functionNameLengthMax).describe('A name or an ARN.'),
  }),
  z.strictObject({ type: z.literal('sqs'), queue_url: text(queueUrlFault, queueUrlLengthMax) }),
  z.strictObject({
    type: z.literal('https'),
    url: text(webhookUrlFault, webhookUrlLengthMax),
    /** None: the one that it has, or else one is drawn. */
    secret: secret.nullish(),
  }),
]);

const filter = z
  .unknown()
  .superRefine((said, context) => {
    const parsed = parseRecordPattern(said);
    if (parsed.kind === 'pattern') return;
    const { path, reason } = parsed;
    context.addIssue({ code: 'custom', message: reason, path: path === '' ? [] : [path] });
  })
  .meta({ type: 'object', description: 'An event pattern of key, headers and value.' });

/** Which topics there are, the engine knows. */
const topic = wellFormed().min(1).max(topicNameLengthMax);

const settings = {
  /** Records of one delivery. */
  batch_size: z.int().min(1).max(batchRecordsMost).nullish(),
  /** A first record that is larger is still delivered. */
  batch_bytes: z.int().min(batchBytesLeast).max(deliveryBytesMax).nullish(),
  batch_window_ms: z.int().min(0).max(batchWindowMillisMost).nullish(),
  filter: filter.nullish(),
  max_attempts: z.int().min(1).max(attemptsMost).nullish(),
  max_age_ms: z.int().min(ageMillisLeast).max(ageMillisMost).nullish(),
  retry_min_ms: z.int().min(retryMillisLeast).max(retryMillisMost).nullish(),
  retry_max_ms: z.int().min(retryMillisLeast).max(retryMillisMost).nullish(),
  bisect: z.boolean().nullish(),
  dead_letter_topic: topic.nullish(),
  max_concurrency: z.int().min(1).max(deliveriesMost).nullish(),
  max_records_per_second: z
    .number({ error: 'must be a number' })
    .min(recordsPerSecondLeast)
    .max(recordsPerSecondMost)
    .nullish(),
  timeout_ms: z.int().min(deliveryMillisLeast).max(deliveryMillisMost).nullish(),
};

export const createSubscriptionBody = z.strictObject({
  name: text(topicNameFault, subscriptionNameLengthMax),
  topic,
  /** None: of the subscription's name. Of the form that groups of consumers have. */
  group: wellFormed().nullish(),
  target,
  /** In partitions of which its group has committed nothing. None: latest. */
  starting_position: z
    .union([
      z.enum(['earliest', 'latest']),
      /** The first record of that time or a later one; else the end. */
      z.strictObject({ timestamp }),
    ])
    .nullish(),
  ...settings,
});

/** What is not said stays as it is. */
export const changeSubscriptionBody = z.strictObject({ target: target.optional(), ...settings });

export const seekBody = z.strictObject({
  to: resetTo,
  /** None: all of them. */
  partition: z.int().min(0).nullish(),
});

export const rotateSecretBody = z.strictObject({
  /** None: one is drawn. Sent again with the same one, the request changes nothing more. */
  secret: secret.nullish(),
});

export const redriveBody = z.strictObject({
  /** Records. */
  limit: z.int().min(1).max(redrivenPerRequestMax).nullish(),
});

export const deadLettersQuery = z.object({
  limit: z.int().min(1).max(deadLettersMax).optional(),
});

export type CreateSubscriptionBody = z.output<typeof createSubscriptionBody>;
export type TargetBody = z.output<typeof target>;
export type SettingsBody = Omit<z.output<typeof changeSubscriptionBody>, 'target'>;
