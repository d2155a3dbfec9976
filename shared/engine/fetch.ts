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
import { type Bounds, boundsOf, offsetOutOfRange } from './bounds.ts';
import type { Call, Engine } from './engine.ts';
import { findRefs } from './find-refs.ts';
import { headOf } from './heads.ts';
import { onPartition } from './on-topic.ts';
import { hasRecordFrom, readRanges, recordCountOf, recordsIn, type StoredBatch } from './ranges.ts';

/** Where compaction has left nothing, a fetch for records looks at so many times fetchRefsMax refs
 * on its way to the first one: some seconds of an index that it does not know. */
export const emptyStretchesMax = 32;

export type FetchRequest = PartitionName & {
  readonly offset: number;
  /** A first batch (or record) that is larger is still returned. */
  readonly maxBytes: number;
  /** How long to wait when there is nothing yet. */
  readonly waitMillis: number;
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
  const { batches, ...fetched } = await fetch(engine, call, request, fetchBelowEnd);
  call.tally.consumedMessages += recordCountOf(batches);
  return { ...fetched, bytes: joinBytes(batches.map(({ bytes }) => bytes)) };
}

/** The same, record by record from the asked offset on. Where compaction has left nothing it goes
 * on to the first record there is: only at the end of the log, or of a long way, are there none. */
export async function fetchRecords(
  engine: Engine,
  call: Call,
  request: FetchRequest,
): Promise<FetchedRecords> {
  const fetched = await fetch(engine, call, request, fetchRecordsBelowEnd);
  const { batches, nextOffset, ...bounds } = fetched;
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

/** How what is below the end is read. */
type ReadBelowEnd = typeof fetchBelowEnd;

async function fetch(
  engine: Engine,
  call: Call,
  request: FetchRequest,
  readBelowEnd: ReadBelowEnd,
): Promise<Fetched> {
  const until = Math.min(engine.clock.now() + request.waitMillis, call.deadline) as EpochMillis;
  return onPartition(engine, call, request, (id) =>
    fetchOrWait(engine, call, { ...request, id, until }, readBelowEnd),
  );
}

async function fetchOrWait(
  engine: Engine,
  call: Call,
  wanted: FetchRequest & { readonly id: PartitionId; readonly until: EpochMillis },
  readBelowEnd: ReadBelowEnd,
): Promise<Fetched> {
  const { id, maxBytes, until } = wanted;
  let { offset } = wanted;
  for (;;) {
    const watch = engine.arrivals.watch(partitionPk(id));
    try {
      const head = await headOf(engine, call, id);
      checkOffset(head, offset);
      let bounds = boundsOf(head);
      if (offset < head.nextOffset) {
        const fetched = await readBelowEnd(engine, call, { offset, maxBytes }, { id, head });
        const { batches, nextOffset, ...seen } = fetched;
        if (batches.length > 0 || nextOffset < seen.highWatermark) return fetched;
        // Nothing is left up to there, as the head says that was read last.
        offset = nextOffset;
        bounds = seen;
      }
      const nothing = { ...bounds, batches: [], nextOffset: offset };
      const left = until - engine.clock.now();
      if (left <= 0 || engine.arrivals.ended) return nothing;
      const pause = Math.min(left, engine.settings.headPollMillis ?? left);
      const pausedAt = engine.clock.now();
      await engine.clock.sleep(pause, watch.arrived);
      call.tally.waitedMillis += engine.clock.now() - pausedAt;
      // There is no time for another look.
      if (engine.clock.now() >= call.deadline) return nothing;
    } finally {
      watch.close();
    }
  }
}

function checkOffset(head: Head, offset: number): void {
  if (offset < head.logStart || offset > head.nextOffset) throw offsetOutOfRange(head, offset);
}

/** For whoever begins within the log, as its head has told him: retention has taken that since. */
export function overtaken(error: unknown): undefined {
  if (error instanceof EngineError && error.code === 'OFFSET_OUT_OF_RANGE') return undefined;
  throw error;
}

type Below = { readonly id: PartitionId; readonly head: Head };
type WantedBelow = Pick<FetchRequest, 'offset' | 'maxBytes'>;

/** What stands from an offset on that is below the head's end, batches that hold nothing, too. An
 * object that is missing under a ref means that the index was old, and it is read again, strongly;
 * when it still names the same object, that is damage. */
export function fetchBelowEnd(
  engine: Engine,
  call: Call,
  wanted: WantedBelow,
  below: Below,
): Promise<Fetched> {
  return fetchStretch(engine, call, wanted, below, false);
}

/** The same, from the first record on: whatever compaction has left nothing of is passed over, up
 * to the head's end, or a bound. There are batches only if one of them has a record that is
 * wanted. */
export async function fetchRecordsBelowEnd(
  engine: Engine,
  call: Call,
  { offset: from, maxBytes }: WantedBelow,
  { id, head }: Below,
): Promise<Fetched> {
  let offset = from;
  for (let stretches = 1; ; stretches++) {
    const wanted = { offset, maxBytes };
    const fetched = await fetchStretch(engine, call, wanted, { id, head }, true);
    if (fetched.batches.some((batch) => hasRecordFrom(batch, offset))) return fetched;
    offset = fetched.nextOffset;
    const isOver = offset >= head.nextOffset || stretches >= emptyStretchesMax;
    if (isOver || engine.clock.now() >= call.deadline) return { ...fetched, batches: [] };
  }
}

async function fetchStretch(
  engine: Engine,
  call: Call,
  { offset, maxBytes }: WantedBelow,
  { id, head: first }: Below,
  passesEmpty: boolean,
): Promise<Fetched> {
  let head = first;
  let missing: SegmentId | undefined;
  for (let rereads = 0; rereads <= fetchRereadsMax; rereads++) {
    const place = { id, head, offset, strong: rereads > 0 };
    const { refs, end } = await findRefs(engine, call, place, { bytesMax: maxBytes, passesEmpty });
    const read = await readRanges(engine, call, refs);
    if (read.kind === 'ranges' && end > offset) {
      const batches = read.ranges.flatMap((range) => range.batches);
      return { ...boundsOf(head), ...take(batches, { offset, end }, maxBytes) };
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

/** Those from the offset on, as many as fit; at least one, if there is one.
 * @param range.end up to where they are all. */
function take(
  all: readonly StoredBatch[],
  { offset, end }: { readonly offset: number; readonly end: number },
  maxBytes: number,
): Pick<Fetched, 'batches' | 'nextOffset'> {
  const batches: StoredBatch[] = [];
  let bytes = 0;
  for (const batch of all) {
    if (batch.endOffset <= offset) continue;
    bytes += batch.bytes.length;
    if (bytes > maxBytes && batches.length > 0) return { batches, nextOffset: batch.baseOffset };
    batches.push(batch);
  }
  return { batches, nextOffset: end };
}
