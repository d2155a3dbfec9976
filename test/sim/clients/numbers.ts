// A producer's numbers: its id, its epoch, and the sequence that comes next in each partition. Who
// gives up on a batch begins anew as another producer, since nobody knows which number comes next.

import type { SentBatch, SentRecord } from '../history.ts';
import type { SimulatedWorld } from '../world.ts';

export type Numbers = { readonly id: number; readonly epoch: number };

export class Numbering {
  readonly #next = new Map<string, number>();
  readonly numbers: Numbers;

  constructor(numbers: Numbers) {
    this.numbers = numbers;
  }

  /** The next batch of a partition. */
  batch(
    { topic, partition }: { readonly topic: string; readonly partition: number },
    records: readonly SentRecord[],
  ): SentBatch {
    const place = `${topic}/${partition}`;
    const sequence = this.#next.get(place) ?? 0;
    this.#next.set(place, sequence + records.length);
    const { id: producer, epoch } = this.numbers;
    return { topic, partition, records, stamp: { producer, epoch, sequence } };
  }
}

/** Ids that no name's holder is given. */
export function drawNumbers({ chance }: SimulatedWorld): Numbers {
  return { id: 1_000 + Math.floor(chance.fraction() * 1e9), epoch: 0 };
}

export function sequenceOf({ stamp }: SentBatch): number {
  return stamp !== undefined && 'sequence' in stamp ? stamp.sequence : 0;
}
