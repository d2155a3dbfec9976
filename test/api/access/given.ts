// What is there before a request, made by one whom no ACL binds.

import { createAcls } from '../../../shared/engine/access/acls.ts';
import { aclOf } from '../../access/naive-acls.ts';
import type { Question } from '../ask.ts';
import { newConsumer } from '../consumer.ts';
import type { Given } from './walk.ts';

export const orders = { topic: 'orders', partition: 0 } as const;
export const audit = { topic: 'audit', partition: 0 } as const;

export const json = 'application/vnd.kafka.json.v2+json';
export const endpoint = { type: 'https', url: 'https://hooks.example.com/' } as const;

const settings = {
  name: 'one',
  format: 'json',
  'auto.offset.reset': 'earliest',
  'auto.commit.enable': false,
};

function made(route: string, body: object): Given {
  return async ({ ask }) => {
    const { status, bytes } = await ask(route, { body } satisfies Question);
    if (status >= 300) throw new Error(`not made: ${bytes}`);
    return undefined;
  };
}

/** Another topic. */
export const auditTopic = made('POST /v3/clusters/sluice/topics', { topic_name: 'audit' });
/** One for dead letters. */
export const letters = made('POST /v3/clusters/sluice/topics', { topic_name: 'letters' });

export const records: Given = async ({ store }) => {
  await store('orders', 'first', 'second');
  return undefined;
};

export const auditRecords: Given = async ({ store }) => {
  await store('audit', 'first');
  return undefined;
};

/** Who reads nothing yet. */
export const instance: Given = async (api) => {
  await newConsumer(api, settings, 'shop');
  return undefined;
};

/** Who subscribes to orders by name, and has polled: records, if there are any. */
export const reader: Given = async (api) => {
  const { subscribe, poll } = await newConsumer(api, settings, 'shop');
  await subscribe({ topics: ['orders'] });
  const { headers } = await poll('?timeout=0');
  return { generation: headers.get('sluice-generation') as string };
};

/** Who subscribes to every topic by a pattern, and has polled. */
export const patternReader: Given = async (api) => {
  const { subscribe, poll } = await newConsumer(api, settings, 'shop');
  await subscribe({ topic_pattern: '.*' });
  await poll('?timeout=0');
  return undefined;
};

/** Who was assigned orders by hand. */
export const handReader: Given = async (api) => {
  const { assign } = await newConsumer(api, settings, 'shop');
  await assign(orders);
  return undefined;
};

/** Somebody has read, committed, and gone. */
export const emptyGroup: Given = async (api) => {
  const { subscribe, poll, commit, end } = await newConsumer(api, settings, 'shop');
  await subscribe({ topics: ['orders'] });
  await poll('?timeout=0');
  await commit();
  await end();
  return undefined;
};

/** Of orders, by a group of another name, with a place for dead letters. */
export const subscription = made('POST /subscriptions', {
  name: 'billing',
  topic: 'orders',
  group: 'bills',
  target: endpoint,
  dead_letter_topic: 'letters',
});

export const key: Given = async ({ ask }) => {
  const { json: made } = await ask('POST /keys', { body: { principal: 'User:shop' } });
  return { key: made.id };
};

export const acl: Given = async ({ world, engine }) => {
  const other = aclOf(['READ', 'TOPIC', 'orders'], { principal: 'User:other' });
  await world.time.run(createAcls(engine, world.call(engine), [other]));
  return undefined;
};
