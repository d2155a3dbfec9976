// A stack with a subscription of each kind of target.

import { SecretValue } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { MessageEngine } from '../../../infra/message-engine.ts';
import { DeliveryTarget } from '../../../infra/triggers/delivery-target.ts';
import { flat, newStack, ofType, type Resources, resourcesOf } from '../template.ts';

export function stackOfThree(): Resources {
  const stack = newStack();
  const engine = new MessageEngine(stack, 'Engine', { deliveryConcurrency: 200 });
  const bill = new Lambda(stack, 'Bill', {
    code: Code.fromInline('exports.handler = async () => {}'),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
  });
  const ship = new Queue(stack, 'Ship', { encryptionMasterKey: new Key(stack, 'Key') });
  const secret = SecretValue.secretsManager('hook');
  engine.deliverTo(DeliveryTarget.function(bill), { topic: 'orders', partitions: 4 });
  engine.deliverTo(DeliveryTarget.queue(ship), {
    topic: 'orders',
    name: 'shipping',
    group: 'warehouse',
    deadLetterTopic: 'unshipped',
    maxAttempts: 3,
    filter: { value: { state: ['paid'] } },
    startingPosition: new Date(1_700_000_000_000),
  });
  engine.deliverTo(DeliveryTarget.endpoint('https://hooks.example.com/in', { secret }), {
    topic: 'orders',
    maxRecordsPerSecond: 0.5,
  });
  return resourcesOf(stack);
}

/** What its custom resources ask for, each as the body of a request. */
export function subscriptionsIn(resources: Resources) {
  return ofType(resources, 'Custom::SluiceSubscription').map(([, { Properties }]) => {
    return JSON.parse(flat(Properties['Subscription']));
  });
}
