// Messages as lines of JSON: what is sent of a line.

import { expect, test } from 'vitest';
import { messageIn } from '../../../cli/produce/message-json.ts';

test('a value that is not text is sent as JSON, with each number as it was written', () => {
  const value = '{"id":12345678901234567890,"price":1.10,"far":[1e400,-0,1E2],"text":"1.10"}';
  expect(messageIn(`{"key": 1.0, "value": ${value}, "partition": 3}`)).toEqual({
    ...{ key: '1.0', value, partition: 3 },
  });
  expect(messageIn('{"value":\t{ "a" : [ true , null ] } }')).toEqual({
    value: '{"a":[true,null]}',
  });
});

test('a timestamp is a number or text; null says none', () => {
  const at = (timestamp: string) => messageIn(`{"value":"v","timestamp":${timestamp}}`).timestamp;
  expect([at('1234'), at('"1234"'), at('"1970-01-01T00:00:01Z"')]).toEqual([1_234, 1_234, 1_000]);
  expect(messageIn('{"value":"v","timestamp":null}')).toEqual({ value: 'v' });
  for (const wrong of ['true', '[]', '{}', '""', '-1', '1.5', '1e15', '"2026-02-30"', '"soon"']) {
    expect(() => at(wrong), wrong).toThrow('timestamp: must be');
  }
});

test('a mark of the order of bytes is no part of a line', () => {
  expect(messageIn('\ufeff{"value":{"a":1.0}}')).toEqual({ value: '{"a":1.0}' });
});
