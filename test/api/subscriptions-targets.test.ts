// Whom a subscription may be for, and which records: what names a function, a queue or an endpoint,
// and what is an event pattern.

import { expect, test } from 'vitest';
import { newApi } from './ask.ts';

const billing = { name: 'billing', topic: 'orders', target: { type: 'lambda', function: 'bill' } };
const accept = 'application/problem+json';

/** Changes a subscription to each of them. */
async function judged(bodies: readonly object[]) {
  const { ask } = await newApi();
  await ask('POST /subscriptions', { body: billing });
  const answers = [];
  for (const body of bodies) {
    answers.push(await ask('PATCH /subscriptions/billing', { body, accept }));
  }
  return answers;
}

async function takes(field: string, type: string, names: readonly string[]): Promise<void> {
  const answers = await judged(names.map((name) => ({ target: { type, [field]: name } })));
  for (const [index, { status, json }] of answers.entries()) {
    expect([status, json.target]).toEqual([200, { type, [field]: names[index] }]);
  }
}

async function refuses(field: string, type: string, names: readonly string[]): Promise<void> {
  const answers = await judged(names.map((name) => ({ target: { type, [field]: name } })));
  for (const [index, { status, json }] of answers.entries()) {
    expect([names[index], status, json.field]).toEqual([names[index], 422, `target.${field}`]);
  }
}

const arn = 'arn:aws:lambda:eu-central-1:123456789012:function';

test('a function is a name or an ARN, with a version or an alias', async () => {
  await takes('function', 'lambda', [
    'bill',
    'Bill_2-b',
    'bill:live',
    'bill:$LATEST',
    'bill:7',
    'x'.repeat(64),
    `${arn}:bill`,
    `${arn}:bill:live`,
    'arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:bill',
  ]);
  await refuses('function', 'lambda', [
    '',
    'bill now',
    'bill/2',
    'büll',
    'bill\n',
    'bill:',
    'bill:a:b',
    'x'.repeat(65),
    `bill:${'x'.repeat(129)}`,
    'arn:aws:sqs:eu-central-1:123456789012:bill',
    'arn:aws:lambda:eu-central-1:1234:function:bill',
    `${arn}:bill:${'x'.repeat(120)}`,
  ]);
});

test('a queue is an https URL; of this machine it may be http', async () => {
  await takes('queue_url', 'sqs', [
    'https://sqs.eu-central-1.amazonaws.com/123456789012/bills',
    'https://sqs.eu-central-1.amazonaws.com/123456789012/bills.fifo',
    'http://localhost:4566/000000000000/bills',
    'http://127.0.0.1:4566/queue/bills',
    'http://[::1]:4566/queue/bills',
  ]);
  await refuses('queue_url', 'sqs', [
    '',
    'bills',
    'arn:aws:sqs:eu-central-1:123456789012:bills',
    'http://sqs.eu-central-1.amazonaws.com/123456789012/bills',
    'http://localhost.example.com/1/bills',
    'http://127.0.0.1.example.com/1/bills',
    'https://user:pass@sqs.eu-central-1.amazonaws.com/1/bills',
    'https://sqs.eu-central-1.amazonaws.com',
    'https://sqs.eu-central-1.amazonaws.com/1/bills?x',
    'https://sqs.eu-central-1.amazonaws.com/1/bills#',
    'https:///1/bills',
    'https://[::1/1/bills',
    'ftp://localhost/1/bills',
    'https://sqs.eu-central-1.amazonaws.com/1/bills\n',
    `https://sqs.eu-central-1.amazonaws.com/${'x'.repeat(2_048)}`,
  ]);
});

test('an endpoint is a public https URL, and its secret is one', async () => {
  await takes('url', 'https', ['https://hooks.example.com/orders?a=b', 'https://8.8.8.8:8443/']);
  await refuses('url', 'https', [
    'http://hooks.example.com/',
    'https://localhost/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://user:pass@hooks.example.com/',
    'https://hooks',
    `https://hooks.example.com/${'x'.repeat(2_048)}`,
  ]);
  const url = 'https://hooks.example.com/';
  const secrets = ['', 'whsec_', 'whsec_c2hvcnQ=', `sec_${'A'.repeat(44)}`, 'x'.repeat(1_000)];
  const answers = await judged(
    secrets.map((secret) => ({ target: { type: 'https', url, secret } })),
  );
  for (const { status, json } of answers) {
    expect([status, json.field]).toEqual([422, 'target.secret']);
    expect(json.detail).not.toContain('c2hvcnQ=');
  }
});

test('a filter is an event pattern; what is wrong is said by its place', async () => {
  const good = [
    { key: ['a', { prefix: 'b' }] },
    { headers: { kind: ['x'] }, value: { a: { b: [{ numeric: ['<', 1.5] }] } } },
    { $or: [{ key: ['a'] }, { value: { a: [null, false] } }] },
  ];
  for (const [index, { status, json }] of (
    await judged(good.map((filter) => ({ filter })))
  ).entries()) {
    expect([status, json.filter]).toEqual([200, good[index]]);
  }
  const bad: readonly (readonly [unknown, string, RegExp])[] = [
    ['x', 'filter', /object of fields/],
    [[], 'filter', /object of fields/],
    [{}, 'filter', /must name a field/],
    [{ topic: ['a'] }, 'filter.topic', /key, headers and value/],
    [{ key: 'a' }, 'filter.key', /must be a list/],
    [{ key: [] }, 'filter.key', /empty list/],
    [{ value: { price: [{ numeric: ['>'] }] } }, 'filter.value.price[0].numeric', /must/],
    [{ value: { price: [{ near: 1 }] } }, 'filter.value.price[0].near', /no operator/],
    [{ key: ['x'.repeat(4_096)] }, 'filter', /4096 characters/],
  ];
  const answers = await judged(bad.map(([filter]) => ({ filter })));
  for (const [index, [, field, says]] of bad.entries()) {
    const { status, json } = answers[index] as (typeof answers)[number];
    expect([status, json.error_code, json.field]).toEqual([422, 42206, field]);
    expect(json.message.startsWith(`${field}: `)).toBe(true);
    expect(json.message).toMatch(says);
  }
});
