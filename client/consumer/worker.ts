// Hands messages to a handler, one partition after the other. A message that the handler fails on
// is tried again, and nothing after it of its partition comes before it is done.

import type { AsyncLocalStorage } from 'node:async_hooks';
import { refused, SluiceError } from '../errors.ts';
import type { Events } from '../events.ts';
import type { Chance, Clock } from '../host.ts';
import type { Logger } from '../logger.ts';
import { pauseBeforeRetry } from '../retry.ts';
import { offsetOf } from '../topic-partition.ts';
import type { Assignment } from './assignment.ts';
import type { Bell } from './bell.ts';
import { byTopic, type Committer } from './committer.ts';
import type { ConsumerPayloads } from './events.ts';
import { restMillisMin } from './fetch-plan.ts';
import { addMessages } from './fetched-batches.ts';
import type { InHand, Turn } from './held-partition.ts';
import type {
  EachBatchHandler,
  EachBatchPayload,
  EachMessageHandler,
  KafkaMessage,
} from './messages.ts';
import type { ConsumerSettings } from './options.ts';
import { ReceivedBatch, toldOf } from './received-batch.ts';

export type Handler =
  | { readonly eachMessage: EachMessageHandler }
  | { readonly eachBatch: EachBatchHandler; readonly autoResolve: boolean };

export type WorkerParts = {
  readonly assignment: Assignment;
  readonly committer: Committer;
  readonly handler: Handler;
  readonly settings: ConsumerSettings;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly events: Events<ConsumerPayloads>;
  readonly logger: Logger;
  /** Rung when there may be something to do, or nothing ever again. */
  readonly bell: Bell;
  readonly isOver: () => boolean;
  readonly pause: (turn: Turn) => () => void;
  /** What handlers are called within, so that it is known who calls the consumer. */
  readonly turns: AsyncLocalStorage<InHand>;
  /** A partition is not worked on any more. */
  readonly onPutBack: (turn: Turn) => void;
};

/** Of records, that a handler is given at once, if they are there: more would only be memory. A
 * batch that is larger is given whole. */
const handBytes = 1024 * 1024;
/** A handler that waits for nothing lets other work go on so often. */
const breathMillis = 10;

export class Worker {
  readonly #parts: WorkerParts;
  #breathedAt: number;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#breathedAt = parts.clock.now();
  }

  /** Until the consumer stops.
   * @throws SluiceError of messages that are none; of a handler that has failed too often, with
   *   what it threw as the cause */
  async run(): Promise<void> {
    const { assignment, bell, isOver, onPutBack, turns } = this.#parts;
    while (!isOver()) {
      const turn = assignment.takeTurn();
      if (turn === undefined) {
        await bell.wait();
        continue;
      }
      try {
        // Once for all of its messages: for each it would take longer than a short handler does.
        await turns.run(turn, () => this.#work(turn));
      } finally {
        assignment.putBack(turn);
        onPutBack(turn);
      }
      await this.#breathe();
    }
  }

  async #work(turn: Turn): Promise<void> {
    const { held } = turn;
    const { checkCrcs } = this.#parts.settings;
    const messages: KafkaMessage[] = [];
    let bytes = 0;
    let end = held.resolved;
    for (const batch of held.buffered) {
      bytes += addMessages(messages, held, batch, { from: held.resolved, checkCrcs });
      end = batch.nextOffset;
      if (bytes >= handBytes) break;
    }
    if (messages.length === 0) {
      turn.resolveTo(end);
      return;
    }
    const { events, clock, handler } = this.#parts;
    const batch = new ReceivedBatch(held, messages);
    const began = clock.now();
    events.tell('consumer.start_batch_process', () => toldOf(batch));
    if ('eachMessage' in handler) await this.#eachMessage(turn, messages, end, handler);
    else await this.#eachBatch(turn, batch, end, handler);
    events.tell('consumer.end_batch_process', () => {
      return { ...toldOf(batch), duration: clock.now() - began };
    });
  }

  /** A handler that promises nothing is not waited for. */
  async #eachMessage(
    turn: Turn,
    messages: readonly KafkaMessage[],
    end: number,
    { eachMessage }: Extract<Handler, { eachMessage: unknown }>,
  ): Promise<void> {
    const { assignment, committer } = this.#parts;
    const { topic, partition } = turn.held;
    const { heartbeat, pause } = this.#payload(turn);
    for (const message of messages) {
      const payload = { topic, partition, message, heartbeat, pause };
      for (let tries = 1; ; tries++) {
        turn.isInHand = true;
        try {
          const promised = eachMessage(payload);
          if (isPromise(promised)) await promised;
          break;
        } catch (error) {
          await this.#afterFailure(turn, error, tries, message.offset);
          if (this.#isOver(turn)) return;
        } finally {
          turn.isInHand = false;
        }
      }
      turn.resolveTo(Number(message.offset) + 1);
      if (assignment.noteDone(1)) await committer.commitDue();
      if (this.#isOver(turn) && message !== messages.at(-1)) return;
    }
    turn.resolveTo(end);
  }

  async #eachBatch(
    turn: Turn,
    first: ReceivedBatch,
    end: number,
    { eachBatch, autoResolve }: Extract<Handler, { eachBatch: unknown }>,
  ): Promise<void> {
    const { assignment, committer, clock, bell } = this.#parts;
    const { held } = turn;
    const began = held.resolved;
    let batch = first;
    for (let tries = 1; ; tries++) {
      turn.isInHand = true;
      try {
        await eachBatch(this.#batchPayload(turn, batch));
        break;
      } catch (error) {
        await this.#afterFailure(turn, error, tries, `${held.resolved}`);
        if (this.#isOver(turn)) return;
        // What it has resolved is done.
        const left = batch.messages.filter(({ offset }) => Number(offset) >= held.resolved);
        if (left.length === 0) break;
        batch = new ReceivedBatch(held, left);
      } finally {
        turn.isInHand = false;
      }
    }
    const isWhole = autoResolve || held.resolved > Number(batch.lastOffset());
    if (isWhole) turn.resolveTo(end);
    if (assignment.noteDone(batch.messages.length)) await committer.commitDue();
    // A handler that does nothing is given the same again, but not at once.
    if (held.resolved === began && !this.#isOver(turn)) await bell.waitFor(clock, restMillisMin);
  }

  #batchPayload(turn: Turn, batch: ReceivedBatch): EachBatchPayload {
    const { assignment, committer, isOver } = this.#parts;
    return {
      ...this.#payload(turn),
      batch,
      resolveOffset: (offset) => turn.resolveTo(offsetOf(offset, 0) + 1),
      commitOffsetsIfNecessary: async (offsets) => {
        if (offsets === undefined) return void (await committer.commitDue());
        await committer.commit(
          offsets.topics.flatMap(({ topic, partitions }) => {
            return partitions.map((one) => ({ ...one, topic, offset: offsetOf(one.offset, 0) }));
          }),
        );
      },
      uncommittedOffsets: () => {
        const offsets = assignment.uncommitted();
        return { topics: byTopic(offsets.map(({ held, offset }) => placeOf(held, offset))) };
      },
      isRunning: () => !isOver(),
      isStale: () => turn.isStale,
    };
  }

  #payload(turn: Turn) {
    return {
      heartbeat: async () => {
        if (turn.held.isLost) throw rebalanced(turn);
        await this.#breathe();
      },
      pause: () => this.#parts.pause(turn),
    };
  }

  /** Nothing more of it is to be begun. */
  #isOver(turn: Turn): boolean {
    return this.#parts.isOver() || this.#parts.assignment.isOver(turn);
  }

  /** Waits for the next try. @throws SluiceError there is none. */
  async #afterFailure(turn: Turn, cause: unknown, tries: number, offset: string): Promise<void> {
    const { settings, logger, clock, chance, bell } = this.#parts;
    // It is somebody else's now, or sought past, or paused: it comes again, or is not wanted.
    if (this.#isOver(turn)) return;
    const { topic, partition } = turn.held;
    const message = cause instanceof Error ? cause.message : String(cause);
    logger.error(`the handler failed: ${message}`, { topic, partition, offset, tries });
    if (tries > settings.retry.retries) {
      throw new SluiceError(message, { code: 0, outcome: 'unknown', retriable: true, cause });
    }
    const millis = pauseBeforeRetry(settings.retry, { tries, drawn: chance.fraction() });
    const began = clock.now();
    const until = began + millis;
    // Before it began: the clock was set back.
    for (let now = began; now >= began && now < until && !this.#isOver(turn); now = clock.now()) {
      await bell.waitFor(clock, until - now);
    }
  }

  async #breathe(): Promise<void> {
    const { clock } = this.#parts;
    if (clock.now() - this.#breathedAt < breathMillis) return;
    await clock.turn();
    this.#breathedAt = clock.now();
  }
}

function placeOf({ topic, partition }: Turn['held'], offset: number) {
  return { topic, partition, offset };
}

function rebalanced({ held: { topic, partition } }: Turn): SluiceError {
  return refused(40903, `${topic}-${partition} is not this consumer's any more`);
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
