// A log whose every write is watched, for the tests of the watch: appends of real batches, a roll,
// and what is rewritten, raised and deleted by hand.

import { memoryObjects } from '../../local/memory-objects.ts';
import {
  type EpochMillis,
  type SegmentId,
  segmentIdOf,
  topicIdBytes,
  topicIdOf,
} from '../../shared/ids.ts';
import { chunkOf } from '../../shared/log/chunk.ts';
import { newHead, readHead } from '../../shared/log/head.ts';
import { encodeRef, refCount } from '../../shared/log/ref.ts';
import { setBaseOffset } from '../../shared/record/batch-header.ts';
import { combineBatches } from '../../shared/record/combine-batches.ts';
import type { RecordToJudge } from '../../shared/record/each-record.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { segmentKey } from '../../shared/segment/keys.ts';
import { buildSegment } from '../../shared/segment/segment.ts';
import type { Action, Item, Write } from '../../shared/store/algebra.ts';
import type { Stores } from '../../shared/store/counted.ts';
import { headItem, headKey, topicItem, topicKey } from '../../shared/store/items.ts';
import { ReplicatedTable } from '../world/replicated-table.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { LogWatch } from './log-watch.ts';

const id = { topicId: topicIdOf(new Uint8Array(topicIdBytes)), partition: 0 };
export const now = 10_000 as EpochMillis;

export type KeyedValue = readonly [key: string, value: string | null];

type Rewrite = {
  readonly keep?: (record: RecordToJudge) => boolean;
  readonly deleteHorizon?: number;
  readonly objectIsPut?: boolean;
  /** Of the chunk, where it is not as it was. */
  readonly change?: Partial<Item>;
};

/** Two appends, of two records each, rolled into one chunk. */
export class WatchedLog {
  readonly watch: LogWatch;
  readonly stores: Stores;
  readonly table: ReplicatedTable;
  readonly id = id;
  readonly #batches: Uint8Array[] = [];
  readonly #refs: Uint8Array[] = [];
  readonly #objects: SegmentId[] = [];

  constructor() {
    let event = 0;
    const clock = new VirtualTime(now);
    this.table = new ReplicatedTable({ clock, chance: seededChance(1) });
    this.watch = new LogWatch({ stored: this.table, next: () => event++, now: () => now });
    this.stores = this.watch.around({ objects: memoryObjects() });
  }

  async begin(configs: Readonly<Record<string, string>>, records: readonly KeyedValue[]) {
    const topic = { [topicItem.id]: id.topicId, [topicItem.configs]: configs };
    await this.write({ put: { ...topicKey('orders'), ...topic } });
    await this.write({ put: newHead(id) });
    await this.append(records.slice(0, 2));
    await this.append(records.slice(2));
  }

  /** The oldest two appends of the tail. */
  async roll(): Promise<void> {
    const head = readHead(this.table.peek(headKey(id)) as Item);
    const refs = head.tail.slice(0, 2);
    const baseOffset = head.tailBase;
    const end = refs.reduce((sum, ref) => sum + refCount(ref), baseOffset);
    await this.write({ put: chunkOf(id, { baseOffset, refs, timeThrough: 1_000 }) });
    await this.update(
      { removeFirst: headItem.tail, count: 2 },
      { set: headItem.tailBase, to: { value: end } },
      { set: headItem.timeBefore, to: { value: 1_000 } },
    );
  }

  async write(write: Write): Promise<void> {
    await this.stores.table.write(write);
  }

  async update(...actions: readonly Action[]): Promise<void> {
    await this.write({ update: headKey(id), actions });
  }

  async append(pairs: readonly KeyedValue[]): Promise<void> {
    const records = pairs.map(([key, value]) => ({
      key: Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      headers: [],
      timestamp: 1_000,
    }));
    const batch = encodeBatch({ records, compression: 'none' });
    const ref = await this.#put(batch, { count: pairs.length });
    const placed = Uint8Array.from(batch);
    setBaseOffset(placed, 0, 2 * this.#batches.length);
    this.#batches.push(placed);
    this.#refs.push(ref);
    await this.update(
      { append: headItem.tail, values: [ref] },
      { set: headItem.nextOffset, to: { attribute: headItem.nextOffset, plus: pairs.length } },
    );
  }

  /** Of the first two appends. */
  chunk(refs: readonly Uint8Array[] = this.#refs.slice(0, 2)): Item {
    return chunkOf(id, { baseOffset: 0, refs, timeThrough: 1_000 });
  }

  /** Of all its records, or those that are kept, in the place of the chunk's. Once it was
   * rewritten, of what that has left. */
  async rewrite({ objectIsPut = true, change = {}, ...options }: Rewrite = {}): Promise<void> {
    const combined = combineBatches(this.#batches.splice(0, 2), {
      compression: 'none',
      decompressedBytesMax: 10_000,
      ...options,
    });
    if (combined.kind !== 'combined') throw new Error(combined.reason);
    const bytes = Buffer.concat(combined.batches);
    this.#batches.unshift(...combined.batches);
    const ref = await this.#put(bytes, { count: 4, isPut: objectIsPut });
    await this.write({ put: { ...this.chunk([ref]), ...change } as Item });
  }

  /** Of the object that was made n-th. */
  async deleteObject(n: number): Promise<void> {
    await this.stores.objects.delete([segmentKey(this.#objects[n] as SegmentId)]);
  }

  async #put(batch: Uint8Array, { count, isPut = true }: { count: number; isPut?: boolean }) {
    const segment = segmentIdOf(now, Buffer.alloc(10, this.#objects.length));
    this.#objects.push(segment);
    const entry = { ...id, batches: [Uint8Array.from(batch)], count, timestampMax: 1_000 };
    const { parts, crc32c } = buildSegment([entry]);
    if (isPut) await this.stores.objects.put({ key: segmentKey(segment), parts, crc32c });
    const { length } = batch;
    return encodeRef({ segment, position: 0, length, count, timestampMax: 1_000 });
  }
}
