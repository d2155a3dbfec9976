// What the description says of subscriptions. Their order is that of a subscription's life.

import * as z from 'zod';
import { jsonType, v2Type } from '../media-types.ts';
import {
  changeSubscriptionBody,
  createSubscriptionBody,
  deadLettersQuery,
  redriveBody,
  rotateSecretBody,
  seekBody,
} from '../schemas/subscriptions.ts';
import type { Content, Operation, Operations } from './operation.ts';
import { badBody } from './operations-v3.ts';
import {
  changedReply,
  deadLettersReply,
  describedReply,
  redriveReply,
  secretReply,
  soughtReply,
  subscriptionReply,
  subscriptionsReply,
} from './replies-subscriptions.ts';

const path = '/subscriptions/:subscription';

function body(schema: z.core.$ZodType): Content {
  return { [v2Type]: schema, [jsonType]: schema };
}

function answer(schema: z.core.$ZodType, status: 200 | 201 = 200): Operation['reply'] {
  return { status, description: 'What was asked for.', content: { [v2Type]: schema } };
}

const changeErrors = ['UNKNOWN_SUBSCRIPTION', 'UNKNOWN_TOPIC', 'OUTCOME_UNKNOWN'] as const;

export const subscriptionOperations: Operations = {
  'POST /subscriptions': {
    id: 'createSubscription',
    summary: 'Have a topic’s records delivered',
    description:
      'To a Lambda function, an SQS queue, or an HTTPS endpoint, as what a secret signs; without ' +
      'one it is drawn, and shown in this reply alone. Its consumer group must be empty, and is ' +
      'its own from then on. Records are given up only where there is a dead_letter_topic.',
    request: body(createSubscriptionBody),
    reply: answer(changedReply, 201),
    errors: [
      ...badBody,
      'UNKNOWN_TOPIC',
      'SUBSCRIPTION_EXISTS',
      'SUBSCRIPTIONS_FULL',
      'GROUP_NOT_EMPTY',
      'ILLEGAL_STATE',
      'OUTCOME_UNKNOWN',
    ],
  },
  'GET /subscriptions': {
    id: 'listSubscriptions',
    summary: 'Subscriptions',
    query: z.object({ after: z.string().optional().describe('A name: those that follow it.') }),
    reply: answer(subscriptionsReply),
    errors: [],
  },
  [`GET ${path}`]: {
    id: 'inspectSubscription',
    summary: 'A subscription, how far it is in each partition, and what holds it up',
    reply: answer(describedReply),
    errors: ['UNKNOWN_SUBSCRIPTION'],
  },
  [`PATCH ${path}`]: {
    id: 'changeSubscription',
    summary: 'Change a subscription’s target and settings',
    description:
      'What is not said stays as it is; null puts a setting back to its default. An endpoint ' +
      'keeps its secret unless another is given. What is under way ends as it began.',
    request: body(changeSubscriptionBody),
    reply: answer(changedReply),
    errors: [...badBody, ...changeErrors],
  },
  [`POST ${path}/pause`]: {
    id: 'pauseSubscription',
    summary: 'Stop delivering',
    description: 'What is under way ends; nothing more is begun, and nothing is lost.',
    reply: answer(subscriptionReply),
    errors: changeErrors,
  },
  [`POST ${path}/resume`]: {
    id: 'resumeSubscription',
    summary: 'Go on delivering',
    reply: answer(subscriptionReply),
    errors: changeErrors,
  },
  [`POST ${path}/seek`]: {
    id: 'seekSubscription',
    summary: 'Go on elsewhere in the log',
    description:
      'In all partitions, or in one. Whether it runs or not; what is under way may be given again.',
    request: body(seekBody),
    reply: answer(soughtReply),
    errors: [...badBody, ...changeErrors, 'UNKNOWN_PARTITION'],
  },
  [`POST ${path}/rotate-secret`]: {
    id: 'rotateSecret',
    summary: 'Sign with a new secret, and with the one before it',
    description:
      'Only of an https target. So a receiver may change at any time until the next rotation. A ' +
      'request that gives the secret itself may be sent again.',
    request: body(rotateSecretBody),
    mayHaveNoBody: true,
    reply: answer(secretReply),
    errors: [...badBody, ...changeErrors],
  },
  [`GET ${path}/dead-letters`]: {
    id: 'listDeadLetters',
    summary: 'Records that were given up, and may be put back',
    description: 'The oldest first in each partition; as many as a reply holds.',
    query: deadLettersQuery,
    reply: answer(deadLettersReply),
    errors: ['UNKNOWN_SUBSCRIPTION', 'UNKNOWN_TOPIC', 'MALFORMED_FIELD', 'INVALID_FIELD'],
  },
  [`POST ${path}/redrive`]: {
    id: 'redrive',
    summary: 'Put dead letters back where they were, for this subscription alone',
    description: 'Each once, however often it is asked for. It is safe to send again.',
    request: body(redriveBody),
    mayHaveNoBody: true,
    reply: answer(redriveReply),
    errors: [...badBody, ...changeErrors],
  },
  [`DELETE ${path}`]: {
    id: 'deleteSubscription',
    summary: 'Delete a subscription, and its group with it',
    reply: { status: 204, description: 'It is done.' },
    errors: ['UNKNOWN_SUBSCRIPTION', 'OUTCOME_UNKNOWN'],
  },
};
