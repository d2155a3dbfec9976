// The checker of tombstones, shown a good history and a bad one.

import { expect, test } from 'vitest';
import { tombstones } from './check/tombstones.ts';
import { addLog, emptyRun, type HandMade, judge, look } from './hand-made.ts';
import { dated, leftOut, some } from './hand-made-upkeep.ts';
import type { ReadRecord } from './history.ts';
import type { Log } from './logs.ts';

const three = [['a'], ['b'], ['c']];

/** A value, and its tombstone at 1, of which compaction then leaves out one or both. */
function deletion(run: HandMade): Log {
  const configs = { 'cleanup.policy': 'compact', 'delete.retention.ms': '100' };
  const log = addLog(run, three, { configs });
  const key = Buffer.from('k');
  const [value, tombstone, other] = log.records as [ReadRecord, ReadRecord, ReadRecord];
  run.logs.pop();
  const keyed = [{ ...value, key }, { ...tombstone, key, value: null }, other];
  const made = { ...log, records: keyed };
  run.logs.push(made);
  return made;
}

test('a tombstone that goes before its time is found', () => {
  for (const [at, found] of [
    [1_101, 0],
    [1_099, 1],
  ] as const) {
    const run = emptyRun();
    const log = deletion(run);
    dated(log, 1, 1_000);
    leftOut(log, 1, at, 'expired');
    expect(judge(tombstones, run)).toHaveLength(found);
  }
});

test('a reader who keeps what was deleted, though he was quick, is found', () => {
  for (const [isThere, found] of [
    [true, 0],
    [false, 1],
  ] as const) {
    const run = emptyRun();
    const log = deletion(run);
    look(run, { offset: 0, from: 1, to: 2 }, some(log, [0], 1));
    look(run, { offset: 1, from: 3, to: 4 }, some(log, isThere ? [1, 2] : [2], 3));
    expect(judge(tombstones, run)).toHaveLength(found);
    dated(log, 1, -1_000);
    leftOut(log, 1, 3, 'expired');
    // Events have no time here, so that all happens at once.
    expect(judge(tombstones, run)).toHaveLength(found);
    leftOut(log, 1, 3, 'superseded');
    expect(judge(tombstones, run)).toEqual([]);
  }
});
