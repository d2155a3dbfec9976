// A tombstone stays for delete.retention.ms, once it was looked at. And whoever has read what is
// older than it, and goes on in less than that time, meets it: nobody keeps for ever what was
// deleted.

import { compactionSettings, isCompacted } from '../../../shared/log/topic-configs.ts';
import type { ReadRecord, ReadRequest } from '../history.ts';
import type { Log } from '../logs.ts';
import { type Checker, type FinishedRun, nameOf } from './check.ts';
import { logOf } from './inconsistent-offsets.ts';
import { startAt } from './time-look-up.ts';

/** Who took longer to swap in what he had written gave readers as much less time. */
const promptMillis = 4_000;

export const tombstones: Checker = (run, index) => {
  const compacted = run.logs.filter(({ configs }) => isCompacted(configs));
  if (compacted.length === 0) return [];
  const readers = Map.groupBy(run.history.reads, (read) => `${read.client} ${nameOf(read)}`);
  const kept = [...readers.values()].flatMap((reads) => {
    const log = logOf([], nameOf(reads[0] as ReadRequest), index);
    return log === undefined || !compacted.includes(log) ? [] : keptForEver(reads, log, run);
  });
  return [...compacted.flatMap((log) => goneTooSoon(log, run)), ...kept];
};

function goneTooSoon(log: Log, { aheadMillisMax }: FinishedRun): readonly string[] {
  const { deleteRetentionMillis } = compactionSettings(log.configs);
  return [...log.leavings].flatMap(([offset, { why, at }]) => {
    const horizon = log.horizons.get(offset);
    if (why === 'superseded' || horizon === undefined) return [];
    const isDue = at + 2 * aheadMillisMax > horizon.madeAt + deleteRetentionMillis;
    return isDue ? [] : [`I1: ${log.records[offset]?.id}, a tombstone, went before its time`];
  });
}

type Seen = { readonly record: ReadRecord; readonly invoked: number };

/** @param reads one client's. What it has of a key is what it read last. */
function keptForEver(reads: readonly ReadRequest[], log: Log, run: FinishedRun): readonly string[] {
  const violations: string[] = [];
  let seen = new Map<string, Seen>();
  let position = 0;
  for (const { client, offset, answer, invoked, returned } of reads) {
    if (answer.kind !== 'records' || offset === undefined) continue;
    // It went elsewhere: what it has is of another reading.
    if (offset !== position) seen = new Map();
    for (const record of answer.records) {
      if (record.value === null) seen.delete(keyOf(record));
      else seen.set(keyOf(record), { record, invoked });
    }
    position = answer.nextOffset;
    for (const [key, { record, invoked: from }] of seen) {
      const own = log.records
        .slice(record.offset + 1, position)
        .filter((one) => keyOf(one) === key);
      const last = own.at(-1);
      if (last?.value !== null || !wasToBeSeen(last, log, run, { from, returned })) continue;
      violations.push(`I3: ${client} has ${record.id}, and has passed ${last.id} (${returned})`);
    }
  }
  return violations;
}

function keyOf({ key }: ReadRecord): string {
  return Buffer.from(key ?? '').toString('latin1');
}

function wasToBeSeen(
  { offset }: ReadRecord,
  log: Log,
  { history, weakLagMillisMax, groups }: FinishedRun,
  { from, returned }: { readonly from: number; readonly returned: number },
): boolean {
  const horizon = log.horizons.get(offset);
  const left = log.leavings.get(offset);
  if (startAt(log, returned) > offset) return false;
  // One that is there yet is to be read by everybody.
  if (left === undefined || left.event > returned) return true;
  if (left.why === 'superseded' || horizon === undefined || !groups.isTimeTrue) return false;
  const isPrompt = horizon.at - horizon.madeAt + weakLagMillisMax <= promptMillis;
  const { deleteRetentionMillis } = compactionSettings(log.configs);
  const took = (history.timeOf(returned) ?? 0) - (history.timeOf(from) ?? 0);
  return isPrompt && took < deleteRetentionMillis;
}
