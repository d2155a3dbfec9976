// The watch sees what no client may ever see of housekeeping: an object deleted that something
// names, a rewrite that is not what stood there, a chunk or a log start that is wrong, when it is
// written.

import { expect, test } from 'vitest';
import {
  chunkItem,
  chunkKey,
  headItem,
  rewriteItem,
  rewriteKey,
} from '../../shared/store/items.ts';
import { storedState } from './check/stored-state.ts';
import { type KeyedValue, now, WatchedLog } from './watched-log.ts';

const records: readonly KeyedValue[] = [
  ['k', 'a'],
  ['l', 'b'],
  ['k', null],
  ['m', 'd'],
];
const compacted = { 'cleanup.policy': 'compact' };
const superseded = ({ offset }: { readonly offset: number }) => offset !== 0;
const later = now + 100;
const before = now - 100;

type Story = (log: WatchedLog) => Promise<unknown>;

async function foundAfter(configs: Readonly<Record<string, string>>, story: Story) {
  const log = new WatchedLog();
  await log.begin(configs, records);
  await log.roll();
  await story(log);
  const { watch, table } = log;
  return [...watch.violations, ...storedState(table, watch.partitions.values())].join('\n');
}

const startsAt = (offset: number) => ({ set: headItem.logStart, to: { value: offset } }) as const;

test('merges, sweeps and retention are nothing wrong', async () => {
  const found = await foundAfter({}, async (log) => {
    await log.rewrite();
    await log.deleteObject(0);
    await log.deleteObject(1);
    await log.append([['n', 'e']]);
    await log.update(startsAt(4));
    await log.write({ delete: chunkKey(log.id, 0) });
    await log.deleteObject(2);
    await log.write({ put: log.chunk() });
  });
  expect(found).toBe('');
});

test('compaction is nothing wrong', async () => {
  const found = await foundAfter(compacted, async (log) => {
    await log.rewrite({ keep: superseded, deleteHorizon: before });
    await log.rewrite({ keep: ({ isTombstone }) => !isTombstone });
  });
  expect(found).toBe('');
});

const plain: Readonly<Record<string, Story>> = {
  'I13: segments/': (log) => log.deleteObject(0),
  'which is not stored': (log) => log.rewrite({ objectIsPut: false }),
  'is left out, and nothing is compacted': (log) => log.rewrite({ keep: superseded }),
  'a chunk was put again with other refs': async (log) => {
    await log.rewrite();
    await log.write({ put: log.chunk() });
  },
  'the greatest time of a chunk changed': (log) => {
    return log.rewrite({ change: { [chunkItem.timeThrough]: 999 } });
  },
  'I1: a chunk was deleted': async (log) => {
    await log.update(startsAt(3));
    await log.write({ delete: chunkKey(log.id, 0) });
  },
  'I1: a chunk was put where the tail no longer is': async (log) => {
    await log.update(startsAt(4));
    await log.write({ delete: chunkKey(log.id, 0) });
    await log.update(startsAt(3));
    await log.write({ put: log.chunk() });
  },
  'I4: logStart fell from 2 to 1': async (log) => {
    await log.update(startsAt(2));
    await log.update(startsAt(1));
  },
  'I15: mergedTo fell from 4 to 2': async (log) => {
    for (const mergedTo of [4, 2]) {
      await log.write({ put: { ...rewriteKey(log.id), [rewriteItem.mergedTo]: mergedTo } });
    }
  },
};

test.each(Object.entries(plain))('%s is found', async (complaint, story) => {
  expect(await foundAfter({}, story)).toContain(complaint);
});

const isNoTombstone = ({ isTombstone }: { readonly isTombstone: boolean }) => !isTombstone;

const ofCompaction: readonly (readonly [name: string, complaint: string, Story])[] = [
  [
    'the last of a key left out',
    'I1: b is left out, and is the last of its key',
    (log) => log.rewrite({ keep: ({ offset }) => offset !== 1 }),
  ],
  [
    'a tombstone left out at once',
    'I1: k is left out',
    (log) => log.rewrite({ keep: ({ offset }) => offset !== 0 && offset !== 2 }),
  ],
  [
    'a tombstone left out before its time',
    'I1: k is left out',
    async (log) => {
      await log.rewrite({ keep: superseded, deleteHorizon: later });
      await log.rewrite({ keep: isNoTombstone });
    },
  ],
  [
    'a tombstone that says when it goes while what is older stays',
    'I3: k says when it goes, and a is there',
    (log) => log.rewrite({ deleteHorizon: later }),
  ],
  [
    'a tombstone gone before what is older',
    'I3: k is gone, and a is to be read again',
    async (log) => {
      await log.rewrite({ deleteHorizon: before });
      await log.rewrite({ keep: isNoTombstone });
    },
  ],
];

test.each(ofCompaction)('%s is found', async (_, complaint, story) => {
  expect(await foundAfter(compacted, story)).toContain(complaint);
});

test('what is younger than the lag may not be compared', async () => {
  const configs = { ...compacted, 'min.compaction.lag.ms': String(now) };
  const story: Story = (log) => log.rewrite({ keep: superseded });
  expect(await foundAfter(configs, story)).toContain(
    'is the last of its key that may be looked at',
  );
});

test('a tail that was cut where a roll was under way is found', async () => {
  const log = new WatchedLog();
  await log.begin({}, records);
  await log.write({ put: log.chunk() });
  await log.update(
    startsAt(2),
    { removeFirst: headItem.tail, count: 1 },
    { set: headItem.tailBase, to: { value: 2 } },
  );
  expect(log.watch.violations.join('\n')).toContain('I4: the tail begins at 2, within the chunk');
});
