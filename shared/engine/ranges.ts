// The bytes under refs: read as few ranges, checked batch by batch, given their offsets, and kept.
// What is kept never changes, since a place in a segment holds one append for ever; and it is only
// kept once it was checked. Bytes that this process appended are kept without being read.

import { EngineError } from '../errors.ts';
import type { SegmentId } from '../ids.ts';
import { fetchReadsInFlightMax, storedRecordsBytesMax } from '../limits.ts';
import type { PlacedRef } from '../log/ref.ts';
import { crcHolds, readBatchHeader, setBaseOffset } from '../record/batch-header.ts';
import { splitBatches } from '../record/batches.ts';
import { decodeBatch } from '../record/decode-batch.ts';
import type { LogRecord } from '../record/record.ts';
import { segmentKey } from '../segment/keys.ts';
import type { Call, Engine } from './engine.ts';
import { repeatable } from './retry.ts';

/** A whole record batch, its offsets in place. */
export type StoredBatch = {
  readonly bytes: Uint8Array;
  readonly baseOffset: number;
  /** One past its last offset. */
  readonly endOffset: number;
};

/** What one ref names. `cost` is the memory it takes, in bytes. */
export type StoredRange = { readonly batches: readonly StoredBatch[]; readonly cost: number };

export type ReadRanges =
  | { readonly kind: 'ranges'; readonly ranges: readonly StoredRange[] }
  /** No such object: the index that named it was old, or is damaged. */
  | { readonly kind: 'missing'; readonly segment: SegmentId };

type Place = Omit<PlacedRef, 'timestampMax'>;

/** A bit that flipped on the way is right the second time; one that is stored wrong is not. */
const rangeTriesMax = 2;
/** Memory of a batch beside its bytes. */
const batchCost = 200;

/** One range a ref, in order.
 * @param also.keeps false: for whoever reads a log from end to end, and would only drive out what
 *   others read again and again. @default true
 * @param also.inFlight objects that are read at once. @default fetchReadsInFlightMax
 * @throws EngineError DAMAGED when the stored bytes are not what their ref and CRC say. */
export async function readRanges(
  engine: Engine,
  call: Call,
  refs: readonly PlacedRef[],
  { keeps = true, inFlight = fetchReadsInFlightMax } = {},
): Promise<ReadRanges> {
  const kept = refs.map((ref) => engine.ranges.get(placeOf(ref)));
  const runs = touchingRuns(refs.filter((_, index) => kept[index] === undefined));
  const read = { ranges: new Map<PlacedRef, StoredRange>(), keeps };
  for (let at = 0; at < runs.length; at += inFlight) {
    const batch = runs.slice(at, at + inFlight);
    const answers = await Promise.all(batch.map((run) => readRun(engine, call, run, read)));
    const missing = answers.find((answer) => answer !== undefined);
    if (missing !== undefined) return { kind: 'missing', segment: missing };
  }
  return {
    kind: 'ranges',
    ranges: refs.map((ref, index) => kept[index] ?? (read.ranges.get(ref) as StoredRange)),
  };
}

/** Keeps what was appended, so that readers at the tail read no object.
 * @param bytes that were put; base offsets are set in them. */
export function keepAppended(engine: Engine, place: Place, bytes: Uint8Array): void {
  // A small piece of a large buffer would keep all of it.
  const own = bytes.buffer.byteLength > 2 * bytes.length ? Uint8Array.from(bytes) : bytes;
  const batches = placeBatches(place, own);
  if (typeof batches !== 'string') keep(engine, place, batches);
}

/** Whether there is a record at that offset or after it. Only a batch that begins before it, and of
 * which compaction has left a part, is unpacked for it. @throws EngineError as recordsIn */
export function hasRecordFrom(batch: StoredBatch, offset: number): boolean {
  if (batch.endOffset <= offset) return false;
  const read = readBatchHeader(batch.bytes, 0);
  if (read.kind === 'header') {
    const { count, lastOffsetDelta } = read.header;
    if (count === 0) return false;
    if (batch.baseOffset >= offset || count === lastOffsetDelta + 1) return true;
  }
  return recordsIn(batch).some((record) => record.offset >= offset);
}

/** @throws EngineError DAMAGED: it was checked when it was stored, so it is not what was stored. */
export function recordsIn({ bytes }: StoredBatch): readonly LogRecord[] {
  const read = readBatchHeader(bytes, 0);
  const decoded =
    read.kind === 'header' ? decodeBatch(bytes, read.header, storedRecordsBytesMax) : read;
  if (decoded.kind === 'records') return decoded.records;
  throw new EngineError('DAMAGED', `a stored batch cannot be read: ${decoded.reason}`);
}

/** How many there are, by what the batches say of themselves. */
export function recordCountOf(batches: readonly StoredBatch[]): number {
  return batches.reduce((sum, { bytes }) => {
    const read = readBatchHeader(bytes, 0);
    return sum + (read.kind === 'header' ? read.header.count : 0);
  }, 0);
}

/** Those of all of them, one batch after the other: what a few bytes unpack to may be large. */
export function* recordsOf(batches: readonly StoredBatch[]): Generator<LogRecord> {
  for (const batch of batches) yield* recordsIn(batch);
}

/** Refs whose bytes lie one after the other in the same segment. */
function touchingRuns(refs: readonly PlacedRef[]): readonly (readonly PlacedRef[])[] {
  const runs: PlacedRef[][] = [];
  for (const ref of refs) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const touches =
      last !== undefined &&
      last.segment === ref.segment &&
      last.position + last.length === ref.position;
    if (touches) run?.push(ref);
    else runs.push([ref]);
  }
  return runs;
}

type Read = { readonly ranges: Map<PlacedRef, StoredRange>; readonly keeps: boolean };

/** @returns the segment that is not there; undefined: all went into `read`. */
async function readRun(
  engine: Engine,
  call: Call,
  run: readonly PlacedRef[],
  read: Read,
): Promise<SegmentId | undefined> {
  const [first] = run as [PlacedRef];
  const key = segmentKey(first.segment);
  const length = run.reduce((sum, ref) => sum + ref.length, 0);
  for (let tries = 1; ; tries++) {
    const bytes = await repeatable(engine, call, () =>
      call.objects.read({ key, position: first.position, length }),
    );
    if (bytes === undefined) return first.segment;
    const fault = unpackRun(engine, run, bytes, read);
    if (fault === undefined) return undefined;
    if (tries >= rangeTriesMax) {
      throw new EngineError('DAMAGED', `stored bytes are damaged: ${fault}`);
    }
  }
}

/** @returns what is wrong with the bytes; undefined: nothing. */
function unpackRun(
  engine: Engine,
  run: readonly PlacedRef[],
  bytes: Uint8Array,
  read: Read,
): string | undefined {
  let at = 0;
  for (const ref of run) {
    const own = bytes.subarray(at, at + ref.length);
    at += ref.length;
    const batches = placeBatches(ref, own, crcHolds);
    if (typeof batches === 'string') return batches;
    read.ranges.set(ref, read.keeps ? keep(engine, ref, batches) : rangeOf(batches));
  }
  return undefined;
}

/** The batches of a range, with their base offsets set in place.
 * @param isWhole checks each of them first.
 * @returns what is wrong with the bytes, in words, when something is. */
function placeBatches(
  { baseOffset, count }: Place,
  bytes: Uint8Array,
  isWhole: typeof crcHolds = () => true,
): readonly StoredBatch[] | string {
  const split = splitBatches(bytes);
  if (split.kind === 'malformed') return split.reason;
  if (!split.headers.every((header) => isWhole(bytes, header))) return 'a CRC does not hold';
  let offset = baseOffset;
  const batches = split.headers.map(({ position, length, lastOffsetDelta }) => {
    setBaseOffset(bytes, position, offset);
    const batch = { bytes: bytes.subarray(position, position + length), baseOffset: offset };
    offset += lastOffsetDelta + 1;
    return { ...batch, endOffset: offset };
  });
  return offset - baseOffset === count ? batches : 'a count is not its ref’s';
}

function keep(engine: Engine, place: Place, batches: readonly StoredBatch[]): StoredRange {
  const range = rangeOf(batches);
  engine.ranges.set(placeOf(place), range);
  return range;
}

function rangeOf(batches: readonly StoredBatch[]): StoredRange {
  const cost = batches.reduce((sum, { bytes }) => sum + bytes.length + batchCost, batchCost);
  return { batches, cost };
}

function placeOf({ segment, position, length }: Omit<Place, 'baseOffset' | 'count'>): string {
  return `${segment}:${position}:${length}`;
}
