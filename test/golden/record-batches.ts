// Record batches as Kafka's own Java client makes them (kafka-clients 3.9.1, MemoryRecordsBuilder,
// magic 2, CreateTime, base offset 0), in hexadecimal, and the records they were made of. They are
// never changed: what was once stored is read for ever.

import type { RecordToWrite } from '../../shared/record/record.ts';

const utf8 = (text: string) => new Uint8Array(Buffer.from(text));

/** Headers, one of them null; a tombstone that is 5 ms later; an empty key, an earlier time, and a
 * value that is no UTF-8. */
export const threeRecords: readonly RecordToWrite[] = [
  {
    timestamp: 1700000000000,
    key: utf8('k1'),
    value: utf8('hello'),
    headers: [
      { key: 'h', value: utf8('v') },
      { key: 'none', value: null },
    ],
  },
  { timestamp: 1700000000005, key: utf8('k2'), value: null, headers: [] },
  {
    timestamp: 1699999999000,
    key: new Uint8Array(),
    value: new Uint8Array([0x00, 0xff, 0xfe]),
    headers: [],
  },
];

/** The three, and one without a key whose value repeats itself. */
export const fourRecords: readonly RecordToWrite[] = [
  ...threeRecords,
  { timestamp: 1700000000005, key: null, value: utf8('peak shaving, '.repeat(20)), headers: [] },
];

/** Of threeRecords, by no producer. */
export const plainBatch =
  '00000000000000000000005dffffffff0280fa86a00000000000020000018bcfe568000000018bcfe56805ff' +
  'ffffffffffffffffffffffffff000000032e000000046b310a68656c6c6f0402680276086e6f6e650110000a' +
  '02046b3201001400cf0f04000600fffe00';

/** Of threeRecords, by producer 4711, epoch 3, from sequence 42. */
export const idempotentBatch =
  '00000000000000000000005dffffffff026000c1790000000000020000018bcfe568000000018bcfe5680500' +
  '0000000000126700030000002a000000032e000000046b310a68656c6c6f0402680276086e6f6e650110000a' +
  '02046b3201001400cf0f04000600fffe00';

/** Of fourRecords, compressed; snappy in xerial's frames. */
export const compressedBatches = {
  gzip:
    '00000000000000000000008cffffffff0286173e5d0001000000030000018bcfe568000000018bcfe56805ff' +
    'ffffffffffffffffffffffffff000000041f8b08000000000000ffd363606060c936e4ca48cdc9c96761ca60' +
    '2ae3c8cbcf4b651460e06262c9366264106138cfcfc2c0c6f0ff1fc33e16062e36c60d2c05a989d90ac51989' +
    '659979e93a0aa33c188f010010e124154d010000',
  snappy:
    '0000000000000000000000a0ffffffff025febc2ef0002000000030000018bcfe568000000018bcfe56805ff' +
    'ffffffffffffffffffffffffff0000000482534e415050590000000001000000010000005bcd02f0462e0000' +
    '00046b310a68656c6c6f0402680276086e6f6e650110000a02046b3201001400cf0f04000600fffe00be0400' +
    '0a0601b0047065616b2073686176696e672c207065616b20fe0e00fe0e00fe0e00fe0e00050e0000',
  lz4:
    '00000000000000000000008dffffffff02a9ea0d460003000000030000018bcfe568000000018bcfe56805ff' +
    'ffffffffffffffffffffffffff0000000404224d186040824d000000ff332e000000046b310a68656c6c6f04' +
    '02680276086e6f6e650110000a02046b3201001400cf0f04000600fffe00be04000a0601b0047065616b2073' +
    '686176696e672c200e00f3506e672c200000000000',
  zstd:
    '000000000000000000000089ffffffff02fb779dfb0004000000030000018bcfe568000000018bcfe56805ff' +
    'ffffffffffffffffffffffffff0000000428b52ffd005864020034042e000000046b310a68656c6c6f040268' +
    '0276086e6f6e650110000a02046b3201001400cf0f04000600fffe00be04000a0601b0047065616b20736861' +
    '76696e672c20000100c241a8330a010000',
} as const;

/** Of plainBatch by Kafka's compaction (MemoryRecords.filterTo), at 1700000600000 with a delete
 * retention of a day: the first record is left out, the tombstone stays for a day. */
export const compactedBatch =
  '00000000000000000000004affffffff02843e424e0040000000020000018bd514ebc00000018bcfe56805ff' +
  'ffffffffffffffffffffffffff000000021600f58efc5202046b3201001800cf9efc5204000600fffe00';
export const compactedHorizon = 1700087000000;

/** The same where it leaves out every record. */
export const emptiedBatch =
  '000000000000000000000031ffffffff02372cf8b0000000000002ffffffffffffffff0000018bcfe56805ff' +
  'ffffffffffffffffffffffffff00000000';
