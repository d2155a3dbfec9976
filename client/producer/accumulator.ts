// The producer's core: it gathers messages in batches, and decides when which of them go. It never
// waits: it is told of what happens, with the time, and asked for the next step.
//
// A request carries what is ready of all partitions of a topic that have none on its way. While
// something is on its way, more gathers: what lingers goes only when nothing else of its topic
// does, or has waited as long as an append takes. Full batches go at once.

import type { Compression } from '../../shared/record/codec.ts';
import { bytesMaxOf, type RecordToAdd } from '../../shared/record/growing-batch.ts';
import { SluiceError } from '../errors.ts';
import { Batch } from './batch.ts';
import { batchRecordsMax, type ProducerSettings, topicsKept } from './options.ts';
import type { PartitionQueue, ProducerIdentity, Share } from './partition-queue.ts';
import type { Send } from './send.ts';
import { settleShare } from './settle-share.ts';
import { SpareMemory } from './spare-memory.ts';
import { Stock } from './stock.ts';
import { takeShares } from './take-shares.ts';
import { TopicQueue } from './topic-queue.ts';
import { notInTime } from './verdict.ts';

export type ProduceRequest = { readonly topic: TopicQueue; readonly shares: readonly Share[] };

export type Step =
  /** Take a producer id, and say so with `identified`. */
  | { readonly kind: 'identify' }
  /** Send it, and say what came of it with `settle`. */
  | { readonly kind: 'send'; readonly request: ProduceRequest }
  /** Ask again at that time, or as soon as something happens. Infinity: only then. */
  | { readonly kind: 'wait'; readonly until: number };

/** How long what has lingered waits for what is on its way: about what an append takes. So a stream
 * of messages is one request at a time, and nothing waits for one that hangs. */
export const gatherMillisMax = 100;

export type Gathering = {
  readonly topic: TopicQueue;
  readonly compression: Compression;
  readonly send: Send;
  /** Its time runs since then. Of a topic, nobody who comes later called earlier. */
  readonly calledAt: number;
  readonly now: number;
};

export class Accumulator {
  readonly #settings: ProducerSettings;
  readonly #draw: () => number;
  readonly #topics = new Map<string, TopicQueue>();
  readonly #stock: Stock;
  readonly #memory = new SpareMemory();
  #identity: ProducerIdentity | undefined;
  #isIdentifying = false;
  #requests = 0;
  #groups = 0;
  #due = Number.POSITIVE_INFINITY;
  /** Before idle ones are forgotten. */
  #topicsMax = topicsKept;
  /** Somebody waits for all that is gathered, or for room: nothing lingers. */
  isUrged = false;

  /** @param draw uniform in [0, 1) */
  constructor(settings: ProducerSettings, draw: () => number) {
    this.#settings = settings;
    this.#draw = draw;
    this.#stock = new Stock(Math.floor(settings.bufferBytes / 2));
  }

  /** When `next` is to be asked. */
  get due(): number {
    return this.#due;
  }

  get hasRoom(): boolean {
    return this.#stock.heldBytes < this.#settings.bufferBytes;
  }

  get heldBytes(): number {
    return this.#stock.heldBytes;
  }

  topic(name: string): TopicQueue {
    let topic = this.#topics.get(name);
    if (topic === undefined) {
      this.#forgetIdle();
      topic = new TopicQueue(name, this.#draw);
      this.#topics.set(name, topic);
    }
    return topic;
  }

  add(record: RecordToAdd, partition: number, gathering: Gathering): void {
    const { topic, compression, send, calledAt, now } = gathering;
    const queue = topic.queue(partition);
    let batch = queue.open;
    if (batch !== undefined && !this.#fits(batch, record, gathering)) {
      this.#seal(topic, queue);
      batch = undefined;
    }
    if (batch === undefined) {
      const bytesExpected = this.#stock.expecting(queue.bytesExpected);
      const memory = this.#memory;
      const times = { calledAt, createdAt: now };
      batch = new Batch(queue.place, { compression, ...times, bytesExpected, memory });
      this.#stock.open(queue, batch);
      if (!queue.isOut) topic.waiting.add(queue);
      const lingers = this.isUrged ? 0 : this.#settings.lingerMillis;
      this.#due = Math.min(this.#due, now + lingers);
    }
    this.#stock.add(batch, record, send);
    const isFull = batch.plainBytes >= this.#bytesMax(topic) || batch.count >= batchRecordsMax;
    if (isFull) this.#seal(topic, queue);
  }

  /** Something has changed that may let something go. */
  nudge(): void {
    this.#due = Number.NEGATIVE_INFINITY;
  }

  next(now: number): Step {
    let until = Number.POSITIVE_INFINITY;
    for (const topic of this.#topics.values()) {
      if (topic.waiting.size === 0) continue;
      const next = this.#look(topic, now);
      if (typeof next !== 'number') return next;
      until = Math.min(until, next);
    }
    this.#due = until;
    return { kind: 'wait', until };
  }

  identified(identity: ProducerIdentity): void {
    this.#isIdentifying = false;
    this.#identity = identity;
    this.nudge();
  }

  /** Nobody gives an id: what needs one is not sent, unless it has time for another try. */
  unidentified(error: SluiceError, now: number): void {
    this.#isIdentifying = false;
    const { deliveryMillis } = this.#settings;
    const isMeant = ({ calledAt }: Batch) => !error.retriable || now >= calledAt + deliveryMillis;
    for (const topic of this.#topics.values()) {
      for (const queue of [...topic.waiting]) {
        if (queue.identity === undefined) this.#drop(topic, queue, error, isMeant);
      }
    }
    this.nudge();
  }

  /** @param results of its shares, in their order: where it is stored (-1: nobody knows any more),
   *   or what went wrong. */
  settle(
    { topic, shares }: ProduceRequest,
    results: readonly (number | SluiceError)[],
    now: number,
  ): void {
    this.#requests--;
    topic.requests--;
    const isWhole = results.every((result) => result instanceof SluiceError);
    const drawn = this.#draw();
    for (const [index, share] of shares.entries()) {
      const { queue, stamp } = share;
      settleShare(share, results[index] as number | SluiceError, {
        stock: this.#stock,
        topic,
        settings: this.#settings,
        now,
        drawn,
        shares: isWhole ? shares.length : 1,
        group: this.#groups + (index < shares.length / 2 ? 1 : 2),
      });
      const isForgotten = queue.identity === undefined && this.#identity?.id === stamp.id;
      if (isForgotten) this.#identity = undefined;
      this.#putBack(topic, queue);
    }
    this.#groups += 2;
    this.nudge();
  }

  /** Topics come and go. With those that are forgotten their sequences are: what is sent to them
   * later is another producer's, or it would be taken for a repeat. */
  #forgetIdle(): void {
    if (this.#topics.size < this.#topicsMax) return;
    for (const [name, { isIdle }] of this.#topics) {
      if (!isIdle) continue;
      this.#topics.delete(name);
      this.#identity = undefined;
    }
    this.#topicsMax = Math.max(topicsKept, 2 * this.#topics.size);
  }

  #bytesMax({ plainBytesMax }: TopicQueue): number {
    return Math.min(this.#settings.batchBytes, plainBytesMax);
  }

  #fits(batch: Batch, record: RecordToAdd, { topic, compression }: Gathering): boolean {
    if (batch.compression !== compression) return false;
    return batch.plainBytes + bytesMaxOf(record) <= this.#bytesMax(topic);
  }

  #seal(topic: TopicQueue, queue: PartitionQueue): void {
    this.#stock.seal(topic, queue);
    if (queue.isEmpty) topic.waiting.delete(queue);
    topic.leave(queue.place.partition);
    this.nudge();
  }

  #putBack(topic: TopicQueue, queue: PartitionQueue): void {
    queue.isOut = false;
    if (!queue.isEmpty) topic.waiting.add(queue);
  }

  /** @returns when to look again. */
  #look(topic: TopicQueue, now: number): number | Step {
    const { deliveryMillis, lingerMillis, isIdempotent, requestsInFlightMax } = this.#settings;
    const ready: PartitionQueue[] = [];
    let until = Number.POSITIVE_INFINITY;
    // First, since an id may be given up with what is too late.
    for (const queue of [...topic.waiting]) this.#expire(topic, queue, now);
    for (const queue of topic.waiting) {
      until = Math.min(until, queue.calledAt + deliveryMillis);
      const pausedUntil = queue.pausedUntil(now);
      if (pausedUntil !== undefined) until = Math.min(until, pausedUntil);
      else if (!isIdempotent || (queue.identity ?? this.#identity) !== undefined) ready.push(queue);
      else if (!this.#isIdentifying) {
        this.#isIdentifying = true;
        return { kind: 'identify' };
      }
    }
    if (ready.length === 0 || this.#requests >= requestsInFlightMax) return until;
    ready.sort((one, other) => one.since - other.since);
    const since = (ready[0] as PartitionQueue).since + lingerMillis;
    const gathered = topic.requests === 0 ? since : since + gatherMillisMax;
    // Before it was gathered: the clock was set back.
    const isBack = now < since - lingerMillis;
    if (gathered > now && !isBack && !this.isUrged && !ready.some(({ isRipe }) => isRipe)) {
      return Math.min(until, gathered);
    }
    const { group } = ready[0] as PartitionQueue;
    const together = ready.filter((queue) => queue.group === group);
    return this.#begin(topic, together) ?? this.#look(topic, now);
  }

  /** @returns undefined: what there was cannot be sent, and has failed. */
  #begin(topic: TopicQueue, queues: readonly PartitionQueue[]): Step | undefined {
    const seal = (queue: PartitionQueue) => this.#seal(topic, queue);
    const identity = this.#settings.isIdempotent ? this.#identity : undefined;
    const shares = takeShares(queues, seal, identity);
    if (shares.length === 0) return undefined;
    for (const { queue } of shares) {
      queue.isOut = true;
      topic.waiting.delete(queue);
    }
    topic.requests++;
    this.#requests++;
    return { kind: 'send', request: { topic, shares } };
  }

  /** Ends what has waited too long, and was not on its way when its time was over. */
  #expire(topic: TopicQueue, queue: PartitionQueue, now: number): void {
    const { deliveryMillis } = this.#settings;
    if (now < queue.calledAt + deliveryMillis) return;
    const { lastError: cause } = queue;
    const error = notInTime(deliveryMillis, cause?.message, cause);
    this.#drop(topic, queue, error, (batch) => now >= batch.calledAt + deliveryMillis);
  }

  #drop(
    topic: TopicQueue,
    queue: PartitionQueue,
    error: SluiceError,
    isMeant: (batch: Batch) => boolean = () => true,
  ): void {
    const { unsure } = queue;
    if (unsure !== undefined) {
      this.#stock.failed(unsure.batches, error);
      if (this.#identity?.id === queue.identity?.id) this.#identity = undefined;
      queue.identity = undefined;
    }
    const first = queue.batches.findIndex((batch) => !isMeant(batch));
    const dropped = queue.batches.splice(0, first < 0 ? queue.batches.length : first);
    this.#stock.failed(dropped, error);
    queue.calm();
    if (queue.isEmpty) topic.waiting.delete(queue);
  }
}
