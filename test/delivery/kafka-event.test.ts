// The event as functions that were written for Lambda's Kafka event source read it.

import type { SelfManagedKafkaEvent, SelfManagedKafkaRecord } from 'aws-lambda';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventText, recordText } from '../../shared/delivery/kafka-event.ts';
import type { LogRecord } from '../../shared/record/record.ts';

const place = { topic: 'orders', partition: 1 };

function recordOf(content: Partial<LogRecord> = {}): LogRecord {
  return {
    offset: 15,
    timestamp: 1_545_084_650_987,
    key: null,
    value: null,
    headers: [],
    ...content,
  };
}

/** As a function in TypeScript has it. */
function eventOf(...records: readonly LogRecord[]): SelfManagedKafkaEvent {
  return JSON.parse(
    eventText(
      place,
      records.map((record) => recordText(place, record, 'CREATE_TIME')),
    ),
  );
}

function only(record: LogRecord): SelfManagedKafkaRecord {
  const [first] = eventOf(record).records['orders-1'] ?? [];
  return first ?? expect.fail('there is none');
}

const bytes = (text: string) => Buffer.from(text);

test('golden: two records of a partition', () => {
  const first = recordOf({
    key: bytes('recordKey'),
    value: bytes('Hello from Kafka!!'),
    headers: [{ key: 'headerKey', value: bytes('headerValue') }],
  });
  const second = recordOf({ offset: 16, timestamp: -1 });
  const texts = [
    recordText(place, first, 'CREATE_TIME'),
    recordText(place, second, 'LOG_APPEND_TIME'),
  ];
  expect(eventText(place, texts)).toBe(
    '{"eventSource":"SelfManagedKafka","bootstrapServers":"sluice:443","records":{"orders-1":[' +
      '{"topic":"orders","partition":1,"offset":15,"timestamp":1545084650987,' +
      '"timestampType":"CREATE_TIME","key":"cmVjb3JkS2V5","value":"SGVsbG8gZnJvbSBLYWZrYSEh",' +
      '"headers":[{"headerKey":[104,101,97,100,101,114,86,97,108,117,101]}]},' +
      '{"topic":"orders","partition":1,"offset":16,"timestamp":-1,' +
      '"timestampType":"LOG_APPEND_TIME","headers":[]}]}}',
  );
});

test('its form is that of the published types', () => {
  const event = eventOf(recordOf({ key: bytes('k'), value: bytes('v') }));
  expect(event).toEqual({
    eventSource: 'SelfManagedKafka',
    bootstrapServers: 'sluice:443',
    records: {
      'orders-1': [
        {
          topic: 'orders',
          partition: 1,
          offset: 15,
          timestamp: 1_545_084_650_987,
          timestampType: 'CREATE_TIME',
          key: 'aw==',
          value: 'dg==',
          headers: [],
        },
      ],
    },
  } satisfies SelfManagedKafkaEvent);
});

test('a key or a value that is null is left out; one that is empty is not', () => {
  expect(only(recordOf())).not.toHaveProperty('key');
  expect(only(recordOf())).not.toHaveProperty('value');
  const empty = only(recordOf({ key: new Uint8Array(), value: new Uint8Array() }));
  expect(empty).toMatchObject({ key: '', value: '' });
});

test('any bytes come through, and the text is ASCII whatever they are', () => {
  const some = fc.option(fc.uint8Array({ maxLength: 40 }));
  const names = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('__proto__', 'constructor', '', '"\\', 'ключ', '😀', '\u007f\u0080\u2028'),
  );
  const headers = fc.array(fc.record({ key: names, value: some }), { maxLength: 4 });
  const run = fc.property(some, some, headers, (key, value, list) => {
    const record = recordOf({ key, value, headers: list });
    const text = recordText(place, record, 'CREATE_TIME');
    expect(text).toMatch(/^[\x20-\x7f]*$/);
    const told = only(record);
    expect(told.key && [...Buffer.from(told.key, 'base64')]).toEqual(
      key === null ? undefined : key.length === 0 ? '' : [...key],
    );
    expect(told.value === undefined).toBe(value === null);
    if (value !== null) expect([...Buffer.from(told.value, 'base64')]).toEqual([...value]);
    const got = told.headers.flatMap((header) => Object.entries(header));
    expect(got).toEqual(list.map((one) => [one.key, [...(one.value ?? [])]]));
  });
  fc.assert(run, { numRuns: 300 });
});

test('bytes are read where they lie in what they are a part of', () => {
  const whole = bytes('before-value-after');
  const told = only(recordOf({ value: whole.subarray(7, 12) }));
  expect(Buffer.from(told.value, 'base64').toString()).toBe('value');
});

test('headers of one name stay in their order, and one of null is an empty list', () => {
  const headers = [
    { key: 'h', value: bytes('b') },
    { key: 'other', value: null },
    { key: 'h', value: bytes('a') },
    { key: '__proto__', value: bytes('p') },
  ];
  const told = only(recordOf({ headers })).headers;
  expect(told.map((header) => Object.entries(header))).toEqual([
    [['h', [98]]],
    [['other', []]],
    [['h', [97]]],
    [['__proto__', [112]]],
  ]);
});
