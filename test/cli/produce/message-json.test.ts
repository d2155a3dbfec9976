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
