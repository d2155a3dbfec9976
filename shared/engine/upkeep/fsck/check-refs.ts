// What refs name, against what they say of it. Refs wait until there are many, of whatever
// partitions, and are looked at object by object: one may hold bytes of thousands of partitions,
// and its footer is read once for all of them.
//
// Some hundred bytes of memory are taken by each ref that waits, and for twice as many as are
// looked at together.

import type { PartitionId, SegmentId } from '../../../ids.ts';
import { fetchReadsInFlightMax } from '../../../limits.ts';
import type { PlacedRef } from '../../../log/ref.ts';
import { inRuns } from '../../in-runs.ts';
import type { CheckRun } from './check-run.ts';
import { type Fault, faultByFooter, faultOfBytes } from './judge-bytes.ts';
import type { StoredFooter } from './stored-objects.ts';

/** Some fifty megabytes. */
const refsTogether = 200_000;
/** Reads of a few kilobytes each; of thousands of partitions each has a megabyte. */
const footersTogether = 64;
/** What is in memory at once, about, when bytes are read. */
const bytesAtOnce = 16 * 1024 * 1024;

export type RefToCheck = {
  readonly id: PartitionId;
  readonly ref: PlacedRef;
  /** Of each partition in the order in which they were added. */
  readonly say: (ref: PlacedRef, fault: Fault) => void;
};

type Footers = ReadonlyMap<SegmentId, StoredFooter>;

export class RefsToCheck {
  readonly #run: CheckRun;
  readonly #most: number;
  #waiting: RefToCheck[] = [];
  #checked: Promise<void> = Promise.resolve();

  constructor(run: CheckRun, most = refsTogether) {
    this.#run = run;
    this.#most = most;
  }

  /** @throws EngineError THROTTLED, UNAVAILABLE, as checkAll does */
  async add(one: RefToCheck): Promise<void> {
    this.#waiting.push(one);
    if (this.#waiting.length >= this.#most) await this.checkAll();
  }

  /** Those that wait, after those that are being looked at. */
  checkAll(): Promise<void> {
    this.#checked = this.#checked.then(() => this.#check());
    return this.#checked;
  }

  async #check(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const faults = new Map<RefToCheck, Fault>();
    const byObject = Map.groupBy(waiting, ({ ref }) => ref.segment);
    const ids = [...byObject.keys()];
    for (let at = 0; at < ids.length; at += footersTogether) {
      const some = ids.slice(at, at + footersTogether);
      const footers = await this.#footersOf(some);
      for (const refs of this.#runsOf(some.flatMap((id) => byObject.get(id) ?? []))) {
        await inRuns(refs, fetchReadsInFlightMax, async (one) => {
          const fault = await this.#faultOf(one, footers);
          if (fault !== undefined) faults.set(one, fault);
        });
      }
    }
    for (const one of waiting) {
      const fault = faults.get(one);
      if (fault !== undefined) one.say(one.ref, fault);
    }
  }

  async #footersOf(ids: readonly SegmentId[]): Promise<Footers> {
    const { objects } = this.#run;
    const footers = await inRuns(ids, footersTogether, (id) => objects.footerOf(id));
    return new Map(ids.map((id, index) => [id, footers[index] as StoredFooter]));
  }

  *#runsOf(refs: readonly RefToCheck[]): Generator<readonly RefToCheck[]> {
    let some: RefToCheck[] = [];
    let bytes = 0;
    for (const one of refs) {
      some.push(one);
      if (this.#run.isDeep) bytes += one.ref.length;
      if (some.length < fetchReadsInFlightMax && bytes < bytesAtOnce) continue;
      yield some;
      [some, bytes] = [[], 0];
    }
    yield some;
  }

  /** The first that is found: what follows from it is not said too. */
  async #faultOf({ id, ref }: RefToCheck, footers: Footers): Promise<Fault | undefined> {
    const { objects, unreadable, isDeep } = this.#run;
    const length = await objects.lengthOf(ref.segment);
    if (length === undefined) return missing;
    const end = ref.position + ref.length;
    if (end > length) {
      return { kind: 'short-object', detail: `it has ${length} bytes, of ${end} at least` };
    }
    const footer = footers.get(ref.segment);
    if (footer === undefined || footer.kind === 'missing') return missing;
    if (footer.kind === 'unreadable') unreadable.add(ref.segment);
    const bytes = isDeep ? await objects.read(ref.segment, ref) : undefined;
    if (isDeep && bytes === undefined) return missing;
    const fault = bytes && faultOfBytes(ref, bytes);
    if (fault !== undefined || footer.kind === 'unreadable') return fault;
    return faultByFooter(id, ref, footer);
  }
}

const missing: Fault = { kind: 'missing-object', detail: 'there is no such object' };
