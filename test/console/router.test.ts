// Links: each place has one, and it leads back to it; what is no link of ours leads nowhere.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashOf, type Place, placeOf, recordsPlace } from '../../console/router.ts';

const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
/** Names that a path could read otherwise are among them. */
const name = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme' }),
  fc.constantFrom('produce', '..', '.', 'a/b', 'a?b', '#', '%2F', '0', 'dead-letters', ' ', '&=+'),
);
const text = fc.oneof(fc.constant(''), name);
const maybe = fc.option(number, { nil: undefined });
const from = fc.oneof(
  fc.record({ offset: number }),
  fc.record({ timestamp: number }),
  fc.record({ before: number }),
);
const list = { find: text, page: number };

const place: fc.Arbitrary<Place> = fc.oneof(
  fc.record({ kind: fc.constant('topics' as const), ...list }),
  fc.record({ kind: fc.constant('groups' as const), ...list }),
  fc.record({
    kind: fc.constant('subscriptions' as const),
    ...list,
    after: fc.option(name, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('topic' as const), topic: name }),
  fc.record({
    kind: fc.constant('segments' as const),
    topic: name,
    partition: number,
    offset: maybe,
  }),
  fc.record({
    kind: fc.constant('records' as const),
    topic: name,
    partition: number,
    from: fc.option(from, { nil: undefined }),
    filter: fc.record({ key: text, text }),
    open: maybe,
  }),
  fc.record({ kind: fc.constant('produce' as const), topic: name, partition: maybe }),
  fc.record({ kind: fc.constant('group' as const), group: name }),
  fc.record({ kind: fc.constant('subscription' as const), subscription: name }),
  fc.record({ kind: fc.constant('dead-letters' as const), subscription: name, page: number }),
);

test('the link of a place leads to it', () => {
  fc.assert(
    fc.property(place, (one) => {
      fc.pre(!hasLoneSurrogate(one));
      expect(placeOf(hashOf(one))).toEqual(one);
    }),
    { numRuns: 1_000 },
  );
});

const hasLoneSurrogate = (one: Place) => /\\ud[89a-f]/.test(JSON.stringify(one));

test('whatever stands in a URL leads somewhere, or nowhere', () => {
  const hash = fc.oneof(
    fc.string().map((any) => `#/${any}`),
    fc.string(),
  );
  fc.assert(fc.property(hash, (one) => placeOf(one).kind !== undefined));
});

test('records of a partition are its newest, unless something else is said', () => {
  const place = { topic: 'orders', partition: 3 };
  expect(hashOf(recordsPlace(place))).toBe('#/topics/orders/3/records');
  expect(hashOf(recordsPlace({ ...place, from: { offset: 7 }, open: 9 }))).toBe(
    '#/topics/orders/3/records?offset=7&open=9',
  );
});

test('links as they are written', () => {
  expect(placeOf('')).toEqual({ kind: 'topics', find: '', page: 0 });
  expect(hashOf(placeOf('#/topics'))).toBe('#/topics');
  expect(placeOf('#/topics/orders/3/records?timestamp=5&text=a%20b&open=9')).toEqual({
    kind: 'records',
    topic: 'orders',
    partition: 3,
    from: { timestamp: 5 },
    filter: { key: '', text: 'a b' },
    open: 9,
  });
  const nowhere = [
    '#topics',
    '#/nothing',
    '#/topics/orders/x/records',
    '#/topics/orders/0',
    '#/topics/orders/0/records/more',
    '#/topics/%zz',
    '#/groups/a/b',
    '#/subscriptions/a/b',
  ];
  for (const hash of nowhere) expect(placeOf(hash), hash).toEqual({ kind: 'nowhere' });
  // A number that is none is not there.
  expect(placeOf('#/topics/orders/0/records?offset=-1&open=x')).toMatchObject({
    from: undefined,
    open: undefined,
  });
});
