// One call of send: its messages lie in batches of several partitions, and it is done when all of
// those are. What became of some of them does not hide what became of the others.

import { type Outcome, SluiceError } from '../errors.ts';
import type { TopicPartition } from '../topic-partition.ts';
import type { RecordMetadata } from './messages.ts';

/** Messages of one call, in one batch, that are not stored, or may not be. */
export type FailedPart = TopicPartition & {
  readonly messages: number;
  readonly error: SluiceError;
};

/** Some of a call's messages, or all. `outcome` is 'refused' only if nothing of the call is stored
 * or may yet be. */
export class SendError extends SluiceError {
  override readonly name = 'SendError';
  readonly failed: readonly FailedPart[];
  /** What is stored all the same. */
  readonly stored: readonly RecordMetadata[];

  constructor(first: FailedPart, failed: readonly FailedPart[], stored: readonly RecordMetadata[]) {
    const { error, topic, partition } = first;
    const outcome = outcomeOf(failed, stored);
    super(`${topic}-${partition}: ${error.message}`, { ...error, outcome, cause: error });
    this.failed = failed;
    this.stored = stored;
  }
}

function outcomeOf(failed: readonly FailedPart[], stored: readonly RecordMetadata[]): Outcome {
  const isRefused = stored.length === 0 && failed.every(({ error }) => error.outcome === 'refused');
  return isRefused ? 'refused' : 'unknown';
}

export class Send {
  readonly done: Promise<RecordMetadata[]>;
  readonly #resolve: (stored: RecordMetadata[]) => void;
  readonly #reject: (error: unknown) => void;
  /** Parts in batches that are not settled; and one while messages are yet to be gathered. */
  #left = 1;
  readonly #stored: RecordMetadata[] = [];
  /** Of those: a call's parts of a partition are stored in order, and the first says where. Most
   * calls have one part, and need no set. */
  #place: TopicPartition | undefined;
  #morePlaces: Set<TopicPartition> | undefined;
  #failed: FailedPart[] | undefined;
  readonly #settled: (send: Send) => void;
  #isOver = false;

  /** @param settled called once nothing of it is on its way, whether or not somebody waits. */
  constructor(settled: (send: Send) => void) {
    this.#settled = settled;
    const { promise, resolve, reject } = Promise.withResolvers<RecordMetadata[]>();
    this.done = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Nobody waits any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  addPart(): void {
    this.#left++;
  }

  /** Waits for one thing less: all is gathered, or a part is counted as two others. */
  release(): void {
    this.#left--;
    if (this.#left > 0) return;
    this.#isOver = true;
    this.#settled(this);
    const [first] = this.#failed ?? [];
    if (first === undefined) this.#resolve(this.#stored);
    else this.#reject(new SendError(first, this.#failed ?? [], this.#stored));
  }

  /** @param place the same object for all parts of a partition.
   * @param baseOffset of the part's first message; -1: not known. */
  storedPart(place: TopicPartition, baseOffset: number): void {
    if (!this.#isKnown(place)) {
      const { topic: topicName, partition } = place;
      this.#stored.push({ topicName, partition, errorCode: 0, baseOffset: String(baseOffset) });
    }
    this.release();
  }

  failedPart(part: FailedPart): void {
    this.#failed ??= [];
    this.#failed.push(part);
    this.release();
  }

  /** Ends the waiting, whatever becomes of what is gathered. */
  giveUp(reason: unknown): void {
    this.#isOver = true;
    this.#reject(reason);
  }

  #isKnown(place: TopicPartition): boolean {
    if (this.#place === place) return true;
    if (this.#place === undefined) {
      this.#place = place;
      return false;
    }
    this.#morePlaces ??= new Set();
    const { size } = this.#morePlaces;
    return this.#morePlaces.add(place).size === size;
  }
}
