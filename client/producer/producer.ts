// A producer, as callers see it.

import type { Connection } from '../connection.ts';
import { invalid, notConnected } from '../errors.ts';
import {
  Events,
  type InstrumentationEvent,
  type RemoveInstrumentationEventListener,
} from '../events.ts';
import type { GroupMembers } from '../group-members.ts';
import type { Host } from '../host.ts';
import type { Logger } from '../logger.ts';
import { Accumulator } from './accumulator.ts';
import { Gatherer } from './gatherer.ts';
import type {
  ProducerBatch,
  ProducerRecord,
  RecordMetadata,
  SendOptions,
  TopicMessages,
} from './messages.ts';
import { compressionOf, type ProducerSettings } from './options.ts';
import type { PartitionerArgs } from './partitioners.ts';
import { Send } from './send.ts';
import { type RequestTold, Sender } from './sender.ts';
import { type ProducerStats, StatsCount } from './stats.ts';
import { TopicMetadata } from './topic-metadata.ts';
import { type TakenOffsets, Transaction } from './transaction.ts';

const events = {
  CONNECT: 'producer.connect',
  DISCONNECT: 'producer.disconnect',
  REQUEST: 'producer.network.request',
} as const;

export type ProducerPayloads = {
  readonly 'producer.connect': null;
  readonly 'producer.disconnect': null;
  readonly 'producer.network.request': RequestTold;
};

type TransactionAsked = {
  readonly topicMessages: readonly TopicMessages[];
  readonly offsets?: TakenOffsets | undefined;
};

/** All of a call of flush is settled. */
type Flush = { readonly left: Set<object>; readonly done: () => void };

export class Producer {
  /** Names of what `on` listens to. */
  readonly events = events;
  readonly #settings: ProducerSettings;
  readonly #connection: Connection;
  readonly #host: Host;
  readonly #members: GroupMembers;
  readonly #core: Accumulator;
  readonly #metadata: TopicMetadata;
  readonly #gatherer: Gatherer;
  readonly #sender: Sender;
  readonly #partitioner: ((args: PartitionerArgs) => number) | undefined;
  readonly #stats = new StatsCount();
  readonly #events: Events<ProducerPayloads>;
  readonly #logger: Logger;
  /** Calls and commits that are not settled. */
  readonly #unsettled = new Set<object>();
  readonly #flushes = new Set<Flush>();
  #isConnected = false;

  constructor(
    settings: ProducerSettings,
    parts: {
      readonly connection: Connection;
      readonly host: Host;
      readonly members: GroupMembers;
      readonly logger: Logger;
    },
  ) {
    const { connection, host, members } = parts;
    const { clock, chance } = host;
    this.#settings = settings;
    this.#connection = connection;
    this.#host = host;
    this.#members = members;
    this.#logger = parts.logger.namespace('Producer');
    this.#events = new Events({ clock, logger: this.#logger, types: events });
    this.#partitioner = settings.createPartitioner?.();
    const core = new Accumulator(settings, () => chance.fraction());
    const metadata = new TopicMetadata(connection, clock, settings.metadataMillisMax);
    this.#core = core;
    this.#metadata = metadata;
    const changed = () => this.#goOn();
    this.#gatherer = new Gatherer({
      core,
      clock,
      metadata,
      partitioner: this.#partitioner,
      deliveryMillis: settings.deliveryMillis,
      changed,
    });
    this.#sender = new Sender({
      core,
      connection,
      clock,
      metadata,
      stats: this.#stats,
      deliveryMillis: settings.deliveryMillis,
      told: (request) => this.#events.tell(events.REQUEST, request),
      settled: () => this.#gatherer.goOn(),
    });
  }

  /** Nothing is asked of the engine before there is something to send. */
  async connect(): Promise<void> {
    if (this.#isConnected) return;
    this.#isConnected = true;
    this.#events.tell(events.CONNECT, () => null);
  }

  /** Resolves once all that was sent and committed is settled; from now on nothing is taken. */
  async disconnect(): Promise<void> {
    const wasConnected = this.#isConnected;
    this.#isConnected = false;
    await this.flush();
    if (wasConnected) this.#events.tell(events.DISCONNECT, () => null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect();
  }

  /** Resolves once all messages are stored, to where.
   * @throws SendError of messages that are not stored, or may not be; SluiceError of what is found
   *   before, and of a producer that is not connected; what the signal was aborted with */
  send(record: ProducerRecord): Promise<RecordMetadata[]> {
    return this.#send([record], record);
  }

  /** The same, of several topics. */
  sendBatch(batch: ProducerBatch): Promise<RecordMetadata[]> {
    return this.#send(batch.topicMessages ?? [], batch);
  }

  /** Messages, and offsets of what they were made from, to be stored together or not at all. */
  async transaction(): Promise<Transaction> {
    if (!this.#isConnected) throw notConnected('the producer');
    return new Transaction({
      connection: this.#connection,
      host: this.#host,
      members: this.#members,
      metadata: this.#metadata,
      stats: this.#stats,
      partitioner: this.#partitioner,
      deliveryMillis: this.#settings.deliveryMillis,
      committing: this.#await,
    });
  }

  /** A transaction in one call. It may be tried again by calling again only if it was refused.
   * @throws SluiceError as its commit does. */
  async sendTransaction(asked: TransactionAsked): Promise<RecordMetadata[]> {
    const work = this.#transact(asked);
    // Also before its commit begins: the engine may be asked for its topics first.
    this.#await(work);
    return work;
  }

  async #transact(asked: TransactionAsked): Promise<RecordMetadata[]> {
    const transaction = await this.transaction();
    await transaction.sendBatch({ topicMessages: asked.topicMessages });
    if (asked.offsets !== undefined) await transaction.sendOffsets(asked.offsets);
    return transaction.commit();
  }

  /** Sends what is gathered, without waiting for more.
   * @returns once all that was sent and committed before is settled, well or not. */
  async flush(): Promise<void> {
    if (this.#unsettled.size === 0) return;
    const { promise, resolve: done } = Promise.withResolvers<void>();
    this.#flushes.add({ left: new Set(this.#unsettled), done });
    this.#goOn();
    await promise;
  }

  isIdempotent(): boolean {
    return this.#settings.isIdempotent;
  }

  stats(): ProducerStats {
    return this.#stats.get();
  }

  logger(): Logger {
    return this.#logger;
  }

  /** @returns what takes the listener away again. @throws SluiceError of a name that is none. */
  on<Type extends keyof ProducerPayloads>(
    eventName: Type,
    listener: (event: InstrumentationEvent<ProducerPayloads[Type]>) => unknown,
  ): RemoveInstrumentationEventListener {
    return this.#events.on(eventName, listener);
  }

  /** Most messages are sent one by one: no promise is made but the call's own. */
  #send(topicMessages: readonly TopicMessages[], options: SendOptions): Promise<RecordMetadata[]> {
    try {
      return this.#begin(topicMessages, options);
    } catch (fault) {
      return Promise.reject(fault);
    }
  }

  /** @throws SluiceError of a call that cannot be taken; what the signal was aborted with */
  #begin(topicMessages: readonly TopicMessages[], options: SendOptions): Promise<RecordMetadata[]> {
    if (!this.#isConnected) throw notConnected('the producer');
    const { signal, acks = -1 } = options;
    signal?.throwIfAborted();
    for (const { topic, messages } of topicMessages) {
      if (typeof topic !== 'string' || topic === '') throw invalid('topic', 'must be a name');
      if (!Array.isArray(messages)) throw invalid('messages', 'must be a list');
    }
    const compression = compressionOf(options.compression, this.#settings.compression);
    const send = new Send(this.#settled);
    this.#unsettled.add(send);
    if (signal !== undefined) this.#endOnAbort(send, signal, topicMessages);
    if (acks !== 0) {
      this.#gatherer.gather({ send, topicMessages, compression });
      return send.done;
    }
    const { promise, resolve } = Promise.withResolvers<RecordMetadata[]>();
    this.#gatherer.gather({ send, topicMessages, compression, onGathered: () => resolve([]) });
    return Promise.race([promise, send.done]);
  }

  #endOnAbort(send: Send, signal: AbortSignal, topicMessages: readonly TopicMessages[]): void {
    const abort = () => {
      send.giveUp(signal.reason);
      this.#gatherer.forget(topicMessages);
    };
    signal.addEventListener('abort', abort, { once: true });
    const end = () => signal.removeEventListener('abort', abort);
    send.done.then(end, end);
  }

  readonly #await = (work: Promise<unknown>): void => {
    this.#unsettled.add(work);
    const end = () => this.#settled(work);
    work.then(end, end);
  };

  readonly #settled = (one: object): void => {
    this.#unsettled.delete(one);
    for (const flush of this.#flushes) {
      flush.left.delete(one);
      if (flush.left.size > 0) continue;
      this.#flushes.delete(flush);
      flush.done();
    }
  };

  #goOn(): void {
    const isUrged = this.#flushes.size > 0 || this.#gatherer.wantsRoom;
    if (isUrged && !this.#core.isUrged) this.#core.nudge();
    this.#core.isUrged = isUrged;
    this.#sender.goOn();
  }
}
