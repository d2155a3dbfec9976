// The key that a mapping chooses, and the mappings there are.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assert } from '../../shared/assert.ts';
import { ingestKeyLengthMax } from '../../shared/contract.ts';
import { type KeyPath, parseMapping } from '../../shared/ingest/mapping.ts';
import {
  dynamoDbEvent,
  eventBridgeEvent,
  fifoEvent,
  kinesisEvent,
  kinesisRecord,
  sqsEvent,
  sqsMessage,
} from './events.ts';
import { recordsInText } from './read-records.ts';

function keysOf(event: unknown, input: unknown): readonly (string | null)[] {
  const parsed = parseMapping(input);
  assert(parsed.kind === 'mapping', 'the mapping is one');
  return recordsInText(event, parsed.mapping).map(({ key }) => key);
}

function keyIn(body: string, key: KeyPath): string | null | undefined {
  return keysOf({ Records: [{ ...sqsMessage, body }] }, { key })[0];
}

test('the default is the table’s, and none is none', () => {
  expect(keysOf(fifoEvent, {})).toEqual(['customer-1', 'customer-2']);
  expect(keysOf(fifoEvent, { key: 'default' })).toEqual(['customer-1', 'customer-2']);
  expect(keysOf(fifoEvent, { key: 'none' })).toEqual([null, null]);
});

test('a path finds text, a number or a boolean in the value; what is not there is no key', () => {
  expect(keysOf(sqsEvent, { key: '$.orderId' })).toEqual(['o-17', null]);
  expect(keysOf(eventBridgeEvent, { key: '$.detail.order-id' })).toEqual(['4711']);
  expect(keysOf(eventBridgeEvent, { key: '$.detail.express' })).toEqual(['true']);
  expect(keysOf(dynamoDbEvent, { key: '$.dynamodb.NewImage.Id.N' })).toEqual(['101', null]);
  for (const path of ['$.detail', '$.detail.items', '$.detail.items.0', '$.id.length'] as const) {
    expect(keysOf(eventBridgeEvent, { key: path })).toEqual([null]);
  }
});

test('a number is the key that was written, with all its digits', () => {
  expect(keysOf(kinesisEvent, { key: '$.user.id' })).toEqual([null, '1234567890123456789']);
  expect(keyIn('{"a":1.0}', '$.a')).toBe('1.0');
  expect(keyIn('{"a":-1e400}', '$.a')).toBe('-1e400');
});

test('empty text is a key; null, and what has no UTF-8, is not', () => {
  expect(keyIn('{"a":""}', '$.a')).toBe('');
  expect(keyIn('{"a":null}', '$.a')).toBe(null);
  expect(keyIn('{"a":"\\ud800"}', '$.a')).toBe(null);
  const bytes = Buffer.from('{"a":"\xff"}', 'latin1').toString('base64');
  const binary = { ...kinesisRecord, kinesis: { ...kinesisRecord.kinesis, data: bytes } };
  expect(keysOf({ Records: [binary] }, { key: '$.a' })).toEqual([null]);
});

test('only what a value has of its own is found', () => {
  expect(keyIn('{}', '$.constructor.name')).toBe(null);
  expect(keyIn('{}', '$.__proto__.constructor.name')).toBe(null);
  expect(keyIn('{"__proto__":{"a":"x"}}', '$.__proto__.a')).toBe('x');
  expect(keyIn('{"__proto__":{"a":"x"}}', '$.a')).toBe(null);
});

test('a value that no parser’s stack can take has no key', () => {
  const depth = 100_000;
  const body = `{"a":"x","b":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  expect(keyIn(body, '$.a')).toBe(null);
});

test('a path of any names finds what was put there', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => !/[.[\]*]/.test(text));
  const names = fc.array(name, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(names, fc.string({ unit: 'grapheme' }), (all, key) => {
      const value = all.reduceRight<unknown>(
        (inner, one) => Object.fromEntries([[one, inner]]),
        key,
      );
      expect(keyIn(JSON.stringify(value), `$.${all.join('.')}`)).toBe(key);
    }),
  );
});

test('what is not a mapping is refused, with a reason', () => {
  const paths = ['', '$', '$.', '$.a.', '$..a', 'a.b', '$.a[0]', '$.*', `$.${'a'.repeat(999)}`];
  const keys = [...paths, 'None', null, 1, ['$.a']].map((key) => ({ key }));
  for (const input of [undefined, null, 'none', [], ...keys]) {
    expect(parseMapping(input)).toEqual({ kind: 'refused', reason: expect.any(String) });
  }
  const longest = `$.${'a'.repeat(ingestKeyLengthMax - 2)}`;
  expect(parseMapping({ key: longest })).toEqual({ kind: 'mapping', mapping: { key: longest } });
  expect(parseMapping({ key: 'none', value: 'body' })).toEqual({
    kind: 'refused',
    reason: '"value" is not of a mapping',
  });
  expect(parseMapping(JSON.parse('{"__proto__":{"key":"none"}}'))).toMatchObject({
    kind: 'refused',
  });
});
