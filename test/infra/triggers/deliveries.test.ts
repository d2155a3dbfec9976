// Subscriptions of a stack: how the engine is asked for them, and what is refused before that.

import { Duration, Lazy, SecretValue } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { MessageEngine } from '../../../infra/message-engine.ts';
import type { DeliveryProps } from '../../../infra/triggers/delivery.ts';
import { DeliveryTarget } from '../../../infra/triggers/delivery-target.ts';
import { createSubscriptionBody } from '../../../shared/api/schemas/subscriptions.ts';
import { permissionsOf } from '../permissions.ts';
import { storePermissions } from '../store-permissions.ts';
import { flat, newStack, ofType, resourcesOf } from '../template.ts';
import { stackOfThree, subscriptionsIn } from './three-deliveries.ts';
import { wholeSubscription } from './whole-subscription.ts';

const resources = stackOfThree();

describe('a subscription', () => {
  test('is asked for in the words of POST /subscriptions', () => {
    expect(subscriptionsIn(resources)).toMatchObject([
      { topic: 'orders' },
      {
        name: 'shipping',
        topic: 'orders',
        group: 'warehouse',
        dead_letter_topic: 'unshipped',
        max_attempts: 3,
        filter: { value: { state: ['paid'] } },
        starting_position: { timestamp: 1_700_000_000_000 },
      },
      { topic: 'orders', max_records_per_second: 0.5 },
    ]);
  });

  test('has a name that tells it, and keeps it', () => {
    const [billed, , posted] = subscriptionsIn(resources);
    expect(billed.name).toBe('Sluice-Engine-Deliveries-orders-to-SluiceBill6D3069A6-5433CD9C');
    expect(posted.name).toBe('Sluice-Engine-Deliveries-orders-to-hooks.example.com-36F0857E');
  });

  test('has its topics made with it', () => {
    const topics = ofType(resources, 'Custom::SluiceSubscription').map(([, { Properties }]) => {
      return JSON.parse(flat(Properties['Topics']));
    });
    expect(topics).toEqual([
      [{ name: 'orders', partitions: 4 }],
      [{ name: 'orders' }, { name: 'unshipped' }],
      [{ name: 'orders' }],
    ]);
  });

  test('is made by who may write what it is made of', () => {
    const provision = 'EngineTriggersProvisionerProvision';
    expect(permissionsOf(resources, `${provision}Role`)).toEqual(
      [
        ...storePermissions.provision,
        `logs:CreateLogStream <${provision}Log>`,
        `logs:PutLogEvents <${provision}Log>`,
        'sqs:SendMessage <EngineTriggersWakeUpsDelayed>',
        'sqs:SendMessage <EngineTriggersWakeUpsQueue>',
      ].sort(),
    );
    expect(permissionsOf(resources, 'EngineTriggersProvisionerFrameworkRole')).toEqual([
      `lambda:GetFunction <${provision}Function>`,
      `lambda:InvokeFunction <${provision}Function>`,
      `lambda:InvokeFunction <${provision}Function>:*`,
      'logs:CreateLogStream <EngineTriggersProvisionerFrameworkLog>',
      'logs:PutLogEvents <EngineTriggersProvisionerFrameworkLog>',
    ]);
  });
});

describe('what cannot be is refused by name, with the value and the bound', () => {
  const engine = new MessageEngine(newStack(), 'Engine');
  const endpoint = DeliveryTarget.endpoint('https://hooks.example.com/in');
  const dead = { deadLetterTopic: 'dead' };
  const cases: [Partial<DeliveryProps>, string][] = [
    [{ topic: 'a/b' }, "topic is 'a/b': it must be 1 to 249 of a-z, A-Z, 0-9"],
    [{ name: '..' }, "name is '..': it must be"],
    [{ group: 'a b' }, "group is 'a b': it must be"],
    [{ deadLetterTopic: '' }, "deadLetterTopic is '': it must be"],
    [{ deadLetterTopic: 'orders' }, "deadLetterTopic is 'orders': it must be another one"],
    [{ partitions: 1_001 }, 'partitions is 1001: it must be a whole number from 1 to 1000'],
    [{ batchSize: 0 }, 'batchSize is 0: it must be a whole number from 1 to 10000 records'],
    [{ batchBytes: 1_023 }, 'batchBytes is 1023: it must be a whole number from 1024 to 5900000 b'],
    [{ maxBatchingWindow: Duration.minutes(6) }, 'maxBatchingWindow is 360000: it must be'],
    [{ maxAttempts: 3 }, 'maxAttempts is set: it must have a deadLetterTopic'],
    [{ maxRecordAge: Duration.days(1) }, 'maxRecordAge is set: it must have a deadLetterTopic'],
    [{ ...dead, maxAttempts: 10_001 }, 'maxAttempts is 10001'],
    [{ ...dead, maxRecordAge: Duration.millis(10) }, 'maxRecordAge is 10: it must be a whole'],
    [{ minRetryDelay: Duration.millis(99) }, 'minRetryDelay is 99: it must be'],
    [
      { minRetryDelay: Duration.seconds(9), maxRetryDelay: Duration.seconds(8) },
      'maxRetryDelay is 8000: it must be a whole number from 9000 to 900000 milliseconds',
    ],
    [
      { minRetryDelay: Duration.minutes(2) },
      'maxRetryDelay is 60000: it must be a whole number from 120000 to 900000 milliseconds',
    ],
    [
      { maxRetryDelay: Duration.millis(999) },
      'maxRetryDelay is 999: it must be a whole number from 1000 to 900000 milliseconds',
    ],
    [{ maxConcurrency: 1.5 }, 'maxConcurrency is 1.5: it must be a whole number from 1 to 1000'],
    [{ maxRecordsPerSecond: 0 }, 'maxRecordsPerSecond is 0: it must be a number from 0.001 to'],
    [{ timeout: Duration.minutes(5) }, 'timeout is 300000: it must be a whole number from 100 to'],
    [{ startingPosition: new Date(Number.NaN) }, 'startingPosition is NaN'],
  ];

  test.each(cases)('%o', (props, message) => {
    expect(() => engine.deliverTo(endpoint, { topic: 'orders', ...props })).toThrow(message);
  });

  test('an endpoint without TLS', () => {
    for (const url of ['http://hooks.example.com', 'https://', '']) {
      const refusal = `url is '${url}': it must be an https URL`;
      expect(() => DeliveryTarget.endpoint(url)).toThrow(refusal);
    }
  });

  test('a secret that everybody could read who may read the template', () => {
    const secret = SecretValue.unsafePlainText('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const target = DeliveryTarget.endpoint('https://hooks.example.com/in', { secret });
    const deliver = () => engine.deliverTo(target, { topic: 'secrets' });
    expect(deliver).toThrow('secret is no reference to Secrets Manager');
  });
});

test('all that may be said over HTTP may be said, and is said in its words', () => {
  const stack = newStack();
  const engine = new MessageEngine(stack, 'Engine');
  engine.deliverTo(DeliveryTarget.endpoint('https://hooks.example.com/in'), {
    topic: 'orders',
    name: 'whole',
    group: 'everything',
    startingPosition: new Date(1_700_000_000_000),
    filter: { value: { state: [{ prefix: 'pa' }] } },
    batchSize: 10_000,
    batchBytes: 5_900_000,
    maxBatchingWindow: Duration.minutes(5),
    maxAttempts: 10_000,
    maxRecordAge: Duration.days(365),
    minRetryDelay: Duration.millis(100),
    maxRetryDelay: Duration.minutes(15),
    bisectBatchOnError: false,
    deadLetterTopic: 'dead',
    maxConcurrency: 1_000,
    maxRecordsPerSecond: 0.001,
    timeout: Duration.minutes(4),
  });
  const [asked] = subscriptionsIn(resourcesOf(stack));
  expect(asked).toEqual(wholeSubscription);
  expect(Object.keys(asked).sort()).toEqual(Object.keys(createSubscriptionBody.shape).sort());
  expect(createSubscriptionBody.parse(asked)).toEqual(asked);
});

test('what only the deployment knows is let through, and told as it will be', () => {
  const stack = newStack();
  const engine = new MessageEngine(stack, 'Engine');
  const url = Lazy.string({ produce: () => 'https://late.example.com' });
  const topic = Lazy.string({ produce: () => 'late' });
  const batchSize = Lazy.number({ produce: () => 7 });
  engine.deliverTo(DeliveryTarget.endpoint(url), { topic, batchSize });
  expect(subscriptionsIn(resourcesOf(stack))).toMatchObject([
    { topic: 'late', target: { url: 'https://late.example.com' }, batch_size: 7 },
  ]);
});
