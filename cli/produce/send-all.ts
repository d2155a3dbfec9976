// Messages as they come, to a topic: as many at once as the producer likes to batch, no faster than
// is said, until there are no more, one cannot be stored, or somebody asks for the end. What was
// sent by then is waited for, so that what is told is what is stored.

import type { Clock } from '../../client/host.ts';
import type { Message, RecordMetadata } from '../../client/producer/messages.ts';
import type { Producer } from '../../client/producer/producer.ts';
import { located, type Origin, storedOf } from './not-stored.ts';
import { dueOf, type Pace, paceFrom } from './pace.ts';

/** What goes together, if there is no pace to keep. */
export type Chunk = {
  readonly messages: readonly Message[];
  readonly origin?: Origin;
};

export type Sent = {
  /** Stored. */
  readonly messages: number;
  /** Offsets of the first message in each partition, where it is known. */
  readonly firstOffsets: ReadonlyMap<number, number>;
  /** What ended it before its time. */
  readonly failure: unknown;
  /** Somebody asked for the end, and there was more to read. */
  readonly isCut: boolean;
};

type Sending = {
  readonly producer: Producer;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly topic: string;
  readonly perSecond: number | undefined;
  readonly interrupted: AbortSignal;
  /** Told of each call that is stored. */
  readonly onStored: (messages: number) => void;
};

/** Of calls that are not settled: enough to fill many requests, and little to keep. */
const unsettledMax = { messages: 100_000, bytes: 64 * 1024 * 1024 } as const;

export class SendAll {
  readonly #sending: Sending;
  #pace: Pace;
  #messages = 0;
  readonly #firstOffsets = new Map<number, number>();
  #failure: { readonly error: unknown } | undefined;
  readonly #unsettled = new Set<Promise<void>>();
  #unsettledMessages = 0;
  #unsettledBytes = 0;

  constructor(sending: Sending) {
    const { clock, perSecond } = sending;
    this.#sending = sending;
    this.#pace = paceFrom(perSecond, clock.now());
  }

  async run(chunks: AsyncIterator<Chunk>): Promise<Sent> {
    const { promise, close } = whenAborted(this.#sending.interrupted);
    let isAllRead = false;
    try {
      while (!this.#isOver) {
        const next = await Promise.race([chunks.next(), promise]);
        isAllRead = next?.done === true;
        if (next === undefined || next.done) break;
        await this.#sendChunk(next.value);
      }
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      close();
    }
    await Promise.all([this.#sending.producer.flush(), ...this.#unsettled]);
    return {
      messages: this.#messages,
      firstOffsets: this.#firstOffsets,
      failure: this.#failure?.error,
      isCut: this.#failure === undefined && !isAllRead,
    };
  }

  get #isOver(): boolean {
    return this.#failure !== undefined || this.#sending.interrupted.aborted;
  }

  get #isFull(): boolean {
    const { messages, bytes } = unsettledMax;
    return this.#unsettledMessages > messages || this.#unsettledBytes > bytes;
  }

  async #sendChunk({ messages, origin }: Chunk): Promise<void> {
    const { clock } = this.#sending;
    for (let from = 0; from < messages.length && !this.#isOver; ) {
      const { count, waitMillis, pace } = dueOf(this.#pace, messages.length - from, clock.now());
      this.#pace = pace;
      if (count === 0) {
        const { promise, close } = whenAborted(this.#sending.interrupted);
        await clock.sleep(waitMillis, promise);
        close();
        continue;
      }
      this.#send(messages.slice(from, from + count), partOf(origin, from, count));
      from += count;
      while (this.#isFull) await Promise.race(this.#unsettled);
    }
  }

  #send(messages: readonly Message[], origin: Origin | undefined): void {
    const { producer, topic } = this.#sending;
    const { length } = messages;
    const bytes = messages.reduce((sum, message) => sum + bytesOf(message), 0);
    this.#unsettledMessages += length;
    this.#unsettledBytes += bytes;
    const settled = producer
      .send({ topic, messages })
      .then(
        (places) => this.#stored(length, places),
        (error: unknown) => {
          const stored = storedOf(error, length);
          this.#stored(stored.messages, stored.places);
          this.#failure ??= { error: located(error, origin) };
        },
      )
      .finally(() => {
        this.#unsettledMessages -= length;
        this.#unsettledBytes -= bytes;
        this.#unsettled.delete(settled);
      });
    this.#unsettled.add(settled);
  }

  #stored(messages: number, places: readonly RecordMetadata[]): void {
    for (const { partition, baseOffset } of places) {
      if (!this.#firstOffsets.has(partition) && baseOffset !== '-1') {
        this.#firstOffsets.set(partition, Number(baseOffset));
      }
    }
    this.#messages += messages;
    this.#sending.onStored(messages);
  }
}

function partOf(origin: Origin | undefined, from: number, count: number): Origin | undefined {
  return origin && { ...origin, lines: origin.lines.slice(from, from + count) };
}

/** About what it is to keep. */
function bytesOf({ key, value }: Message): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}

function whenAborted(signal: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const listen = () => resolve(undefined);
  if (signal.aborted) listen();
  signal.addEventListener('abort', listen);
  return { promise, close: () => signal.removeEventListener('abort', listen) };
}
