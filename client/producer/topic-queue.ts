// What is gathered for a topic. Messages that may go anywhere are gathered for one partition until
// its batch goes, and then for another: few large batches instead of many small ones (KIP-480).

import type { Batch } from './batch.ts';
import { PartitionQueue } from './partition-queue.ts';

export class TopicQueue {
  readonly name: string;
  /** Those that something was gathered for. */
  readonly #queues: (PartitionQueue | undefined)[] = [];
  /** Those that have something, and are not in a request. */
  readonly waiting = new Set<PartitionQueue>();
  /** On their way. */
  requests = 0;
  /** Of a batch as it is stored: what the engine said when it refused a larger one. */
  storedBytesMax = Number.POSITIVE_INFINITY;
  /** Of a batch before compression, so that few become larger than that. */
  plainBytesMax = Number.POSITIVE_INFINITY;
  #sticky = -1;
  readonly #draw: () => number;

  /** @param draw uniform in [0, 1) */
  constructor(name: string, draw: () => number) {
    this.name = name;
    this.#draw = draw;
  }

  /** Nothing is gathered for it, and nothing on its way. */
  get isIdle(): boolean {
    return this.waiting.size === 0 && this.requests === 0;
  }

  queue(partition: number): PartitionQueue {
    const known = this.#queues[partition];
    if (known !== undefined) return known;
    const queue = new PartitionQueue({ topic: this.name, partition });
    this.#queues[partition] = queue;
    return queue;
  }

  /** The batch passed the limit: those to come are to be smaller. */
  holdTo(storedBytesMax: number, { plainBytes }: Batch): void {
    this.storedBytesMax = storedBytesMax;
    this.plainBytesMax = Math.min(this.plainBytesMax, plainBytes >> 1);
  }

  /** Where messages without a key go, of so many partitions. */
  sticky(partitions: number): number {
    if (this.#sticky < 0 || this.#sticky >= partitions) this.#sticky = this.#next(partitions);
    return this.#sticky;
  }

  /** The partition's batch goes, or is full. */
  leave(partition: number): void {
    if (this.#sticky === partition) this.#sticky = -1;
  }

  /** From a drawn one on the first that is not at work, so that one which is slow gets less. */
  #next(partitions: number): number {
    const drawn = Math.floor(this.#draw() * partitions);
    for (let step = 0; step < partitions; step++) {
      const partition = (drawn + step) % partitions;
      const queue = this.#queues[partition];
      if (queue === undefined || (queue.isEmpty && !queue.isOut)) return partition;
    }
    return drawn;
  }
}
