// A stack whose engine is used in many ways: each kind of source and of target, a topic that goes
// with the stack, API keys and ACLs for its callers, and what a source needs that is of another
// stack.

import { type App, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Stream } from 'aws-cdk-lib/aws-kinesis';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Auth } from '../../infra/access/auth.ts';
import { MessageEngine } from '../../infra/message-engine.ts';
import { Topic as EngineTopic } from '../../infra/topic.ts';
import { DeliveryTarget } from '../../infra/triggers/delivery-target.ts';
import { IngestSource } from '../../infra/triggers/ingest-source.ts';

export function everythingIn(app: App): Stack {
  const stack = new Stack(app, 'Everything');
  const engine = new MessageEngine(stack, 'Engine', {
    encryptionKey: new Key(stack, 'Key'),
    auth: Auth.apiKeys(),
    superUsers: ['User:root'],
    console: true,
  });
  ingestFromAll(stack, engine);
  deliverToAll(stack, engine);
  new EngineTopic(stack, 'parcels', { engine, removalPolicy: RemovalPolicy.DESTROY });
  return stack;
}

function ingestFromAll(stack: Stack, engine: MessageEngine): void {
  const { queue, topic, bucket, eventPattern, kinesis, tableStream } = IngestSource;
  const jobs = new Queue(stack, 'Jobs', { encryptionMasterKey: new Key(stack, 'JobsKey') });
  const elsewhere = new Stack(stack.node.scope ?? stack, 'Elsewhere');
  const tableProps = {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
  };
  const sources = {
    jobs: queue(jobs),
    steps: queue(new Queue(stack, 'Steps', { fifo: true })),
    news: topic(new Topic(stack, 'News')),
    photos: bucket(new Bucket(stack, 'Photos')),
    shop: eventPattern({ source: ['com.example.shop'] }, new EventBus(stack, 'Shop')),
    clicks: kinesis(new Stream(stack, 'Clicks')),
    carts: tableStream(new Table(stack, 'Carts', tableProps)),
    prices: tableStream(new Table(elsewhere, 'Prices', tableProps)),
  };
  for (const [name, source] of Object.entries(sources)) {
    engine.ingestFrom(source, { topic: `${name}-events`, name });
  }
}

function deliverToAll(stack: Stack, engine: MessageEngine): void {
  const code = Code.fromInline('exports.handler = async () => {}');
  const runtime = Runtime.NODEJS_24_X;
  const bill = new Lambda(stack, 'Bill', { code, handler: 'index.handler', runtime });
  const ship = new Queue(stack, 'Ship', { encryptionMasterKey: new Key(stack, 'ShipKey') });
  const secret = SecretValue.secretsManager('hook');
  engine.deliverTo(DeliveryTarget.function(bill), { topic: 'orders', partitions: 4 });
  engine.deliverTo(DeliveryTarget.queue(ship), { topic: 'orders', name: 'shipping' });
  engine.deliverTo(DeliveryTarget.endpoint('https://hooks.example.com/in', { secret }), {
    topic: 'orders',
  });
}
