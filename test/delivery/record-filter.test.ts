// Which records a subscription's pattern lets through.

import { expect, test } from 'vitest';
import { parseRecordPattern, recordFilter } from '../../shared/delivery/record-filter.ts';
import { jsonDepthMax } from '../../shared/limits.ts';
import type { LogRecord } from '../../shared/record/record.ts';

type Content = {
  readonly key?: string | Uint8Array | null;
  readonly value?: string | Uint8Array | null;
  readonly headers?: readonly (readonly [name: string, value: string | Uint8Array | null])[];
};

function recordOf({ key = null, value = null, headers = [] }: Content): LogRecord {
  return {
    offset: 0,
    timestamp: 0,
    key: bytesOf(key),
    value: bytesOf(value),
    headers: headers.map(([name, text]) => ({ key: name, value: bytesOf(text) })),
  };
}

function bytesOf(text: string | Uint8Array | null): Uint8Array | null {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text;
}

function letsThrough(pattern: unknown, content: Content): boolean {
  const parsed = parseRecordPattern(pattern);
  if (parsed.kind === 'malformed') expect.fail(`${parsed.path}: ${parsed.reason}`);
  return recordFilter(parsed.pattern)(recordOf(content));
}

function fault(pattern: unknown): readonly [path: string, reason: string] | undefined {
  const parsed = parseRecordPattern(pattern);
  return parsed.kind === 'malformed' ? [parsed.path, parsed.reason] : undefined;
}

const notUtf8 = Uint8Array.of(0xff, 0xfe);

test('by fields of its JSON', () => {
  const cheap = { value: { price: [{ numeric: ['<', 10] }] } };
  expect(letsThrough(cheap, { value: '{"price": 9.5}' })).toBe(true);
  expect(letsThrough(cheap, { value: '{"price": 10}' })).toBe(false);
  expect(letsThrough(cheap, { value: '[{"price": 10}, {"price": 1}]' })).toBe(true);
  const hostile = JSON.parse('{ "value": { "__proto__": ["a"] } }');
  expect(letsThrough(hostile, { value: '{"__proto__": "a"}' })).toBe(true);
  expect(letsThrough(hostile, { value: '{}' })).toBe(false);
});

test('fields are asked of JSON only, be it for their absence', () => {
  const without = { value: { error: [{ exists: false }] } };
  expect(letsThrough(without, { value: '{"price": 1}' })).toBe(true);
  expect(letsThrough(without, { value: '{"error": null}' })).toBe(false);
  for (const value of ['', 'text', '{"price": 1', '\ufeff{}', notUtf8]) {
    expect(letsThrough(without, { value })).toBe(false);
  }
  const brokenWithin = Buffer.concat([Buffer.from('{"a":"'), notUtf8, Buffer.from('"}')]);
  expect(letsThrough({ value: { a: [{ exists: true }] } }, { value: brokenWithin })).toBe(false);
});

test('JSON that nests too deep is a text', () => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  const without = { value: { error: [{ exists: false }] } };
  expect(letsThrough(without, { value: deep(jsonDepthMax) })).toBe(true);
  expect(letsThrough(without, { value: deep(jsonDepthMax + 1) })).toBe(false);
  expect(letsThrough({ value: [{ prefix: '[[' }] }, { value: deep(jsonDepthMax + 1) })).toBe(true);
  expect(letsThrough(without, { value: deep(1_000_000) })).toBe(false);
});

test('by its value as a text, or as the JSON that it is', () => {
  const noError = { value: [{ 'anything-but': ['error'] }] };
  expect(letsThrough(noError, { value: 'all is well' })).toBe(true);
  expect(letsThrough(noError, { value: 'error' })).toBe(false);
  expect(letsThrough(noError, { value: '"error"' })).toBe(false);
  expect(letsThrough(noError, { value: '{"all": "well"}' })).toBe(false);
  expect(letsThrough(noError, { value: notUtf8 })).toBe(true);
  expect(letsThrough({ value: [5] }, { value: '5.0' })).toBe(true);
  expect(letsThrough({ value: ['5'] }, { value: '5' })).toBe(false);
  expect(letsThrough({ value: [''] }, { value: '' })).toBe(true);
  expect(letsThrough({ value: [null] }, { value: null })).toBe(true);
  expect(letsThrough({ value: [{ prefix: '' }] }, { value: null })).toBe(false);
});

test('by its key', () => {
  const mine = { key: [{ prefix: 'me-' }] };
  expect(letsThrough(mine, { key: 'me-1', value: 'anything' })).toBe(true);
  expect(letsThrough(mine, { key: 'you-1' })).toBe(false);
  expect(letsThrough(mine, { key: null })).toBe(false);
  expect(letsThrough({ key: [null] }, { key: null })).toBe(true);
  expect(letsThrough({ key: [null] }, { key: '' })).toBe(false);
  expect(letsThrough({ key: ['5'] }, { key: '5' })).toBe(true);
  expect(letsThrough({ key: [{ exists: true }] }, { key: notUtf8 })).toBe(true);
});

test('by any of its headers of a name', () => {
  const headers = [
    ['kind', 'a'],
    ['kind', 'b'],
    ['none', null],
    ['bytes', notUtf8],
    ['__proto__', 'c'],
  ] as const;
  const passes = (pattern: unknown) => letsThrough({ headers: pattern }, { headers });
  expect(passes({ kind: ['b'] })).toBe(true);
  expect(passes({ kind: ['c'] })).toBe(false);
  expect(passes({ Kind: [{ exists: false }], kind: [{ exists: true }] })).toBe(true);
  expect(passes({ none: [null] })).toBe(true);
  expect(passes({ bytes: [{ exists: false }] })).toBe(false);
  expect(passes(JSON.parse('{ "__proto__": ["c"] }'))).toBe(true);
  expect(passes({ constructor: [{ exists: true }] })).toBe(false);
  expect(letsThrough({ headers: { kind: [{ exists: false }] } }, {})).toBe(true);
});

test('by one part or another', () => {
  const either = { $or: [{ key: ['a'] }, { value: { a: [1] }, headers: { h: ['x'] } }] };
  expect(letsThrough(either, { key: 'a', value: 'no JSON' })).toBe(true);
  expect(letsThrough(either, { value: '{"a": 1}', headers: [['h', 'x']] })).toBe(true);
  expect(letsThrough(either, { value: '{"a": 1}' })).toBe(false);
  expect(letsThrough({ key: ['b'], ...either }, { key: 'a' })).toBe(false);
});

test('only what is named is read', () => {
  const record = recordOf({ key: 'a', value: '{}' });
  const parsed = parseRecordPattern({ key: ['b'], value: { a: [1] } });
  if (parsed.kind === 'malformed') expect.fail(parsed.reason);
  const unread = {
    ...record,
    value: new Proxy(new Uint8Array(), { get: () => expect.fail('read') }),
  };
  expect(recordFilter(parsed.pattern)(unread)).toBe(false);
});

test('a pattern that no record could match is refused', () => {
  const faults: [unknown, string, string][] = [
    [{ topic: ['a'] }, 'topic', 'they are key, headers and value'],
    [
      { $or: [{ key: ['a'] }, { $or: [{ key: ['a'] }, { a: ['a'] }] }] },
      '$or[1].$or[1].a',
      'no part',
    ],
    [{ key: { a: ['a'] } }, 'key', 'must be a list'],
    [{ headers: ['a'] }, 'headers', 'an object of header names'],
    [{ headers: { a: { b: ['a'] } } }, 'headers.a', 'must be a list'],
    [
      { headers: { $or: [{ a: ['a'] }, { b: { c: ['a'] } }] } },
      'headers.$or[1].b',
      'must be a list',
    ],
    [{ value: [] }, 'value', 'empty list'],
  ];
  for (const [pattern, path, reason] of faults) {
    expect(fault(pattern)).toEqual([path, expect.stringContaining(reason)]);
  }
});
