// The model of one partition: every record that was acknowledged, at its offset, and what the
// settings of its topic allow to become of it. All that is read is judged by it.
//
// An answer may come before the acknowledgement that explains it: a record is committed before its
// writer hears of it, and so is the later one of its key by which compaction leaves it out. What
// cannot be judged yet is noted, and judged when everybody has been answered.

import type { Bounds } from '../../shared/engine/bounds.ts';
import type { PartitionId } from '../../shared/ids.ts';
import type { LogRecord } from '../../shared/record/record.ts';
import type { Content, Contents } from './contents.ts';
import { type Placeless, placeOf } from './placeless.ts';
import { judgeStarts } from './starts.ts';
import { ToldBounds } from './told-bounds.ts';
import type { Policy } from './topics.ts';

export type Written = Content & {
  /** As it was acknowledged. */
  readonly timestamp: number;
  /** Before it was first sent. */
  readonly sentAt: number;
  wasRead: boolean;
};

/** Up to where the log was, and when, as somebody knows who looks at an answer: all that may have
 * caused it is below, and before. */
export type Horizon = { readonly end: number; readonly at: number };

/** Why a record may be left out. */
export type Why = 'superseded' | 'expired';

/** undefined: nothing is known yet that says so. */
export type Gap = { readonly offset: number; readonly why: Why | undefined };

export type Read = Bounds & {
  readonly from: number;
  readonly records: readonly LogRecord[];
  readonly nextOffset: number;
  /** When the answer was there. */
  readonly at: number;
};

type Doubt = Horizon & { readonly offset: number; readonly what: string };

export type ModelParts = {
  readonly topic: string;
  readonly id: PartitionId;
  readonly policy: Policy;
  readonly contents: Contents;
  /** Hears of everything that is not as it should be. */
  readonly complain: (what: string) => void;
};

export class ModelPartition {
  readonly topic: string;
  readonly id: PartitionId;
  /** For people. */
  readonly name: string;
  readonly policy: Policy;
  readonly bounds: ToldBounds;
  /** Offsets at which a fetch began. */
  readonly positions = new Set<number>();
  readonly #contents: Contents;
  readonly #complain: (what: string) => void;
  readonly #records: (Written | undefined)[] = [];
  /** Ascending. */
  readonly #offsetsOf = new Map<string, number[]>();
  /** Read before they were acknowledged. */
  readonly #early = new Map<number, LogRecord[]>();
  readonly #placeless: Placeless[] = [];
  readonly #doubts: Doubt[] = [];
  /** Where appends begin or end. */
  readonly #edges = new Set<number>([0]);

  constructor({ topic, id, policy, contents, complain }: ModelParts) {
    this.topic = topic;
    this.id = id;
    this.name = `${topic}-${id.partition}`;
    this.policy = policy;
    this.#contents = contents;
    this.#complain = (what) => complain(`${this.name}: ${what}`);
    this.bounds = new ToldBounds(this.#complain);
  }

  /** What one request has appended here. @param floor from before it was sent.
   * @param base -1: its writer was not told where it is. */
  acknowledge(base: number, written: readonly Written[], { highWatermark }: Bounds): void {
    if (base < 0) {
      this.#placeless.push({ written, from: highWatermark });
      return;
    }
    const isNew = this.#records[base] === undefined;
    if (isNew && base < highWatermark) {
      this.#complain(`${base} was given to a record when the log was ${highWatermark} long`);
    }
    this.#edges.add(base).add(base + written.length);
    for (const [at, record] of written.entries()) this.#keep(base + at, record);
    this.bounds.reached(base + written.length);
  }

  /** @returns what was left out. */
  judge({ from, records, nextOffset, highWatermark, at }: Read): readonly Gap[] {
    const gaps: Gap[] = [];
    let next = from;
    const passTo = (offset: number) => {
      if (next < offset && !this.policy.isCompacted) {
        this.#complain(`${next} to ${offset - 1} are left out of what is read from ${from}`);
      }
      for (; next < offset; next++) {
        gaps.push({ offset: next, why: this.explain(next, { end: highWatermark, at }) });
      }
    };
    let before = -1;
    for (const record of records) {
      const { offset } = record;
      if (offset <= before) this.#complain(`${offset} is read after ${before}`);
      if (offset >= nextOffset) this.#complain(`${offset} is read, and again from ${nextOffset}`);
      before = offset;
      this.#compare(record);
      if (offset < from) continue;
      passTo(offset);
      next = offset + 1;
    }
    passTo(nextOffset);
    if (nextOffset > highWatermark || (nextOffset <= from && from < highWatermark)) {
      this.#complain(`from ${from} reading goes on at ${nextOffset} of ${highWatermark}`);
    }
    return this.policy.isCompacted ? gaps : [];
  }

  /** @param after bounds that were asked for once the answer was there. */
  judgeTime(
    { timestamp, offset }: { readonly timestamp: number; readonly offset: number },
    { before, after, at }: { readonly before: Bounds; readonly after: Bounds; readonly at: number },
  ): void {
    const what = `the time ${timestamp} is found at ${offset}`;
    if (offset < before.logStart || offset > after.highWatermark) {
      this.#complain(`${what}, of a log from ${before.logStart} to ${after.highWatermark}`);
    }
    const passed = Math.min(offset, before.highWatermark);
    for (let earlier = after.logStart; earlier < passed; earlier++) {
      const isReached = (this.#records[earlier]?.timestamp ?? -1) >= timestamp;
      if (isReached) this.doubt([earlier], { end: after.highWatermark, at }, what);
    }
    const found = this.#records[offset];
    if (offset < before.highWatermark && found !== undefined && found.timestamp < timestamp) {
      this.#complain(`${what}, which is of ${found.timestamp}`);
    }
  }

  /** Offsets that were left out, and of which it is to be seen why. */
  doubt(offsets: readonly number[], { end, at }: Horizon, what: string): void {
    for (const offset of offsets) {
      if (this.explain(offset, { end, at }) === undefined) {
        this.#doubts.push({ offset, end, at, what });
      }
    }
  }

  /** Why compaction may have left it out by then. It has seen nothing that is younger than the lag;
   * and a tombstone stays for a while from when it was first looked at, which was not before it was
   * old enough. */
  explain(offset: number, { end, at }: Horizon): Why | undefined {
    const { isCompacted, lagMillis, deleteRetentionMillis } = this.policy;
    const record = this.#records[offset];
    if (record === undefined || record.key === null || !isCompacted) return undefined;
    const isCleanable = ({ timestamp }: Written) => timestamp <= at - lagMillis;
    if (!isCleanable(record)) return undefined;
    const offsets = this.#offsetsOf.get(record.key) as readonly number[];
    for (let index = placeIn(offsets, offset + 1); index < offsets.length; index++) {
      const later = offsets[index] as number;
      if (later >= end) break;
      if (isCleanable(this.#records[later] as Written)) return 'superseded';
    }
    const first = Math.max(record.sentAt, record.timestamp + lagMillis);
    const isExpired = record.length < 0 && at >= first + deleteRetentionMillis;
    return isExpired ? 'expired' : undefined;
  }

  at(offset: number): Written | undefined {
    return this.#records[offset];
  }

  /** Once everybody was answered: what was left to be judged. */
  settle(): void {
    this.#placeAll();
    for (const offset of this.#early.keys()) {
      this.#complain(`${offset} was read, and nobody was told that it is stored`);
    }
    const hole = Array.from({ length: this.bounds.end }, (_, offset) => offset).find((offset) => {
      return this.#records[offset] === undefined;
    });
    if (hole !== undefined) {
      this.#complain(`nobody was told of ${hole}, and the log is ${this.bounds.end} long`);
      return;
    }
    for (const { offset, what, ...horizon } of this.#doubts) {
      if (this.explain(offset, horizon) !== undefined) continue;
      this.#complain(`${what}: ${offset} is left out, and nothing allows it`);
    }
    const { policy } = this;
    const written = this.#records as readonly Written[];
    const parts = { policy, written, edges: this.#edges, contents: this.#contents };
    const mayBeLeftOut = (offset: number, horizon: Horizon) => {
      return this.explain(offset, horizon) !== undefined;
    };
    for (const fault of judgeStarts(this.bounds.starts, { ...parts, mayBeLeftOut })) {
      this.#complain(fault);
    }
  }

  #placeAll(): void {
    const room = {
      end: this.bounds.end,
      isFree: (offset: number) => this.#records[offset] === undefined,
      readAt: (offset: number) => this.#early.get(offset) ?? [],
      isSame: (record: LogRecord, written: Written) => {
        return this.#contents.difference(record, written) === undefined;
      },
    };
    for (const onlyIfRead of [true, false]) {
      for (const one of this.#placeless.splice(0)) {
        const base = placeOf(one, room, { onlyIfRead });
        if (base === undefined) this.#placeless.push(one);
        else this.acknowledge(base, one.written, { logStart: 0, highWatermark: 0 });
      }
    }
    for (const { written } of this.#placeless) {
      this.#complain(`${written.length} records that were acknowledged are nowhere`);
    }
  }

  /** Acknowledged, and of those how many somebody has read. */
  get records(): { readonly written: number; readonly read: number } {
    const read = this.#records.filter((record) => record?.wasRead).length;
    return { written: this.#records.length, read };
  }

  #keep(offset: number, record: Written): void {
    const known = this.#records[offset];
    if (known !== undefined) {
      const isSame = known.key === record.key && known.place === record.place;
      if (!isSame) this.#complain(`${offset} is given to two records`);
      return;
    }
    this.#records[offset] = record;
    if (record.key !== null) {
      const offsets = this.#offsetsOf.get(record.key) ?? [];
      offsets.splice(placeIn(offsets, offset), 0, offset);
      this.#offsetsOf.set(record.key, offsets);
    }
    const early = this.#early.get(offset) ?? [];
    this.#early.delete(offset);
    for (const one of early) this.#compare(one);
  }

  #compare(record: LogRecord): void {
    const written = this.#records[record.offset];
    if (written === undefined) {
      const before = this.#early.get(record.offset) ?? [];
      this.#early.set(record.offset, [...before, record]);
      return;
    }
    written.wasRead = true;
    const difference = this.#contents.difference(record, written);
    if (difference !== undefined) this.#complain(`${record.offset} is read with ${difference}`);
  }
}

/** Where an offset stands among them, or would. */
function placeIn(offsets: readonly number[], offset: number): number {
  let [low, high] = [0, offsets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] as number) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
