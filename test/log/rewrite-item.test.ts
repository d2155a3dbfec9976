// The item of a partition's rewrites as it is stored: what one version of the code has written,
// the next has to read.

import { expect, test } from 'vitest';
import type { EpochMillis, PartitionId, TopicId } from '../../shared/ids.ts';
import { newRewrites, type Rewrites, readRewrites, swapWrites } from '../../shared/log/rewrite.ts';

const id: PartitionId = { topicId: 'A'.repeat(22) as TopicId, partition: 3 };
const key = { pk: `part#${'A'.repeat(22)}#3`, sk: 'rewrite' };

const rewrites: Rewrites = {
  sweptBefore: 17 as EpochMillis,
  mergedTo: 640,
  small: [
    { base: 0, bytes: 9_000_000 },
    { base: 512, bytes: 70_000 },
  ],
  compaction: {
    cleanedTo: 500,
    dirtyFrom: 496,
    cleanedAt: 1_700_000_000_000,
    cleanFrom: 16,
    cleanBytes: 123_456,
    tombstonesUntil: -1,
    counted: { chunks: 4, bytes: 999, end: 560, lagMillisMin: 0 },
    pass: { to: 640, at: 320, logStart: 16, bytes: 77, tombstonesUntil: 1_700_086_400_000 },
  },
  version: 8,
};

const small = '[{"base":0,"bytes":9000000},{"base":512,"bytes":70000}]';
const compaction =
  '{"cleanedTo":500,"dirtyFrom":496,"cleanedAt":1700000000000,"cleanFrom":16,' +
  '"cleanBytes":123456,"tombstonesUntil":-1,' +
  '"counted":{"chunks":4,"bytes":999,"end":560,"lagMillisMin":0},' +
  '"pass":{"to":640,"at":320,"logStart":16,"bytes":77,"tombstonesUntil":1700086400000}}';

test('what is stored is read', () => {
  expect(readRewrites({ ...key, w: 17, m: 640, l: small, c: compaction, v: 8 })).toEqual(rewrites);
});

test('a swap stores that', () => {
  const parts = { cursors: rewrites, swaps: [], objectTime: 18 as EpochMillis };
  expect(swapWrites(id, rewrites, parts)).toEqual([
    {
      update: key,
      actions: [
        { set: 'm', to: { value: 640 } },
        { set: 'l', to: { value: small } },
        { set: 'c', to: { value: compaction } },
        { set: 'v', to: { value: 9 } },
      ],
      if: {
        all: [
          { attribute: 'v', is: '=', to: 8 },
          { attribute: 'w', is: '<', to: 18 },
        ],
      },
    },
  ]);
});

test('a new one knows of nothing', () => {
  expect(newRewrites(id)).toEqual({ ...key, w: 0, m: 0, l: '[]', v: 0 });
  expect(readRewrites(newRewrites(id)).compaction).toMatchObject({ cleanedTo: 0, cleanedAt: 0 });
});
