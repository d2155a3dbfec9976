// What may not be left once everything was looked after, each shown as it may be and as it may not.

import { expect, test } from 'vitest';
import {
  chunkKey,
  doomedItem,
  doomedKey,
  headItem,
  headKey,
  rewriteItem,
  rewriteKey,
} from '../../shared/store/items.ts';
import { leftOver } from './upkeep/left-over.ts';
import { type KeyedValue, now, WatchedLog } from './watched-log.ts';

const records: readonly KeyedValue[] = [
  ['k', 'a'],
  ['l', 'b'],
  ['k', null],
  ['l', 'd'],
];
const startsAt = (offset: number) => ({ set: headItem.logStart, to: { value: offset } }) as const;

type Configs = Readonly<Record<string, string>>;
type Tale = (log: WatchedLog) => Promise<unknown>;

async function leftAfter(configs: Configs, tell: Tale): Promise<string> {
  const log = new WatchedLog();
  await log.begin(configs, records);
  await log.roll();
  await tell(log);
  const { watch, table: stored } = log;
  return leftOver({ watch, stored, time: { now: () => now } }).join('\n');
}

const rewriteAndSweep: Tale = async (log) => {
  await log.rewrite();
  await log.deleteObject(0);
  await log.deleteObject(1);
};

const compactTo =
  (cleanedTo: number, deleteHorizon: number): Tale =>
  async (log) => {
    const keep = ({ offset }: { readonly offset: number }) => offset > 1;
    await log.rewrite({ deleteHorizon, ...(cleanedTo === 4 ? { keep } : {}) });
    await log.deleteObject(0);
    await log.deleteObject(1);
    const compaction = JSON.stringify({ cleanedTo: 4 });
    await log.write({ put: { ...rewriteKey(log.id), [rewriteItem.compaction]: compaction } });
  };

const doom: Tale = async (log) => {
  const rest = { [doomedItem.name]: 'orders', [doomedItem.partitions]: 1 };
  await log.write({ put: { ...doomedKey(log.id.topicId), ...rest, [doomedItem.cleared]: true } });
  await log.write({ delete: headKey(log.id) });
  await log.write({ delete: chunkKey(log.id, 0) });
  for (const object of [0, 1]) await log.deleteObject(object);
};

const stories: readonly (readonly [string, string, Configs, good: Tale, bad: Tale])[] = [
  [
    'an object that nothing names',
    'I13: segments/',
    { 'retention.ms': '-1' },
    rewriteAndSweep,
    (log) => log.rewrite(),
  ],
  [
    'a chunk below the log start',
    'I14: orders-0: chunk#',
    { 'retention.ms': '-1' },
    async (log) => {
      await rewriteAndSweep(log);
      await log.update(startsAt(3));
    },
    async (log) => {
      await rewriteAndSweep(log);
      await log.update(startsAt(4));
    },
  ],
  [
    'more bytes than a partition may have',
    'bytes are kept from 0 on',
    { 'retention.ms': '-1', 'retention.bytes': '200' },
    rewriteAndSweep,
    async (log) => {
      await rewriteAndSweep(log);
      await log.append(records);
      await log.append(records);
      await log.append(records);
    },
  ],
  [
    'a key that is there twice',
    'I26: orders-0: l is there 2 times',
    { 'cleanup.policy': 'compact' },
    compactTo(4, now + 1),
    compactTo(0, now + 1),
  ],
  [
    'a tombstone whose time is over',
    'I26: orders-0: the tombstone k is left',
    { 'cleanup.policy': 'compact' },
    compactTo(4, now),
    compactTo(4, now - 1),
  ],
  [
    'something of a deleted topic',
    'rewrite is left',
    {},
    doom,
    async (log) => {
      await doom(log);
      await log.write({ put: { ...rewriteKey(log.id) } });
    },
  ],
];

test.each(stories)('%s is found', async (_, complaint, configs, good, bad) => {
  expect(await leftAfter(configs, good)).toBe('');
  expect(await leftAfter(configs, bad)).toContain(complaint);
});

test('records that are too old are found', async () => {
  expect(await leftAfter({ 'retention.ms': '9000' }, rewriteAndSweep)).toBe('');
  const left = await leftAfter({ 'retention.ms': '8999' }, rewriteAndSweep);
  expect(left).toContain('I26: orders-0: what is kept from 0 on is too old');
});

test('one chunk that is not merged may be left, and no more', async () => {
  const kept = { 'retention.ms': '-1' };
  expect(await leftAfter(kept, async () => undefined)).toBe('');
  const left = await leftAfter(kept, async (log) => {
    await log.append(records);
    await log.append(records);
    await log.roll();
  });
  expect(left).toContain('I26: orders-0: the chunks at 0, 4 are not merged');
});
