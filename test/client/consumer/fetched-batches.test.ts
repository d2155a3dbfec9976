// Messages out of the bytes that a fetch brings: what they are, and what is said of bytes that are
// none.

import { expect, test } from 'vitest';
import { addMessages, batchesOf } from '../../../client/consumer/fetched-batches.ts';
import { type FetchedPart, readReply } from '../../../client/consumer/member.ts';
import type { KafkaMessage } from '../../../client/consumer/messages.ts';
import { setBaseOffset } from '../../../shared/record/batch-header.ts';
import { encodeBatch } from '../../../shared/record/encode-batch.ts';
import { encodeParts } from '../../../shared/record/parts.ts';
import type { RecordToWrite } from '../../../shared/record/record.ts';

const bytesOf = (text: string) => Buffer.from(text);

function batch(offset: number, ...records: Partial<RecordToWrite>[]): Uint8Array {
  const none = { key: null, value: null, headers: [], timestamp: 1_700_000_000_000 };
  const whole = records.map((record) => ({ ...none, ...record }));
  const bytes = encodeBatch({ records: whole, compression: 'none' });
  setBaseOffset(bytes, 0, offset);
  return bytes;
}

function part(offset: number, ...batches: Uint8Array[]): FetchedPart {
  const bytes = Buffer.concat(batches);
  const rest = { nextOffset: offset + 100, highWatermark: 200, committed: undefined };
  return { topic: 'orders', partition: 3, offset, bytes, ...rest };
}

function messagesIn(of: FetchedPart, from = 0, checkCrcs = true): KafkaMessage[] {
  const messages: KafkaMessage[] = [];
  for (const one of batchesOf(of)) addMessages(messages, of, one, { from, checkCrcs });
  return messages;
}

test('keys, values, times and headers', () => {
  const headers = [
    { key: 'one', value: bytesOf('1') },
    { key: 'two', value: bytesOf('a') },
    { key: 'two', value: null },
    { key: 'none', value: null },
    { key: '__proto__', value: bytesOf('p') },
  ];
  const found = messagesIn(
    part(5, batch(5, { key: bytesOf('k'), value: bytesOf('v') }, { headers, timestamp: -1 })),
  );
  expect(found).toEqual([
    {
      ...{ key: bytesOf('k'), value: bytesOf('v'), timestamp: '1700000000000', offset: '5' },
      ...{ attributes: 0, headers: {} },
    },
    {
      ...{ key: null, value: null, timestamp: '-1', offset: '6', attributes: 0 },
      headers: Object.fromEntries([
        ['one', bytesOf('1')],
        ['two', [bytesOf('a'), bytesOf('')]],
        ['none', undefined],
        ['__proto__', bytesOf('p')],
      ]),
    },
  ]);
  expect(Buffer.isBuffer(found[0]?.value)).toBe(true);
});

test('what is below where reading began, or is done, is passed over', () => {
  const whole = part(6, batch(5, {}, {}, {}), batch(20, {}, {}));
  expect(messagesIn(whole).map(({ offset }) => offset)).toEqual(['6', '7', '20', '21']);
  expect(messagesIn(whole, 21).map(({ offset }) => offset)).toEqual(['21']);
  // What lies between batches is there no more, and is done with the batch before.
  expect(batchesOf(whole).map(({ nextOffset }) => nextOffset)).toEqual([20, 106]);
});

test('what is no batch, or another than was written, is named by its place', () => {
  const good = batch(5, { value: bytesOf('a longer value') });
  const broken = Uint8Array.from(good);
  broken[broken.length - 5] = (broken[broken.length - 5] as number) ^ 1;
  const place = 'the batch at offset 5 of orders-3 is corrupt:';
  expect(() => messagesIn(part(5, broken))).toThrow(`${place} the CRC does not hold`);
  expect(messagesIn(part(5, broken), 0, false).length).toBe(1);
  expect(() => messagesIn(part(5, good.subarray(0, 40)))).toThrow(`${place} the bytes end within`);
  expect(() => messagesIn(part(5, good, good.subarray(0, 9)))).toThrow(place);
});

test('a reply that is none is told as one that may yet come', () => {
  const said = {
    generation: 1,
    held: [],
    partitions: [{ topic: 'orders', partition: 0, bytes: 5 }],
  };
  const heads = ['{}', 'null', '7', '{"generation":1,"held":[null],"partitions":[]}'];
  const others = ['no line', ...heads.map((head) => `${head}\n`)].map(bytesOf);
  for (const bytes of [encodeParts(said, [bytesOf('four')]), ...others]) {
    expect(() => readReply(bytes)).toThrow(expect.objectContaining({ retriable: true }));
  }
});
