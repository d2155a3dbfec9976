// Sees every change of a store as it happens: what each partition's log came to hold, and whether a
// head, a chunk or an object ever changed in a way that it may not. It looks at what is written,
// not at who wrote it, and so knows nothing of the engine but its format.

import { type PartitionId, segmentTime, type TopicId } from '../../shared/ids.ts';
import { refBytes } from '../../shared/limits.ts';
import { type Head, readHead } from '../../shared/log/head.ts';
import { decodeRef, type Ref, refCount, sameRef } from '../../shared/log/ref.ts';
import { segmentKey } from '../../shared/segment/keys.ts';
import { bytesIn, type Item, type Key, keyOf } from '../../shared/store/algebra.ts';
import type { Stores } from '../../shared/store/counted.ts';
import {
  chunkBaseOffset,
  chunkItem,
  chunkKey,
  headItem,
  partitionPk,
  topicItem,
  topicsPk,
} from '../../shared/store/items.ts';
import type { ObjectToPut } from '../../shared/store/objects.ts';
import type { ReplicatedTable } from '../world/replicated-table.ts';

/** One ref, as it was appended to a head. */
export type WatchedAppend = {
  readonly ref: Ref;
  readonly packed: Uint8Array;
  readonly baseOffset: number;
  readonly event: number;
};

export type WatchedPartition = {
  readonly id: PartitionId;
  readonly topic: string;
  readonly appends: WatchedAppend[];
  endOffset: number;
  /** When its topic was named first, and when its head was deleted first. */
  readonly named: number;
  gone: number;
};

/** An item was another before. */
export type Changed = (key: Key, before: Item | undefined, after: Item | undefined) => void;

/** Of a head, numbers that never fall. */
const rising = ['nextOffset', 'logStart', 'tailBase', 'evictedUpTo', 'sweptBefore'] as const;

export class LogWatch {
  readonly partitions = new Map<string, WatchedPartition>();
  readonly violations: string[] = [];
  readonly #topics = new Map<string, { readonly name: string; readonly named: number }>();
  readonly #objects = new Map<string, { readonly crc32c: number; readonly length: number }>();
  readonly #stored: ReplicatedTable;
  readonly #next: () => number;
  readonly #others: Changed;

  /** @param next numbers the events of the run. @param others is told of every change too. */
  constructor(stored: ReplicatedTable, next: () => number, others: Changed = () => undefined) {
    this.#stored = stored;
    this.#next = next;
    this.#others = others;
  }

  /** The stores, watched. */
  around({ objects }: Pick<Stores, 'objects'>): Stores {
    const stored = this.#stored;
    return {
      objects: {
        ...objects,
        put: (object) => {
          this.#put(object);
          return objects.put(object);
        },
      },
      table: {
        get: (key, read) => stored.get(key, read),
        query: (range) => stored.query(range),
        write: (write) => this.#watched([keyOf(write)], () => stored.write(write)),
        transact: (writes) => this.#watched(writes.map(keyOf), () => stored.transact(writes)),
      },
    };
  }

  #watched<Result>(keys: readonly Key[], work: () => Promise<Result>): Promise<Result> {
    const before = keys.map((key) => this.#stored.peek(key));
    const working = work();
    for (const [index, key] of keys.entries()) {
      const after = this.#stored.peek(key);
      if (after === before[index]) continue;
      this.#changed(key, before[index], after);
      this.#others(key, before[index], after);
    }
    return working;
  }

  #put({ key, parts, crc32c }: ObjectToPut): void {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const before = this.#objects.get(key);
    if (before === undefined) this.#objects.set(key, { crc32c, length });
    else if (before.crc32c !== crc32c || before.length !== length) {
      this.violations.push(`I12: ${key} was put again with other bytes`);
    }
  }

  #changed(key: Key, before: Item | undefined, after: Item | undefined): void {
    if (key.pk === topicsPk && after !== undefined) {
      const id = after[topicItem.id] as string;
      if (!this.#topics.has(id)) this.#topics.set(id, { name: key.sk, named: this.#next() });
    }
    if (!key.pk.startsWith('part#')) return;
    if (key.sk === 'head') this.#headChanged(key, before, after);
    if (key.sk.startsWith('chunk#')) this.#chunkChanged(key, before, after);
  }

  #headChanged(key: Key, before: Item | undefined, after: Item | undefined): void {
    const partition = this.#partitionAt(key.pk);
    if (after === undefined) {
      partition.gone = Math.min(partition.gone, this.#next());
      return;
    }
    const head = readHead(after);
    const say = (what: string) => this.violations.push(`${key.pk}: ${what}`);
    const end = head.tail.reduce((sum, ref) => sum + refCount(ref), head.tailBase);
    if (end !== head.nextOffset) {
      say(`I4: nextOffset is ${head.nextOffset}, and tailBase and the tail's counts make ${end}`);
    }
    if (head.logStart > head.nextOffset) say('I14: logStart is above nextOffset');
    if (before === undefined) {
      if (partition.gone < Number.POSITIVE_INFINITY) say('I16: a head came back that was deleted');
      if (head.nextOffset !== 0 || head.tail.length > 0) say('a head was made that is not empty');
      return;
    }
    for (const name of rising) {
      const [was, is] = [before[headItem[name]] as number, after[headItem[name]] as number];
      if (is < was) say(`I4: ${name} fell from ${was} to ${is}`);
    }
    this.#tailChanged(partition, readHead(before), head, say);
  }

  /** What left the tail is in chunks; what came is at its end, and its bytes are stored. */
  #tailChanged(
    partition: WatchedPartition,
    before: Head,
    after: Head,
    say: (what: string) => void,
  ): void {
    const left = this.#refsThatLeft(before, after);
    if (left === undefined) {
      say(`the tail was cut at ${after.tailBase}, where no ref of it begins`);
      return;
    }
    const chunks = this.#chunkedRefs(partition.id, before.tailBase, after.tailBase);
    const kept = left.length === chunks.length && left.every((ref, at) => same(ref, chunks[at]));
    if (!kept) say(`I1: refs from ${before.tailBase} on left the tail, and are not in chunks`);
    const stayed = before.tail.slice(left.length);
    if (!stayed.every((ref, at) => same(ref, after.tail[at]))) {
      say('I3: refs that stayed in the tail are others now');
    }
    const event = this.#next();
    for (const ref of after.tail.slice(stayed.length)) this.#appended(partition, ref, event, say);
  }

  #refsThatLeft(before: Head, after: Head): readonly Uint8Array[] | undefined {
    let at = 0;
    let offset = before.tailBase;
    while (offset < after.tailBase && at < before.tail.length) {
      offset += refCount(before.tail[at++] as Uint8Array);
    }
    return offset === after.tailBase ? before.tail.slice(0, at) : undefined;
  }

  #chunkedRefs(id: PartitionId, from: number, to: number): readonly Uint8Array[] {
    const refs: Uint8Array[] = [];
    let offset = from;
    while (offset < to) {
      const chunk = this.#stored.peek(chunkKey(id, offset));
      if (chunk === undefined) break;
      const own = refsIn(chunk);
      refs.push(...own);
      offset += own.reduce((sum, ref) => sum + refCount(ref), 0);
    }
    return refs;
  }

  #appended(
    partition: WatchedPartition,
    packed: Uint8Array,
    event: number,
    say: (what: string) => void,
  ): void {
    const ref = decodeRef(packed);
    const key = segmentKey(ref.segment);
    const object = this.#objects.get(key);
    if (object === undefined || object.length < ref.position + ref.length) {
      say(`I11: a ref to ${key} (${segmentTime(ref.segment)}), which is not stored`);
    }
    partition.appends.push({ ref, packed, baseOffset: partition.endOffset, event });
    partition.endOffset += ref.count;
  }

  #chunkChanged(key: Key, before: Item | undefined, after: Item | undefined): void {
    const say = (what: string) => this.violations.push(`${key.pk} ${key.sk}: ${what}`);
    if (after === undefined) {
      say('a chunk was deleted');
      return;
    }
    if (before !== undefined && !same(bytesIn(before, chunkItem.refs), refsOf(after))) {
      say('I3: a chunk was put again with other refs');
    }
    const { appends } = this.#partitionAt(key.pk);
    const base = chunkBaseOffset(key.sk);
    const first = appends.findIndex(({ baseOffset }) => baseOffset === base);
    const right = refsIn(after).every((ref, at) => same(ref, appends[first + at]?.packed));
    if (first < 0 || !right) say('I3: a chunk holds other refs than were appended there');
  }

  #partitionAt(pk: string): WatchedPartition {
    const known = this.partitions.get(pk);
    if (known !== undefined) return known;
    const [, topicId = '', partition] = pk.split('#');
    const id = { topicId: topicId as TopicId, partition: Number(partition) };
    const { name: topic, named } = this.#topics.get(topicId) ?? { name: 'nameless', named: 0 };
    const gone = Number.POSITIVE_INFINITY;
    const fresh = { id, topic, appends: [], endOffset: 0, named, gone };
    this.partitions.set(partitionPk(id), fresh);
    return fresh;
  }
}

function refsOf(chunk: Item): Uint8Array {
  return bytesIn(chunk, chunkItem.refs);
}

export function refsIn(chunk: Item): readonly Uint8Array[] {
  const packed = refsOf(chunk);
  return Array.from({ length: packed.length / refBytes }, (_, at) =>
    packed.subarray(at * refBytes, (at + 1) * refBytes),
  );
}

function same(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return one === other || (other !== undefined && sameRef(one, other));
}
