// Fetch: what a partition holds from an offset on. The head is read strongly each time, so a fetch
// begun after an acknowledgement sees it; everything else comes from caches where it can. At the
// end of the log a fetch may wait for the next append.

import { EngineError } from '../errors.ts';
import type { EpochMillis, PartitionId, PartitionName, SegmentId } from '../ids.ts';
import { fetchRereadsMax, recordReplyBytes } from '../limits.ts';
import type { Head } from '../log/head.ts';
import { joinBytes } from '../record/join-bytes.ts';
import type { LogRecord } from '../record/record.ts';
import { partitionPk } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { findRefs } from './find-refs.ts';
import { headOf } from './heads.ts';
import { onPartition } from './on-topic.ts';
import { readRanges, recordsIn, type StoredBatch, type StoredRange } from './ranges.ts';

export type FetchRequest = PartitionName & {
  readonly offset: number;
  /** A first batch (or record) that is larger is still returned. */
  readonly maxBytes: number;
  /** How long to wait when there is nothing yet. */
  readonly waitMillis: number;
};

export type Bounds = {
  /** The first offset that may be read. */
  readonly logStart: number;
  /** The log end offset: all below it is committed. */
  readonly highWatermark: number;
};

export type FetchedBatches = Bounds & {
  /** Whole record batches with their offsets, back to back; the first may begin before the asked
   * offset. They are kept for others too: not to be changed. */
  readonly bytes: Uint8Array;
  /** Where to go on. */
  readonly nextOffset: number;
};

export type FetchedRecords = Bounds & {
  readonly records: readonly LogRecord[];
  readonly nextOffset: number;
};

/** @throws EngineError UNKNOWN_TOPIC, UNKNOWN_PARTITION, OFFSET_OUT_OF_RANGE (with both bounds),
 *   DAMAGED, THROTTLED, UNAVAILABLE */
export async function fetchBatches(
  engine: Engine,
  call: Call,
  request: FetchRequest,
): Promise<FetchedBatches> {
  const { batches, ...fetched } = await fetch(engine, call, request);
  return { ...fetched, bytes: joinBytes(batches.map(({ bytes }) => bytes)) };
}

/** The same, record by record from the asked offset on. */
export async function fetchRecords(
  engine: Engine,
  call: Call,
  request: FetchRequest,
): Promise<FetchedRecords> {
  const { batches, nextOffset, ...bounds } = await fetch(engine, call, request);
  const records: LogRecord[] = [];
  let bytes = 0;
  for (const batch of batches) {
    for (const record of recordsIn(batch)) {
      if (record.offset < request.offset) continue;
      bytes += replyBytes(record);
      if (bytes > request.maxBytes && records.length > 0) {
        return { ...bounds, records, nextOffset: record.offset };
      }
      records.push(record);
    }
  }
  return { ...bounds, records, nextOffset };
}

/** About what a record takes of a reply, beside the escapes and base64 of its key and value. */
function replyBytes({ key, value, headers }: LogRecord): number {
  let bytes = recordReplyBytes + (key?.length ?? 0) + (value?.length ?? 0);
  for (const header of headers) bytes += header.key.length + (header.value?.length ?? 0);
  return bytes;
}

export type Fetched = Bounds & {
  readonly batches: readonly StoredBatch[];
  readonly nextOffset: number;
};

async function fetch(engine: Engine, call: Call, request: FetchRequest): Promise<Fetched> {
  const until = Math.min(engine.clock.now() + request.waitMillis, call.deadline) as EpochMillis;
  return onPartition(engine, call, request, (id) =>
    fetchOrWait(engine, call, { ...request, id, until }),
  );
}

async function fetchOrWait(
  engine: Engine,
  call: Call,
  wanted: FetchRequest & { readonly id: PartitionId; readonly until: EpochMillis },
): Promise<Fetched> {
  const { id, offset, until } = wanted;
  for (;;) {
    const watch = engine.arrivals.watch(partitionPk(id));
    try {
      const head = await headOf(engine, call, id);
      checkOffset(head, offset);
      if (offset < head.nextOffset) return await fetchBelowEnd(engine, call, wanted, { id, head });
      const nothing = { ...boundsOf(head), batches: [], nextOffset: offset };
      const left = until - engine.clock.now();
      if (left <= 0 || engine.arrivals.ended) return nothing;
      const pause = Math.min(left, engine.settings.headPollMillis ?? left);
      await engine.clock.sleep(pause, watch.arrived);
      // There is no time for another look.
      if (engine.clock.now() >= call.deadline) return nothing;
    } finally {
      watch.close();
    }
  }
}

function boundsOf({ logStart, nextOffset }: Head): Bounds {
  return { logStart, highWatermark: nextOffset };
}

function checkOffset({ logStart, nextOffset }: Head, offset: number): void {
  if (offset >= logStart && offset <= nextOffset) return;
  const message = `offset ${offset} is out of range: the log holds ${logStart} to ${nextOffset}`;
  const detail = { field: 'offset', logStart, highWatermark: nextOffset };
  throw new EngineError('OFFSET_OUT_OF_RANGE', message, detail);
}

type Below = { readonly id: PartitionId; readonly head: Head };

/** What stands from an offset on that is below the head's end. An object that is missing under a
 * ref means that the index was old, and it is read again; when it still names the same object, that
 * is damage. */
export async function fetchBelowEnd(
  engine: Engine,
  call: Call,
  { offset, maxBytes }: Pick<FetchRequest, 'offset' | 'maxBytes'>,
  { id, head: first }: Below,
): Promise<Fetched> {
  let head = first;
  let missing: SegmentId | undefined;
  for (let rereads = 0; rereads <= fetchRereadsMax; rereads++) {
    const refs = await findRefs(engine, call, { id, head, offset }, maxBytes);
    const read = await readRanges(engine, call, refs);
    if (read.kind === 'ranges' && refs.length > 0) {
      return { ...boundsOf(head), ...take(read.ranges, offset, maxBytes) };
    }
    if (read.kind === 'missing') {
      if (read.segment === missing) {
        throw new EngineError('DAMAGED', 'the index names a segment that is not stored');
      }
      missing = read.segment;
    }
    engine.chunks.drop(partitionPk(id));
    head = await headOf(engine, call, id);
    checkOffset(head, offset);
  }
  throw new EngineError('UNAVAILABLE', 'the index changed while it was read; try again');
}

/** Batches from the offset on, as many as fit; at least one. */
function take(
  ranges: readonly StoredRange[],
  offset: number,
  maxBytes: number,
): Pick<Fetched, 'batches' | 'nextOffset'> {
  const batches: StoredBatch[] = [];
  let nextOffset = offset;
  let bytes = 0;
  for (const batch of ranges.flatMap((range) => range.batches)) {
    if (batch.endOffset <= offset) continue;
    bytes += batch.bytes.length;
    if (bytes > maxBytes && batches.length > 0) break;
    batches.push(batch);
    nextOffset = batch.endOffset;
  }
  return { batches, nextOffset };
}
