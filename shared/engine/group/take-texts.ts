// Records as texts, one after the other, until a reply is full.

import { EngineError } from '../../errors.ts';
import type { Holding } from '../../group/holdings.ts';
import type { LogRecord } from '../../record/record.ts';
import { recordsIn } from '../ranges.ts';
import type { PartitionRead, Take } from './fetch-holdings.ts';

/** Makes of a record what the reply is made of.
 * @throws EngineError FORMAT_MISMATCH: it cannot. */
export type Render = (holding: Holding, record: LogRecord) => string;

/** What cannot be said, or read, is told only when nothing stands before it, there or in other
 * partitions.
 * @throws EngineError FORMAT_MISMATCH, DAMAGED, and what reading met */
export function takeTexts(render: Render): Take<string> {
  return (reads, bytesMax) => {
    const texts: string[] = [];
    const moved: Holding[] = [];
    const failures: EngineError[] = [];
    let bytes = 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (const read of reads) {
      const { holding } = read;
      const records = recordsFrom(read);
      if (records instanceof EngineError) {
        failures.push(records);
        continue;
      }
      let next = read.nextOffset;
      for (const record of records) {
        const text = rendered(render, holding, record);
        if (typeof text !== 'string') failures.push(text);
        const size = typeof text === 'string' ? Buffer.byteLength(text) : 0;
        if (typeof text !== 'string' || (bytes + size > bytesMax && texts.length > 0)) {
          next = record.offset;
          break;
        }
        texts.push(text);
        bytes += size;
        if (record.timestamp >= 0) oldest = Math.min(oldest, record.timestamp);
      }
      if (next > holding.position) moved.push({ ...holding, position: next, delivered: next });
    }
    const [failure] = failures;
    if (failure !== undefined && texts.length === 0) throw failure;
    return { given: texts, bytes, oldest, moved };
  };
}

function recordsFrom({
  holding: { position },
  batches,
  error,
}: PartitionRead): readonly LogRecord[] | EngineError {
  if (error !== undefined) return error;
  try {
    return batches.flatMap(recordsIn).filter(({ offset }) => offset >= position);
  } catch (damage) {
    if (damage instanceof EngineError) return damage;
    throw damage;
  }
}

/** @returns the error of a record that cannot be said. */
function rendered(render: Render, holding: Holding, record: LogRecord): string | EngineError {
  try {
    return render(holding, record);
  } catch (error) {
    if (error instanceof EngineError && error.code === 'FORMAT_MISMATCH') return error;
    throw error;
  }
}
