// Subscriptions as the engine takes them: a pattern means the same topics there as it does here.

import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { subscriptionTo } from '../../../client/consumer/topic-pattern.ts';

test('names are names', () => {
  expect(subscriptionTo(['orders', 'a.b', 'orders'])).toEqual({ topics: ['orders', 'a.b'] });
});

const names = ['orders', 'orders-eu', 'reorders', 'ORDERS', 'order', 'a.b', 'aXb', 'bills-7', ''];

test.each([
  [/orders/],
  [/^orders$/],
  [/^orders-.*/],
  [/ORDERS/i],
  [/^(?<kind>bills)-\d+$/],
  [/\u006frders/],
  [/orders|bills/g],
  [/^$/],
])('%s', (pattern) => {
  const { topic_pattern: text = '' } = subscriptionTo([pattern]) as { topic_pattern?: string };
  const theirs = RE2JS.compile(text);
  const ours = new RegExp(pattern.source, pattern.flags.replace('g', ''));
  for (const name of names) expect([name, theirs.matches(name)]).toEqual([name, ours.test(name)]);
});

test('names beside a pattern are themselves', () => {
  const both = subscriptionTo(['a.b', /^order$/]) as { topic_pattern?: string };
  const theirs = RE2JS.compile(both.topic_pattern ?? '');
  expect(names.filter((name) => theirs.matches(name))).toEqual(['order', 'a.b']);
});

test('what cannot be said is refused', () => {
  expect(() => subscriptionTo([/orders/y])).toThrow('topics: /orders/y');
  for (const none of [undefined, null, 7, '', {}]) {
    expect(() => subscriptionTo(['orders', none as string])).toThrow('topics: each must be');
  }
});
