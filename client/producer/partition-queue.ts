// What is gathered for a partition, in order, and how its next request must be. A partition never
// has two requests on their way: that keeps its order, and lets one sequence serve all of them.

import { noProducer, type ProducerStamp } from '../../shared/record/encode-batch.ts';
import { sequenceAfter } from '../../shared/sequence.ts';
import type { SluiceError } from '../errors.ts';
import type { TopicPartition } from '../topic-partition.ts';
import type { Batch, Origin } from './batch.ts';

export type ProducerIdentity = { readonly id: number; readonly epoch: number };

/** Both in milliseconds since 1970. */
type Pause = { readonly from: number; readonly until: number };

/** What a request carries for a partition. */
export type Share = {
  readonly queue: PartitionQueue;
  readonly batches: readonly Batch[];
  readonly count: number;
  /** Of its first record. */
  readonly stamp: ProducerStamp;
};

/** Of a batch of which nothing is known: little, or a thousand partitions would hold much. */
export const bytesExpectedFirst = 1_024;

export class PartitionQueue {
  readonly place: TopicPartition;
  /** The next first; only the last may be open. */
  readonly batches: Batch[] = [];
  /** It is in a request, or in one that is being made. */
  isOut = false;
  /** What was sent and may be stored: until that is known it goes again as it was. */
  unsure: Share | undefined;
  /** Whose sequences the next is of. undefined: a new producer's. */
  identity: ProducerIdentity | undefined;
  sequence = 0;
  /** Tries of what goes next, that failed. */
  tries = 0;
  /** Of the last of them. */
  lastError: SluiceError | undefined;
  /** In which it is not tried. */
  pause: Pause | undefined;
  /** It shares requests with those of the same group: 0 with all, others since one of them was
   * refused, and it is not known which. */
  group = 0;
  /** So many go at once, for the same reason: it grows again with what is stored. */
  batchesMax = Number.POSITIVE_INFINITY;
  /** Somewhat more than the last one became. */
  bytesExpected = bytesExpectedFirst;

  constructor(place: TopicPartition) {
    this.place = place;
  }

  get isEmpty(): boolean {
    return this.unsure === undefined && this.batches.length === 0;
  }

  get open(): Batch | undefined {
    const last = this.batches.at(-1);
    return last?.isSealed === false ? last : undefined;
  }

  /** When its pause is over; undefined: it has none, or the clock was set back to before it. */
  pausedUntil(now: number): number | undefined {
    const { from, until } = this.pause ?? { from: 0, until: 0 };
    return now >= from && now < until ? until : undefined;
  }

  /** What goes next was gathered since then; of none: never. */
  get since(): number {
    return this.#first?.createdAt ?? Number.POSITIVE_INFINITY;
  }

  /** And it was given then. */
  get calledAt(): number {
    return this.#first?.calledAt ?? Number.POSITIVE_INFINITY;
  }

  get #first(): Batch | undefined {
    return this.unsure?.batches[0] ?? this.batches[0];
  }

  /** It has what waits for no others: a batch is full, or was tried before. */
  get isRipe(): boolean {
    return this.unsure !== undefined || this.batches[0]?.isSealed === true;
  }

  /** Its open batch was. */
  sealed(): void {
    const { plainBytes = 0 } = this.batches.at(-1) ?? {};
    this.bytesExpected = bytesExpectedFirst + plainBytes + (plainBytes >> 3);
  }

  /** What the next request carries of it. @param batches of its first ones.
   * @param identity undefined: nobody's, and what is sent again may be stored again. */
  take(batches: number, identity: ProducerIdentity | undefined): Share {
    const taken = this.batches.splice(0, batches);
    if (identity !== undefined && this.identity === undefined) this.sequence = 0;
    this.identity ??= identity;
    const stamp =
      this.identity === undefined ? noProducer : { ...this.identity, baseSequence: this.sequence };
    const count = taken.reduce((sum, batch) => sum + batch.count, 0);
    return { queue: this, batches: taken, count, stamp };
  }

  /** The share was stored. */
  moveOn({ count }: Share): void {
    this.sequence = sequenceAfter(this.sequence, count);
    this.batchesMax *= 2;
    if (this.batches[0]?.origin === undefined) this.group = 0;
    this.calm();
  }

  /** What is next was not tried. But if something was refused it goes as divided as that: where one
   * is bad, more are, and each would cost the whole way down again. */
  calm(): void {
    this.unsure = undefined;
    this.tries = 0;
    this.lastError = undefined;
    this.pause = undefined;
    if (!this.isEmpty) return;
    this.group = 0;
    this.batchesMax = Number.POSITIVE_INFINITY;
  }

  /** @returns what is next of a batch that was divided; it is here no more. */
  takeRestOf(origin: Origin): readonly Batch[] {
    const others = this.batches.findIndex((batch) => batch.origin !== origin);
    return this.batches.splice(0, others < 0 ? this.batches.length : others);
  }
}

/** The share's bytes, batch by batch. */
export function bytesOfShare({ batches, stamp }: Share): readonly Uint8Array[] {
  let { baseSequence } = stamp;
  return batches.map((batch) => {
    const bytes = batch.stamped({ ...stamp, baseSequence });
    if (baseSequence >= 0) baseSequence = sequenceAfter(baseSequence, batch.count);
    return bytes;
  });
}
