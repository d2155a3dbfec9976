// Sees every change of a chunk. A roll puts it, with the refs that were appended there; a rewrite
// puts one ref in the place of all of its, over the same offsets, and to bytes that hold the same
// records, or of a topic that is compacted those that may stay; retention deletes it, once all of
// it is below the log start.

import { type EpochMillis, segmentTime } from '../../../shared/ids.ts';
import { offsetMax, refBytes } from '../../../shared/limits.ts';
import { type Head, readHead } from '../../../shared/log/head.ts';
import { decodeRef, refCount, sameRef } from '../../../shared/log/ref.ts';
import { segmentKey } from '../../../shared/segment/keys.ts';
import { bytesIn, type Item, type Key, numberIn } from '../../../shared/store/algebra.ts';
import {
  chunkBaseOffset,
  chunkItem,
  chunkSk,
  headKey,
  partitionPk,
} from '../../../shared/store/items.ts';
import { isSameRecord, sameBytes } from '../check/lost-write.ts';
import type { StoredItems } from '../check/stored-state.ts';
import { judgeDated, judgeLeavings } from './judge-leavings.ts';
import type { ObjectWatch } from './object-watch.ts';
import { recordsUnder, type StoredRecord } from './stored-records.ts';
import type { WatchedAppend, WatchedPartition } from './watched-partition.ts';

export type ChunkWatchParts = {
  readonly items: StoredItems;
  readonly objects: ObjectWatch;
  /** Numbers the events of the run. */
  readonly next: () => number;
  /** The true time, and how far ahead of it a clock may be. */
  readonly now: () => EpochMillis;
  readonly aheadMillisMax: number;
};

type Say = (what: string) => void;

type Rewritten = {
  readonly after: Item;
  readonly was: readonly StoredRecord[];
  readonly is: readonly StoredRecord[];
};

export class ChunkWatch {
  readonly violations: string[] = [];
  readonly #parts: ChunkWatchParts;
  readonly #known = new WeakMap<WatchedAppend, readonly StoredRecord[] | string>();

  constructor(parts: ChunkWatchParts) {
    this.#parts = parts;
  }

  changed(
    partition: WatchedPartition,
    key: Key,
    before: Item | undefined,
    after: Item | undefined,
  ): void {
    const say = (what: string) => this.violations.push(`${key.pk} ${key.sk}: ${what}`);
    const head = this.headOf(partition);
    if (after === undefined) {
      const isOver = head === undefined || endOf(before as Item) <= head.logStart;
      if (!isOver) say('I1: a chunk was deleted that is not below the log start');
    } else if (before === undefined) this.#put(partition, head, after, say);
    else this.#replaced(partition, head, [before, after], say);
  }

  headOf({ id }: WatchedPartition): Head | undefined {
    const item = this.#parts.items.peek(headKey(id));
    return item && readHead(item);
  }

  /** What the refs of a chunk name. @returns in words: what is wrong with it. */
  recordsOf(chunk: Item): readonly StoredRecord[] | string {
    const records: StoredRecord[] = [];
    let baseOffset = chunkBaseOffset(chunk.sk);
    for (const packed of refsIn(chunk)) {
      const read = this.#read(packed, baseOffset);
      if (typeof read === 'string') return read;
      records.push(...read);
      baseOffset += refCount(packed);
    }
    return records;
  }

  #read(packed: Uint8Array, baseOffset: number): readonly StoredRecord[] | string {
    const { segment, position, length, count } = decodeRef(packed);
    const bytes = this.#parts.objects.bytesOf(segmentKey(segment));
    const own = bytes?.subarray(position, position + length);
    if (own?.length !== length) return `${segmentKey(segment)} has no such range`;
    return recordsUnder(own, { baseOffset, count });
  }

  #put({ appends }: WatchedPartition, head: Head | undefined, after: Item, say: Say): void {
    const base = chunkBaseOffset(after.sk);
    if (!isAsAppended(after, appends)) say('I3: a chunk holds other refs than were appended there');
    if (head === undefined || endOf(after) <= head.logStart) return;
    if (base < head.tailBase) say('I1: a chunk was put where the tail no longer is');
    if (numberIn(after, chunkItem.timeThrough) !== timeThrough(appends, endOf(after))) {
      say('a chunk has another greatest time than what stands before its end');
    }
    for (const what of this.#missingObjects(after)) say(what);
  }

  #replaced(
    partition: WatchedPartition,
    head: Head | undefined,
    [before, after]: readonly [Item, Item],
    say: Say,
  ): void {
    const isSame = sameBytes(bytesIn(before, chunkItem.refs), bytesIn(after, chunkItem.refs));
    if (before[chunkItem.timeThrough] !== after[chunkItem.timeThrough]) {
      say('the greatest time of a chunk changed');
    }
    // Of a partition that is gone nobody reads anything.
    if (isSame || head === undefined) return;
    if (refsIn(after).length !== 1) say('I3: a chunk was put again with other refs');
    if (endOf(after) !== endOf(before)) say('I15: a chunk came to cover other offsets');
    for (const what of this.#missingObjects(after)) say(what);
    const [was, is] = [this.recordsOf(before), this.recordsOf(after)];
    if (typeof is === 'string') say(`I11: ${is}`);
    else if (typeof was !== 'string') this.#rewritten(partition, head, { after, was, is }, say);
  }

  #missingObjects(chunk: Item): readonly string[] {
    const { there } = this.#parts.objects;
    const keys = refsIn(chunk).map((packed) => segmentKey(decodeRef(packed).segment));
    return [...new Set(keys)]
      .filter((key) => !there.has(key))
      .map((key) => `I11: a ref to ${key}, which is not stored`);
  }

  #rewritten(
    partition: WatchedPartition,
    head: Head,
    { after, was, is }: Rewritten,
    say: Say,
  ): void {
    const { next, now, aheadMillisMax } = this.#parts;
    const event = next();
    const baseOffset = chunkBaseOffset(after.sk);
    partition.rewrites.push({ baseOffset, endOffset: endOf(after), event });
    const madeAt = segmentTime(decodeRef(refsIn(after)[0] as Uint8Array).segment);
    const dated: StoredRecord[] = [];
    const found = new Map(was.map((record) => [record.offset, record]));
    for (const record of is) {
      const before = found.get(record.offset);
      found.delete(record.offset);
      if (before === undefined) say(`I15: ${record.id} came to stand at ${record.offset}`);
      else if (!isUnchanged(before, record)) say(`I15: ${record.id} was rewritten as another`);
      const { deleteHorizon, offset, value } = record;
      if (value !== null || deleteHorizon === undefined || partition.horizons.has(offset)) continue;
      partition.horizons.set(offset, { madeAt, at: now() });
      dated.push(record);
    }
    const stored = this.#stored(partition, head);
    for (const what of judgeDated(dated, stored)) say(what);
    const left = [...found.values()].filter(({ offset }) => offset >= head.logStart);
    if (left.length === 0) return;
    const facts = { partition, event, now: now(), latest: now() + aheadMillisMax };
    const cleanable = this.#appended(partition).filter(({ offset }) => offset < head.tailBase);
    const violations = judgeLeavings(left, { ...facts, cleanable, stored });
    for (const what of violations) say(what);
  }

  /** All there ever were. */
  #appended({ appends }: WatchedPartition): readonly StoredRecord[] {
    return appends.flatMap((append) => {
      let known = this.#known.get(append);
      if (known === undefined) {
        known = this.#read(append.packed, append.baseOffset);
        this.#known.set(append, known);
      }
      return typeof known === 'string' ? [] : known;
    });
  }

  /** What the chunks of a partition hold now, from the log start on. */
  #stored(partition: WatchedPartition, head: Head): readonly StoredRecord[] {
    return chunksOf(this.#parts.items, partition, head).flatMap((chunk) => {
      const records = this.recordsOf(chunk);
      if (typeof records === 'string') return [];
      return records.filter(({ offset }) => offset >= head.logStart);
    });
  }
}

/** Those that are not wholly below the log start, nor above the tail's base. */
export function chunksOf(
  items: StoredItems,
  { id }: Pick<WatchedPartition, 'id'>,
  { logStart, tailBase }: Pick<Head, 'logStart' | 'tailBase'>,
): readonly Item[] {
  const range = { pk: partitionPk(id), from: chunkSk(0), to: chunkSk(offsetMax) };
  return items
    .peekRange({ ...range, limit: Number.MAX_SAFE_INTEGER })
    .filter((chunk) => chunkBaseOffset(chunk.sk) < tailBase && endOf(chunk) > logStart);
}

export function refsIn(chunk: Item): readonly Uint8Array[] {
  const packed = bytesIn(chunk, chunkItem.refs);
  return Array.from({ length: packed.length / refBytes }, (_, at) =>
    packed.subarray(at * refBytes, (at + 1) * refBytes),
  );
}

export function endOf(chunk: Item): number {
  return refsIn(chunk).reduce((sum, ref) => sum + refCount(ref), chunkBaseOffset(chunk.sk));
}

/** It holds the refs that were appended there. */
export function isAsAppended(chunk: Item, appends: readonly WatchedAppend[]): boolean {
  const first = appends.findIndex(({ baseOffset }) => baseOffset === chunkBaseOffset(chunk.sk));
  const isThere = (ref: Uint8Array, at: number) => {
    const append = appends[first + at];
    return append !== undefined && sameRef(ref, append.packed);
  };
  return first >= 0 && refsIn(chunk).every(isThere);
}

/** The greatest of all that stands before the offset. */
function timeThrough(appends: readonly WatchedAppend[], offset: number): number {
  const before = appends.filter(({ baseOffset }) => baseOffset < offset);
  return before.reduce((greatest, { ref }) => Math.max(greatest, ref.timestampMax), -1);
}

/** A tombstone that says when it may go says so for ever. */
function isUnchanged(was: StoredRecord, is: StoredRecord): boolean {
  const isDated = was.value === null && was.deleteHorizon !== undefined;
  return isSameRecord(was, is) && (!isDated || was.deleteHorizon === is.deleteHorizon);
}
