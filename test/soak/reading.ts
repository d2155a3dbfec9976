// One fetch, or one look-up of a time, and what is wrong with its answer.

import type { Bounds } from '../../shared/engine/bounds.ts';
import type { Engine } from '../../shared/engine/engine.ts';
import { fetchBatches, fetchRecords } from '../../shared/engine/fetch.ts';
import { hostClock } from '../../shared/engine/host-environment.ts';
import { offsetForTime, partitionOffsets } from '../../shared/engine/offsets.ts';
import { EngineError } from '../../shared/errors.ts';
import { storedRecordsBytesMax } from '../../shared/limits.ts';
import { crcHolds } from '../../shared/record/batch-header.ts';
import { splitBatches } from '../../shared/record/batches.ts';
import { decodeBatch } from '../../shared/record/decode-batch.ts';
import type { LogRecord } from '../../shared/record/record.ts';
import type { Gap, ModelPartition } from './model.ts';
import { callOf, during, refusal, type Setting } from './setting.ts';

export type Wanted = {
  readonly from: number;
  readonly maxBytes: number;
  readonly waitMillis: number;
  /** Else by batches. */
  readonly byRecord: boolean;
};

export type Answer =
  | {
      readonly kind: 'read';
      readonly records: readonly LogRecord[];
      readonly gaps: readonly Gap[];
      readonly nextOffset: number;
      readonly isAtEnd: boolean;
    }
  /** The log starts further up. */
  | { readonly kind: 'below'; readonly logStart: number }
  | { readonly kind: 'refused' };

/** @throws what no fetch may throw here. */
export async function readFrom(
  setting: Setting,
  engine: Engine,
  partition: ModelPartition,
  wanted: Wanted,
): Promise<Answer> {
  const { from, byRecord, ...request } = wanted;
  const { floor } = partition.bounds;
  const place = { topic: partition.topic, partition: partition.id.partition, offset: from };
  const fetch = byRecord ? fetchRecords : fetchAsBatches;
  setting.tally.fetches++;
  partition.positions.add(from);
  const fetched = await fetch(engine, callOf(engine), { ...place, ...request })
    .catch((error: unknown) => beyond(partition, { from, floor }, error))
    .catch(during(`${partition.name} from ${from}`));
  if (fetched === 'refused') {
    setting.tally.refusedReads++;
    return { kind: 'refused' };
  }
  if (!('records' in fetched)) {
    setting.tally.overtaken++;
    return { kind: 'below', logStart: fetched.logStart };
  }
  const at = hostClock.now();
  partition.bounds.told(fetched, floor, at);
  const gaps = partition.judge({ ...fetched, from, at });
  const unexplained = gaps.filter(({ why }) => why === undefined).map(({ offset }) => offset);
  if (unexplained.length > 0) {
    const end = (await boundsOf(engine, partition)).highWatermark;
    partition.doubt(unexplained, { end, at: hostClock.now() }, `read from ${from}`);
  }
  const { records, nextOffset, highWatermark } = fetched;
  setting.tally.recordsRead += records.length;
  const isAtEnd = nextOffset === highWatermark;
  return { kind: 'read', records, gaps, nextOffset, isAtEnd };
}

/** Where the log is now. @throws what may not be thrown here. */
export async function boundsOf(engine: Engine, partition: ModelPartition): Promise<Bounds> {
  const { bounds: known, topic, id } = partition;
  const { floor } = known;
  const place = { topic, partition: id.partition };
  const bounds = await partitionOffsets(engine, callOf(engine), place);
  known.told(bounds, floor, hostClock.now());
  return bounds;
}

/** @returns undefined: others were in the way. */
export async function findTime(
  setting: Setting,
  engine: Engine,
  partition: ModelPartition,
  timestamp: number,
): Promise<number | undefined> {
  const { topic, id } = partition;
  const before = partition.bounds.floor;
  const request = { topic, partition: id.partition, timestamp };
  const offset = await offsetForTime(engine, callOf(engine), request)
    .catch(refusal)
    .catch(during(`${partition.name}, the time ${timestamp}`));
  if (offset === 'refused') {
    setting.tally.refusedReads++;
    return undefined;
  }
  setting.tally.timesFound++;
  const after = await boundsOf(engine, partition);
  partition.judgeTime({ timestamp, offset }, { before, after, at: hostClock.now() });
  return offset;
}

type Asked = { readonly from: number; readonly floor: Bounds };

/** @returns where the log is, which does not hold the offset any more. */
function beyond(
  partition: ModelPartition,
  { from, floor }: Asked,
  error: unknown,
): Bounds | 'refused' {
  const isBeyond = error instanceof EngineError && error.code === 'OFFSET_OUT_OF_RANGE';
  if (!isBeyond) return refusal(error);
  const { logStart = -1, highWatermark = -1 } = error.detail;
  partition.bounds.told({ logStart, highWatermark }, floor, hostClock.now());
  if (from >= logStart) throw error;
  return { logStart, highWatermark };
}

/** Their bytes are unpacked here, and they follow each other.
 * @throws Error otherwise. */
async function fetchAsBatches(...request: Parameters<typeof fetchBatches>) {
  const { bytes, ...fetched } = await fetchBatches(...request);
  const split = splitBatches(bytes);
  if (split.kind === 'malformed') throw new Error(split.reason);
  let end: number | undefined;
  const records = split.headers.flatMap((header) => {
    const { baseOffset, lastOffsetDelta } = header;
    const isNext = end === undefined ? baseOffset <= request[2].offset : baseOffset === end;
    if (!isNext) throw new Error(`a batch at ${baseOffset} comes out of turn`);
    if (!crcHolds(bytes, header)) throw new Error(`the CRC of ${baseOffset} does not hold`);
    const decoded = decodeBatch(bytes, header, storedRecordsBytesMax);
    if (decoded.kind === 'malformed') {
      throw new Error(`${baseOffset}, of ${header.length} bytes: ${decoded.reason}`);
    }
    end = baseOffset + lastOffsetDelta + 1;
    return decoded.records;
  });
  if (end !== undefined && end !== fetched.nextOffset) {
    throw new Error(`batches end at ${end}, and it goes on at ${fetched.nextOffset}`);
  }
  return { ...fetched, records };
}
