// Record batches as they are stored, whole, until a reply is full.

import type { Holding } from '../../group/holdings.ts';
import { readBatchHeader } from '../../record/batch-header.ts';
import type { StoredBatch } from '../ranges.ts';
import type { PartitionRead, Take } from './fetch-holdings.ts';

/** A first one is given however large it is. What went wrong is told only when nothing is given.
 * @throws EngineError of what reading met */
export const takeBatches: Take<PartitionRead> = (reads, bytesMax) => {
  const given: PartitionRead[] = [];
  const moved: Holding[] = [];
  const times: number[] = [];
  let bytes = 0;
  for (const { holding, batches: all, nextOffset } of reads) {
    const batches: StoredBatch[] = [];
    for (const batch of all) {
      if (bytes + batch.bytes.length > bytesMax && bytes > 0) break;
      batches.push(batch);
      bytes += batch.bytes.length;
    }
    const next = all[batches.length]?.baseOffset ?? nextOffset;
    if (next > holding.position) moved.push({ ...holding, position: next });
    if (batches.length > 0) given.push({ holding, batches, nextOffset: next });
    times.push(...batches.map(timeOf));
  }
  const [failure] = reads.flatMap(({ error }) => error ?? []);
  if (failure !== undefined && given.length === 0) throw failure;
  return { given, bytes, oldest: Math.min(...times, Number.POSITIVE_INFINITY), moved };
};

/** Infinity: it says none. */
function timeOf({ bytes }: StoredBatch): number {
  const read = readBatchHeader(bytes, 0);
  const time = read.kind === 'header' ? read.header.baseTimestamp : -1;
  return time < 0 ? Number.POSITIVE_INFINITY : time;
}
