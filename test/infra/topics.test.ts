// Topics of a stack: how the engine is asked for them, what becomes of them, who may use them, and
// what is refused before anything is deployed.

import { Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from 'vitest';
import { MessageEngine } from '../../infra/message-engine.ts';
import { Topic, type TopicProps } from '../../infra/topic.ts';
import { DeliveryTarget } from '../../infra/triggers/delivery-target.ts';
import { IngestSource } from '../../infra/triggers/ingest-source.ts';
import { createTopicBody } from '../../shared/api/schemas/topics.ts';
import { topicConfigs } from '../../shared/config-specs.ts';
import { environmentNames } from '../../shared/contract.ts';
import { flat, newStack, ofType, type Resources, resourcesOf } from './template.ts';

const ownTopics = (resources: Resources) => ofType(resources, 'Custom::SluiceOwnTopic');

/** What it names, as `<resource without hash>.attribute`. */
const nameOf = (id: string) => `{"Fn::GetAtt":["${id}","TopicName"]}`;

describe('a topic', () => {
  const stack = newStack();
  const engine = new MessageEngine(stack, 'Engine');
  const orders = new Topic(stack, 'orders', {
    engine,
    partitions: 4,
    configs: { 'retention.ms': '86400000', 'cleanup.policy': 'compact,delete' },
  });
  const dead = new Topic(stack, 'Dead', {
    engine,
    topicName: 'refused.orders',
    removalPolicy: RemovalPolicy.DESTROY,
  });
  engine.deliverTo(DeliveryTarget.endpoint('https://hooks.example.com/in'), {
    topic: orders,
    deadLetterTopic: dead,
  });
  engine.ingestFrom(IngestSource.queue(new Queue(stack, 'Incoming')), { topic: orders });
  const shop = new Role(stack, 'Shop', { assumedBy: new ServicePrincipal('ec2') });
  const keeper = new Role(stack, 'Keeper', { assumedBy: new ServicePrincipal('ec2') });
  orders.grantProduce(shop);
  orders.grantFetch(shop);
  orders.grantConsume(shop, 'billing');
  orders.grantAdmin(keeper);
  const resources = resourcesOf(stack);
  const [[ordersId, ordersMade], [, deadMade]] = ownTopics(resources) as [
    [string, Resources[string]],
    [string, Resources[string]],
  ];

  test('is asked for in the words of POST /v3/clusters/{cluster}/topics', () => {
    const bodies = ownTopics(resources).map(([, { Properties }]) =>
      JSON.parse(Properties['Topic']),
    );
    expect(bodies).toEqual([
      {
        topic_name: 'orders',
        partitions_count: 4,
        configs: [
          { name: 'retention.ms', value: '86400000' },
          { name: 'cleanup.policy', value: 'compact,delete' },
        ],
      },
      { topic_name: 'refused.orders', configs: [] },
    ]);
    for (const body of bodies) expect(createTopicBody.parse(body)).toEqual(body);
  });

  test('outlives its stack, and another name, unless it is said otherwise', () => {
    expect(ordersMade).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(deadMade).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  test('is there before who delivers it, and what is ingested into it', () => {
    const [[, delivery]] = ofType(resources, 'Custom::SluiceSubscription') as [[string, never]];
    expect(JSON.stringify(delivery)).toContain(nameOf(ordersId));
    const told = ofType(resources, 'AWS::Lambda::Function')
      .map(
        ([, { Properties }]) => Properties['Environment']?.Variables[environmentNames.ingestTopic],
      )
      .filter((topic) => topic !== undefined);
    expect(told.map((topic) => JSON.stringify(topic))).toEqual([nameOf(ordersId)]);
  });

  test('may be used by who was let to, by its name', () => {
    const granted = (role: string) =>
      ofType(resources, 'AWS::IAM::Policy')
        .filter(([id]) => id.startsWith(role))
        .flatMap(([, { Properties }]) => Properties['PolicyDocument'].Statement)
        .flatMap(({ Resource }) => Resource)
        .map((resource) => flat(resource).split('/$default/')[1]);
    expect(granted('Shop')).toEqual(
      expect.arrayContaining([
        'POST/topics/orders',
        'GET/topics/orders/partitions/*/records',
        'POST/consumers/billing',
      ]),
    );
    expect(granted('Keeper')).toContain('DELETE/v3/clusters/*/topics/orders');
    expect(granted('Keeper').every((path) => path?.includes('/topics/orders'))).toBe(true);
  });
});

test('under another name it is another topic, with another subscription in the same place', () => {
  const deliveryOf = (topicName?: string) => {
    const stack = newStack();
    const engine = new MessageEngine(stack, 'Engine');
    const orders = new Topic(stack, 'orders', { engine, ...(topicName && { topicName }) });
    const paid = Topic.fromAttributes(stack, 'Paid', { engine, topicName: `paid.${topicName}` });
    for (const topic of [orders, paid])
      engine.deliverTo(DeliveryTarget.endpoint('https://hooks.example.com/in'), { topic });
    const made = ofType(resourcesOf(stack), 'Custom::SluiceSubscription');
    const names = made.map(([, { Properties }]) => {
      return JSON.parse(flat(Properties['Subscription'])).name as string;
    });
    return { ids: made.map(([id]) => id), names };
  };
  const long = 'a'.repeat(243);
  const topicNames = [undefined, `${long}b`, `${long}c`];
  const all = topicNames.map(deliveryOf);
  for (const { ids } of all) expect(ids).toEqual(all[0]?.ids);
  expect(new Set(all.flatMap(({ names }) => names)).size).toBe(2 * topicNames.length);
  // What has never had another name than its own is as it was.
  expect(all[0]?.names[0]).toBe(
    'Sluice-Engine-Deliveries-Sluiceorders4D75868F-to-hooks.example.com-68B2531E',
  );
});

test('of a stack of its own, or one that something else has made, it may be used as well', () => {
  const stack = newStack();
  const engine = new MessageEngine(stack, 'Engine');
  const app = new Stack(stack.node.root as never, 'Shop');
  new Topic(app, 'orders', { engine });
  const invoices = Topic.fromAttributes(app, 'Invoices', { engine, topicName: 'invoices' });
  invoices.grantFetch(new Role(app, 'Caller', { assumedBy: new ServicePrincipal('ec2') }));
  engine.deliverTo(DeliveryTarget.endpoint('https://hooks.example.com/in'), { topic: invoices });
  const resources = resourcesOf(app);
  expect(ownTopics(resources)).toHaveLength(1);
  expect(JSON.stringify(resources)).toContain('GET/topics/invoices/partitions/*/records');
});

describe('what cannot be is refused by name, with the value and the bound', () => {
  const stack = newStack();
  const engine = new MessageEngine(stack, 'Engine');
  let made = 0;
  const make = (props: Partial<TopicProps>) => () =>
    new Topic(stack, `topic${made++}`, { engine, ...props });

  const cases: [Partial<TopicProps>, string][] = [
    [{ topicName: 'a/b' }, "topicName is 'a/b': it must be 1 to 249 of a-z"],
    [{ topicName: '..' }, "topicName is '..': it must be"],
    [{ partitions: 0 }, 'partitions is 0: it must be a whole number from 1 to 1000 partitions'],
    [{ partitions: 1_001 }, 'partitions is 1001: it must be'],
    [{ configs: { colour: 'red' } as never }, "configs has 'colour': it must be one of cleanup."],
    [
      { configs: { 'retention.ms': '-2' } },
      "configs['retention.ms'] is '-2': it must be an integer from -1 to 9007199254740991",
    ],
    [
      { configs: { 'cleanup.policy': 'keep' } },
      "configs['cleanup.policy'] is 'keep': it must be a list of delete, compact, each at most",
    ],
    [{ removalPolicy: RemovalPolicy.SNAPSHOT }, "removalPolicy is 'snapshot': it must be one that"],
  ];

  test.each(cases)('%o', (props, message) => {
    expect(make(props)).toThrow(message);
  });

  test('an id that is no name, where no name is said', () => {
    expect(() => new Topic(stack, 'Our orders', { engine })).toThrow("topicName is 'Our orders'");
  });

  test('a name that another topic of the engine has', () => {
    new Topic(stack, 'orders', { engine });
    expect(make({ topicName: 'orders' })).toThrow("topicName is 'orders': it must be no other");
  });

  test('a topic of another engine, one with other partitions, and one that is its own end', () => {
    const target = DeliveryTarget.endpoint('https://hooks.example.com/in');
    const orders = new Topic(stack, 'own', { engine });
    const theirs = MessageEngine.fromAttributes(stack, 'Theirs', { apiId: 'x', endpoint: 'x' });
    const topic = Topic.fromAttributes(stack, 'Their', { engine: theirs, topicName: 'orders' });
    const other = 'is of the engine Sluice/Theirs: it must be of Sluice/Engine';
    const source = IngestSource.queue(new Queue(stack, 'Queue'));
    expect(() => engine.deliverTo(target, { topic })).toThrow(`topic ${other}`);
    expect(() => engine.ingestFrom(source, { topic })).toThrow(`topic ${other}`);
    expect(() => engine.deliverTo(target, { topic: orders, deadLetterTopic: topic })).toThrow(
      `deadLetterTopic ${other}`,
    );
    const partitions = 2;
    const refused = 'partitions is 2: it must not be set with a Topic';
    expect(() => engine.deliverTo(target, { topic: orders, partitions })).toThrow(refused);
    expect(() => engine.ingestFrom(source, { topic: orders, partitions })).toThrow(refused);
    expect(() => engine.deliverTo(target, { topic: orders, deadLetterTopic: orders })).toThrow(
      'it must be another one than topic',
    );
  });

  test('but every default is in its range, and what only the deployment knows passes', () => {
    const defaults = Object.entries(topicConfigs).map(([name, spec]) => [name, spec.default]);
    expect(make({ configs: Object.fromEntries(defaults) })).not.toThrow();
    const late = Lazy.string({ produce: () => '5' });
    expect(make({ topicName: late, configs: { 'retention.ms': late } })).not.toThrow();
  });
});
