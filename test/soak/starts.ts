// Where a log was told to start, judged when all that was written is known: no further than the
// settings of its topic had let go by then, or somebody had asked for. Retention goes by whole
// refs, and no ref ends within an append.

import { batchHeaderBytes } from '../../shared/record/batch-header.ts';
import { encodedRecordBytes } from '../../shared/record/encode-batch.ts';
import type { Contents } from './contents.ts';
import type { Horizon, Written } from './model.ts';
import type { Policy } from './topics.ts';

/** As somebody was told first. */
export type ToldStart = Horizon & {
  readonly logStart: number;
  /** Those below that had been asked to be deleted. */
  readonly deletedBelow: number;
};

export type Judged = {
  readonly policy: Policy;
  /** By offset: all of them. */
  readonly written: readonly Written[];
  /** Where appends begin and end. */
  readonly edges: ReadonlySet<number>;
  readonly contents: Contents;
  /** By compaction: the time of such a record is not one of its ref's any more. */
  readonly mayBeLeftOut: (offset: number, horizon: Horizon) => boolean;
};

/** @param starts in the order of their offsets. @returns what is wrong with them. */
export function judgeStarts(starts: readonly ToldStart[], judged: Judged): readonly string[] {
  const { policy, written, edges } = judged;
  const bytesBelow = sumOfBytes(judged);
  let passed = 0;
  return starts.flatMap((start) => {
    const { logStart, end, at, deletedBelow } = start;
    const from = Math.max(passed, deletedBelow);
    passed = logStart;
    if (logStart <= deletedBelow) return [];
    const what = `the log started at ${logStart} of ${end}`;
    if (!edges.has(logStart)) return [`${what}, where no append begins`];
    const { retentionMillis, retentionBytes } = policy;
    const left = (bytesBelow[end] as number) - (bytesBelow[logStart] as number);
    if (retentionBytes !== undefined && left >= retentionBytes) return [];
    if (retentionMillis === undefined) return [`${what}, with ${left} bytes left`];
    for (let offset = from; offset < logStart; offset++) {
      const age = at - (written[offset] as Written).timestamp;
      if (age > retentionMillis || judged.mayBeLeftOut(offset, start)) continue;
      return [`${what}, and ${offset} was ${age} ms old`];
    }
    return [];
  });
}

/** By offset: what all records below take at most, as they are sent. */
function sumOfBytes({ written, contents }: Judged): readonly number[] {
  const sums = [0];
  for (const [offset, content] of written.entries()) {
    const bytes = encodedRecordBytes(contents.record(content)) + batchHeaderBytes;
    sums.push((sums[offset] as number) + bytes);
  }
  return sums;
}
