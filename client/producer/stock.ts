// All batches of a producer, and what they keep in memory: every step that changes one is made
// here, so that the sum is right. What open ones keep for what is expected is not in it, or little
// in many partitions would leave no room; so it has a bound of its own. A batch that is sealed is
// compressed at once, while others are on their way.

import { produceBodyBytesMax } from '../../shared/limits.ts';
import type { RecordToAdd } from '../../shared/record/growing-batch.ts';
import { invalid, type SluiceError } from '../errors.ts';
import type { Batch } from './batch.ts';
import { bytesExpectedFirst, type PartitionQueue } from './partition-queue.ts';
import type { Send } from './send.ts';
import type { TopicQueue } from './topic-queue.ts';

export class Stock {
  #heldBytes = 0;
  /** Of those that are open. */
  #expectedBytes = 0;
  readonly #expectedBytesMax: number;

  /** @param expectedBytesMax but for what each batch begins with at least. */
  constructor(expectedBytesMax: number) {
    this.#expectedBytesMax = expectedBytesMax;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** How much of what is expected a batch may keep that is opened now. */
  expecting(bytes: number): number {
    const left = Math.max(bytesExpectedFirst, this.#expectedBytesMax - this.#expectedBytes);
    return Math.min(bytes, left);
  }

  open(queue: PartitionQueue, batch: Batch): void {
    queue.batches.push(batch);
    this.#expectedBytes += batch.bytesExpected;
    this.#heldBytes += batch.heldBytes;
  }

  add(batch: Batch, record: RecordToAdd, send: Send): void {
    this.#heldBytes -= batch.heldBytes;
    batch.add(record, send);
    this.#heldBytes += batch.heldBytes;
  }

  /** Ends the queue's open batch, if it has one. What no request can hold is split, or fails. */
  seal(topic: TopicQueue, queue: PartitionQueue): void {
    if (queue.open === undefined) return;
    this.#pack(queue.open);
    queue.sealed();
    this.#fit(topic, queue, queue.batches.length - 1);
  }

  /** Puts two halves of the batch in its place. @param index of it, in its queue. */
  split(topic: TopicQueue, queue: PartitionQueue, index: number): void {
    const batch = queue.batches[index] as Batch;
    this.#heldBytes -= batch.heldBytes;
    const halves = batch.halves();
    queue.batches.splice(index, 1, ...halves);
    for (const half of halves) {
      this.#expectedBytes += half.bytesExpected;
      this.#heldBytes += half.heldBytes;
      this.#pack(half);
    }
    // The second first, or its place would have moved.
    this.#fit(topic, queue, index + 1);
    this.#fit(topic, queue, index);
  }

  /** @param baseOffset of the first batch; -1: not known. */
  stored(batches: readonly Batch[], baseOffset: number): void {
    let offset = baseOffset;
    for (const batch of batches) {
      this.#heldBytes -= batch.heldBytes;
      batch.stored(offset);
      if (offset >= 0) offset += batch.count;
    }
  }

  /** @param error what ends them; of each it is told with what is known of all its tries. */
  failed(batches: readonly Batch[], error: SluiceError): void {
    for (const batch of batches) {
      this.#heldBytes -= batch.heldBytes;
      if (!batch.isSealed) this.#expectedBytes -= batch.bytesExpected;
      batch.failed(error.as({ outcome: batch.isUnsure ? 'unknown' : 'refused' }));
    }
  }

  #pack(batch: Batch): void {
    this.#heldBytes -= batch.heldBytes;
    batch.seal();
    this.#expectedBytes -= batch.bytesExpected;
    this.#heldBytes += batch.heldBytes;
  }

  #fit(topic: TopicQueue, queue: PartitionQueue, index: number): void {
    const batch = queue.batches[index] as Batch;
    const { heldBytes, count } = batch;
    if (heldBytes > Math.min(produceBodyBytesMax, topic.storedBytesMax) && count > 1) {
      topic.holdTo(topic.storedBytesMax, batch);
      this.split(topic, queue, index);
    } else if (heldBytes > produceBodyBytesMax) {
      queue.batches.splice(index, 1);
      this.failed([batch], tooLarge(heldBytes));
    }
  }
}

/** The engine's own limit is the topic's max.message.bytes, and never above this. */
function tooLarge(bytes: number): SluiceError {
  return invalid('messages', `one takes ${bytes} bytes, and ${produceBodyBytesMax} is the most`);
}
