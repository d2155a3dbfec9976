// Which events a pattern matches: fields in fields, lists, absence, `$or`, and its bounds.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactJson, type JsonValue } from '../../shared/json.ts';
import { jsonDepthMax } from '../../shared/limits.ts';
import { orCombinationsMax, patternLengthMax } from '../../shared/pattern/event-pattern.ts';
import { fault, matches } from './matching.ts';

const order = {
  kind: 'order',
  total: 30,
  customer: { city: 'Wien', tags: ['new', 'trade'] },
  lines: [
    { item: 'tea', amount: 2 },
    { item: 'pot', amount: 1, gift: { paper: 'red' } },
  ],
};

test('all fields of a pattern must match, and one of each list', () => {
  expect(matches({ kind: ['bill', 'order'], customer: { city: ['Wien'] } }, order)).toBe(true);
  expect(matches({ kind: ['bill', 'order'], customer: { city: ['Graz'] } }, order)).toBe(false);
  expect(matches({ customer: { tags: ['old', 'trade'] } }, order)).toBe(true);
  expect(matches({ city: ['Wien'] }, order)).toBe(false);
  expect(matches({ kind: { city: ['Wien'] } }, order)).toBe(false);
  expect(matches({ customer: ['Wien'] }, order)).toBe(false);
});

test('one object of a list must have all that is asked', () => {
  expect(matches({ lines: { item: ['pot'], amount: [1] } }, order)).toBe(true);
  expect(matches({ lines: { item: ['tea'], amount: [1] } }, order)).toBe(false);
  expect(matches({ lines: { gift: { paper: ['red'] } } }, order)).toBe(true);
  expect(matches({ lines: { item: ['pot'] } }, { lines: [[5, [{ item: 'pot' }]]] })).toBe(true);
});

test('a field is there when it has a value, be it null', () => {
  const there = { field: [{ exists: true }] };
  const absent = { field: [{ exists: false }] };
  for (const value of [null, 0, '', false, [[1]]]) {
    expect(matches(there, { field: value })).toBe(true);
    expect(matches(absent, { field: value })).toBe(false);
  }
  for (const event of [{}, { field: {} }, { field: [] }, { field: [{ a: 1 }] }, 5, null, []]) {
    expect(matches(there, event)).toBe(false);
    expect(matches(absent, event)).toBe(true);
  }
  expect(matches({ field: [{ exists: false }, 5] }, {})).toBe(true);
  expect(matches({ field: [{ exists: false }, 5] }, { field: 5 })).toBe(true);
  expect(matches({ field: [{ exists: false }, 5] }, { field: 6 })).toBe(false);
  expect(matches({ no: { such: { field: [{ exists: false }] } } }, order)).toBe(true);
  expect(matches({ no: { field: [{ exists: false }, 5] } }, order)).toBe(true);
});

test('what is absent from a list is in none of its objects, unless one is asked for', () => {
  expect(matches({ lines: { gift: { paper: [{ exists: false }] } } }, order)).toBe(false);
  expect(matches({ lines: { price: [{ exists: false }] } }, order)).toBe(true);
  const ungifted = { item: ['tea'], gift: { paper: [{ exists: false }] } };
  expect(matches({ lines: ungifted }, order)).toBe(true);
  expect(matches({ lines: { ...ungifted, item: ['pot'] } }, order)).toBe(false);
});

test('names that every object inherits are names like others', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const event: JsonValue = JSON.parse(`{ "a": { ${JSON.stringify(name)}: "b" } }`);
    const pattern = JSON.parse(`{ "a": { ${JSON.stringify(name)}: ["b"] } }`);
    const inner = JSON.parse(`{ ${JSON.stringify(name)}: { "name": [{ "exists": true }] } }`);
    expect(matches(pattern, event)).toBe(true);
    expect(matches(pattern, { a: {} })).toBe(false);
    expect(matches(inner, {})).toBe(false);
  }
});

const names = ['a', 'b', 'c'] as const;
const { events, objects, patterns } = fc.letrec<{
  events: JsonValue;
  objects: JsonValue;
  patterns: object;
}>((tie) => ({
  objects: fc.dictionary(fc.constantFrom(...names), tie('events'), { maxKeys: 2 }),
  events: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<JsonValue>(1, 2, 'x', null),
    tie('objects'),
    fc.array(tie('events'), { maxLength: 2 }),
  ),
  patterns: fc.dictionary(
    fc.constantFrom(...names),
    fc.oneof(
      { depthSize: 'small' },
      fc.subarray<JsonValue>([1, 2, 'x', null], { minLength: 1 }),
      tie('patterns'),
    ),
    { minKeys: 1, maxKeys: 2 },
  ),
}));

/** The events without lists that one gets by taking one element of each. */
function choicesOf(event: JsonValue): (JsonValue | undefined)[] {
  if (Array.isArray(event)) return event.length === 0 ? [undefined] : event.flatMap(choicesOf);
  if (typeof event !== 'object' || event === null) return [event];
  return Object.entries(event).reduce<{ [name: string]: JsonValue }[]>(
    (all, [name, inner]) =>
      all.flatMap((one) =>
        choicesOf(inner).map((choice) => (choice === undefined ? one : { ...one, [name]: choice })),
      ),
    [{}],
  );
}

function matchesPlainly(pattern: object, event: unknown): boolean {
  return Object.entries(pattern).every(([name, node]) => {
    const value = (event as { [name: string]: unknown } | null | undefined)?.[name];
    if (Array.isArray(node)) return node.includes(value);
    return typeof value === 'object' && value !== null && matchesPlainly(node, value);
  });
}

test('a pattern matches when it does for one choice of an element from each list', () => {
  fc.assert(
    fc.property(patterns, events, (pattern, event) => {
      const expected = choicesOf(event).some((choice) => matchesPlainly(pattern, choice));
      expect(matches(pattern, event)).toBe(expected);
    }),
    { numRuns: 3_000 },
  );
});

test('absence of a field is of every choice', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...names), { minLength: 1 }), events, (path, event) => {
      const leaf = [{ exists: false }];
      const pattern = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), leaf);
      const anything = path.reduceRight<unknown>(
        (inner, name) => ({ [name]: inner }),
        [1, 2, 'x', null],
      );
      expect(matches(pattern, event)).toBe(!matches(anything, event));
    }),
  );
});

test('$or is the union of its alternatives, and what is beside it must match too', () => {
  fc.assert(
    fc.property(patterns, patterns, patterns, objects, (one, other, beside, event) => {
      const either = matches(one, event) || matches(other, event);
      expect(matches({ $or: [one, other] }, event)).toBe(either);
      expect(matches({ $or: [{ $or: [one, other] }, one] }, event)).toBe(either);
      const both = { ...beside, $or: [one, other] };
      expect(matches(both, event)).toBe(either && matches(beside, event));
    }),
    { numRuns: 1_000 },
  );
});

test('what a pattern must not be', () => {
  const faults: [unknown, string, string][] = [
    [undefined, '', 'must be JSON'],
    [[], '', 'must be an object'],
    ['{}', '', 'must be an object'],
    [{}, '', 'must name a field'],
    [{ value: {} }, 'value', 'must name a field'],
    [{ value: { price: 5 } }, 'value.price', 'must be a list'],
    [{ value: { price: [] } }, 'value.price', 'must not be an empty list'],
    [{ value: { price: [{ numeric: '5' }] } }, 'value.price[0].numeric', 'comparisons'],
    [{ $or: { a: ['b'] } }, '$or', 'at least two'],
    [{ $or: [{ a: ['b'] }] }, '$or', 'at least two'],
    [{ a: { $or: [{ a: ['b'] }, 5] } }, 'a.$or[1]', 'must be an object'],
    [{ $or: [{ a: ['b'] }, { a: [[]] }] }, '$or[1].a[0]', 'not a list'],
    [
      { a: { $or: [{ numeric: [5] }, { exists: [true] }] } },
      'a.$or[0].numeric',
      '$or is of fields',
    ],
    [{ a: [Number.POSITIVE_INFINITY] }, '', 'a double holds'],
  ];
  for (const [pattern, path, reason] of faults) {
    expect(fault(pattern)).toEqual([path, expect.stringContaining(reason)]);
  }
  expect(fault({ $or: [{ a: { exists: ['b'] } }, { b: ['c'] }] })).toBeUndefined();
});

test('a number that kept its text is a double here', () => {
  const { rawJSON } = exactJson;
  expect(matches({ id: [rawJSON('9007199254740993')] }, { id: 2 ** 53 })).toBe(true);
  expect(fault({ id: [rawJSON('1e400')] })).toEqual(['id[0]', expect.stringContaining('double')]);
});

test('a pattern has bounds', () => {
  const long = (length: number) => ({ a: ['b'.repeat(length - '{"a":[""]}'.length)] });
  expect(fault(long(patternLengthMax))).toBeUndefined();
  expect(fault(long(patternLengthMax + 1))?.[1]).toContain('characters');

  const deep = (levels: number): object => (levels === 1 ? { a: ['b'] } : { a: deep(levels - 1) });
  expect(fault(deep(jsonDepthMax))).toBeUndefined();
  expect(fault(deep(jsonDepthMax + 1))?.[1]).toContain('nest deeper');
  expect(fault(JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`))).toBeDefined();

  const ten = Array.from({ length: 10 }, () => ({ a: ['b'] }));
  const thousand = { a: { $or: ten }, b: { $or: ten }, c: { $or: ten } };
  expect(fault(thousand)).toBeUndefined();
  expect(fault({ ...thousand, $or: ten.slice(0, 2) })?.[1]).toContain(`${orCombinationsMax}`);
  const inSum = { $or: [{ $or: ten }, { $or: ten }] };
  expect(fault({ ...inSum, a: { $or: ten }, b: { $or: ten } })?.[1]).toContain('combinations');
});
