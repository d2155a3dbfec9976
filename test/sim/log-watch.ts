// Sees every change of a store as it happens: what each partition's log came to hold, and whether a
// head, a chunk or an object ever changed in a way that it may not. It looks at what is written,
// not at who wrote it, and so knows nothing of the engine but its format.

import { type EpochMillis, segmentTime, type TopicId } from '../../shared/ids.ts';
import { type Head, readHead } from '../../shared/log/head.ts';
import { decodeRef, refCount, sameRef } from '../../shared/log/ref.ts';
import { segmentKey } from '../../shared/segment/keys.ts';
import { type Item, type Key, keyOf, mapIn } from '../../shared/store/algebra.ts';
import type { Stores } from '../../shared/store/counted.ts';
import {
  chunkKey,
  headItem,
  partitionPk,
  rewriteItem,
  topicItem,
  topicsPk,
} from '../../shared/store/items.ts';
import type { ReplicatedTable } from '../world/replicated-table.ts';
import { ChunkWatch, chunksOf, endOf, refsIn } from './upkeep/chunk-watch.ts';
import { ObjectWatch } from './upkeep/object-watch.ts';
import { startRaised } from './upkeep/start-raised.ts';
import type { WatchedPartition } from './upkeep/watched-partition.ts';

/** An item was another before. */
export type Changed = (key: Key, before: Item | undefined, after: Item | undefined) => void;

export type LogWatchParts = {
  readonly stored: ReplicatedTable;
  /** Numbers the events of the run. */
  readonly next: () => number;
  /** The true time. */
  readonly now: () => EpochMillis;
  /** How far ahead of it a clock may be. @default 0 */
  readonly aheadMillisMax?: number;
  /** Is told of every change too. */
  readonly others?: Changed;
};

/** Numbers that never fall, of a head and of what says how far rewrites are. */
const risingOfHead = ['nextOffset', 'logStart', 'tailBase', 'evictedUpTo', 'sweptBefore'] as const;
const risingOfRewrites = ['sweptBefore', 'mergedTo', 'version'] as const;

type WatchedTopic = Pick<WatchedPartition, 'named' | 'configs'> & { readonly name: string };

const nameless: WatchedTopic = { name: 'nameless', named: 0, configs: new Map() };

type Say = (what: string) => void;

export class LogWatch {
  readonly partitions = new Map<string, WatchedPartition>();
  readonly objects = new ObjectWatch((key) => this.#beforeDelete(key));
  readonly chunks: ChunkWatch;
  /** Changes of partitions and their topics, so far. */
  changes = 0;
  readonly #topics = new Map<string, WatchedTopic>();
  readonly #violations: string[] = [];
  readonly #parts: LogWatchParts;

  constructor(parts: LogWatchParts) {
    this.#parts = parts;
    const { stored: items, next, now, aheadMillisMax = 0 } = parts;
    this.chunks = new ChunkWatch({ items, objects: this.objects, next, now, aheadMillisMax });
  }

  get violations(): readonly string[] {
    return [...this.#violations, ...this.chunks.violations, ...this.objects.violations];
  }

  /** The stores, watched. */
  around({ objects }: Pick<Stores, 'objects'>): Stores {
    const { stored } = this.#parts;
    return {
      objects: this.objects.around(objects),
      table: {
        get: (key, read) => stored.get(key, read),
        query: (range) => stored.query(range),
        write: (write) => this.#watched([keyOf(write)], () => stored.write(write)),
        transact: (writes) => this.#watched(writes.map(keyOf), () => stored.transact(writes)),
      },
    };
  }

  #watched<Result>(keys: readonly Key[], work: () => Promise<Result>): Promise<Result> {
    const { stored, others } = this.#parts;
    const before = keys.map((key) => stored.peek(key));
    const working = work();
    for (const [index, key] of keys.entries()) {
      const after = stored.peek(key);
      if (after === before[index]) continue;
      this.#changed(key, before[index], after);
      others?.(key, before[index], after);
    }
    return working;
  }

  #changed(key: Key, before: Item | undefined, after: Item | undefined): void {
    if (key.pk === topicsPk && after !== undefined) {
      const id = after[topicItem.id] as string;
      const configs = new Map(
        Object.entries(mapIn(after, topicItem.configs)) as [string, string][],
      );
      const topic = { name: key.sk, named: this.#parts.next(), configs };
      if (!this.#topics.has(id)) this.#topics.set(id, topic);
    }
    if (!key.pk.startsWith('part#')) return;
    this.changes++;
    const partition = () => this.#partitionAt(key.pk);
    if (key.sk === 'head') this.#headChanged(partition(), key, before, after);
    if (key.sk === 'rewrite') this.#rewritesChanged(key, before, after);
    if (key.sk.startsWith('chunk#')) this.chunks.changed(partition(), key, before, after);
  }

  #headChanged(
    partition: WatchedPartition,
    key: Key,
    before: Item | undefined,
    after: Item | undefined,
  ): void {
    if (after === undefined) {
      partition.gone = Math.min(partition.gone, this.#parts.next());
      return;
    }
    const head = readHead(after);
    const say = (what: string) => this.#violations.push(`${key.pk}: ${what}`);
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
    for (const name of risingOfHead) {
      const [was, is] = [before[headItem[name]] as number, after[headItem[name]] as number];
      if (is < was) say(`I4: ${name} fell from ${was} to ${is}`);
    }
    this.#tailChanged(partition, readHead(before), head, say);
    const raise = { from: before[headItem.logStart] as number, to: head.logStart };
    if (raise.to <= raise.from) return;
    const chunks = chunksOf(this.#parts.stored, partition, head);
    partition.starts.push(startRaised(partition, raise, this.#parts, chunks));
  }

  #rewritesChanged(key: Key, before: Item | undefined, after: Item | undefined): void {
    if (before === undefined || after === undefined) return;
    for (const name of risingOfRewrites) {
      const [was, is] = [before[rewriteItem[name]] as number, after[rewriteItem[name]] as number];
      if (is < was) this.#violations.push(`${key.pk}: I15: ${name} fell from ${was} to ${is}`);
    }
  }

  /** What left the tail is in chunks, or below the log start; what came is at its end, and its
   * bytes are stored. */
  #tailChanged(partition: WatchedPartition, before: Head, after: Head, say: Say): void {
    const left = this.#refsThatLeft(before, after);
    if (left === undefined) {
      say(`the tail was cut at ${after.tailBase}, where no ref of it begins`);
      return;
    }
    const chunked = this.#chunkedRefs(partition, before.tailBase, after.tailBase);
    let base = before.tailBase;
    const isKept = left.every((ref) => {
      const there = chunked.get(base);
      base += refCount(ref);
      return there === undefined ? base <= after.logStart : sameRef(ref, there);
    });
    if (!isKept) say(`I1: refs from ${before.tailBase} on left the tail, and are not in chunks`);
    const stayed = before.tail.slice(left.length);
    if (!stayed.every((ref, at) => isRef(after.tail[at], ref))) {
      say('I3: refs that stayed in the tail are others now');
    }
    const last = chunksOf(this.#parts.stored, partition, after).at(-1);
    if (last !== undefined && endOf(last) > after.tailBase) {
      say(`I4: the tail begins at ${after.tailBase}, within the chunk of ${last.sk}`);
    }
    const event = this.#parts.next();
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

  /** By offset. */
  #chunkedRefs({ id }: WatchedPartition, from: number, to: number): Map<number, Uint8Array> {
    const refs = new Map<number, Uint8Array>();
    for (let offset = from; offset < to; ) {
      const chunk = this.#parts.stored.peek(chunkKey(id, offset));
      if (chunk === undefined) break;
      for (const ref of refsIn(chunk)) {
        refs.set(offset, ref);
        offset += refCount(ref);
      }
    }
    return refs;
  }

  #appended(partition: WatchedPartition, packed: Uint8Array, event: number, say: Say): void {
    const ref = decodeRef(packed);
    const key = segmentKey(ref.segment);
    const length = this.objects.bytesOf(key)?.length ?? 0;
    if (!this.objects.there.has(key) || length < ref.position + ref.length) {
      say(`I11: a ref to ${key} (${segmentTime(ref.segment)}), which is not stored`);
    }
    partition.appends.push({ ref, packed, baseOffset: partition.endOffset, event });
    partition.endOffset += ref.count;
  }

  /** Of partitions that are there, and what is not below their log start. */
  #beforeDelete(object: string): void {
    for (const [pk, partition] of this.partitions) {
      const head = this.chunks.headOf(partition);
      if (head === undefined) continue;
      const chunks = chunksOf(this.#parts.stored, partition, {
        ...head,
        tailBase: head.nextOffset,
      });
      const refs = [...head.tail, ...chunks.flatMap(refsIn)];
      if (!refs.some((ref) => segmentKey(decodeRef(ref).segment) === object)) continue;
      this.#violations.push(`I13: ${object} was deleted, and ${pk} names it`);
    }
  }

  #partitionAt(pk: string): WatchedPartition {
    const known = this.partitions.get(pk);
    if (known !== undefined) return known;
    const [, topicId = '', partition] = pk.split('#');
    const id = { topicId: topicId as TopicId, partition: Number(partition) };
    const { name: topic, named, configs } = this.#topics.get(topicId) ?? nameless;
    const fresh: WatchedPartition = {
      id,
      topic,
      named,
      configs,
      gone: Number.POSITIVE_INFINITY,
      appends: [],
      endOffset: 0,
      starts: [],
      rewrites: [],
      leavings: new Map(),
      horizons: new Map(),
    };
    this.partitions.set(partitionPk(id), fresh);
    return fresh;
  }
}

function isRef(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one === other || (one !== undefined && sameRef(one, other));
}
