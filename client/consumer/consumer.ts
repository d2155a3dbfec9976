// A consumer, in the shape that users of kafkajs know: it shares the partitions of topics with
// those of its group, and gives their messages to a handler, each partition's in their order.
//
// - At least once: what was done and not committed when a consumer is gone without leaving, or was
//   too slow to give up, is done again by another. On a graceful stop nothing is.
// - A commit never goes back. To go back, seek: it holds until the partition is given to another.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Connection } from '../connection.ts';
import { describeGroups, type GroupDescription } from '../describe-groups.ts';
import { invalid, type SluiceError } from '../errors.ts';
import {
  Events,
  type InstrumentationEvent,
  type RemoveInstrumentationEventListener,
} from '../events.ts';
import type { GroupMembers } from '../group-members.ts';
import type { Host } from '../host.ts';
import type { Logger } from '../logger.ts';
import { Requests } from '../requests.ts';
import type { RetryOptions } from '../retry.ts';
import { earliestOffset, offsetOf } from '../topic-partition.ts';
import { expectList } from '../within.ts';
import { Bell } from './bell.ts';
import { type ConsumerPayloads, consumerEvents } from './events.ts';
import type { InHand } from './held-partition.ts';
import type {
  ConsumerRunConfig,
  ConsumerSubscribeTopic,
  ConsumerSubscribeTopics,
  TopicPartitionOffset,
  TopicPartitionOffsetAndMetadata,
  TopicPartitions,
} from './messages.ts';
import { type ConsumerOptions, type ConsumerSettings, consumerSettings } from './options.ts';
import { type Pausable, PausedPartitions } from './paused-partitions.ts';
import { Restarts } from './restarts.ts';
import { Run } from './run.ts';
import { type RunSettings, runSettings } from './run-settings.ts';
import { subscriptionTo } from './topic-pattern.ts';

export type ConsumerParts = {
  readonly connection: Connection;
  readonly host: Host;
  readonly members: GroupMembers;
  readonly logger: Logger;
  readonly retry: RetryOptions | undefined;
};

export class Consumer {
  /** Names of what `on` listens to. */
  readonly events = consumerEvents;
  readonly #parts: ConsumerParts;
  readonly #settings: ConsumerSettings;
  readonly #events: Events<ConsumerPayloads>;
  readonly #logger: Logger;
  readonly #wanted = new Set<string | RegExp>();
  #fromBeginning: boolean | undefined;
  #paused = new PausedPartitions();
  #isConnected = false;
  #run: Run | undefined;
  /** Resolves when nothing runs any more. */
  #running: Promise<void> | undefined;
  #isStopping = false;
  readonly #stopBell = new Bell();
  /** Of who calls, if it is what the consumer has called. */
  readonly #turns = new AsyncLocalStorage<InHand>();

  /** @throws SluiceError that names the option. */
  constructor(options: ConsumerOptions, parts: ConsumerParts) {
    this.#parts = parts;
    this.#settings = consumerSettings(options, parts.retry);
    this.#logger = parts.logger.namespace('Consumer');
    this.#events = new Events({
      clock: parts.host.clock,
      logger: this.#logger,
      types: consumerEvents,
    });
  }

  /** Nothing is sent: a consumer joins its group when it runs. */
  async connect(): Promise<void> {
    if (this.#isConnected) return;
    this.#isConnected = true;
    this.#events.tell('consumer.connect', () => null);
  }

  /** Finishes the messages in hand, commits, and gives its partitions to the others. Resolves when
   * that is done; but to a handler, which is in hand itself, as soon as nothing else is begun: it
   * may await it, and what it does is committed once it is done. What a handler has left behind
   * when it was done is taken for the handler while later messages of its partition are in hand. */
  disconnect(): Promise<void> {
    return this.#unlessAwaitedBy(this.#disconnect());
  }

  async #disconnect(): Promise<void> {
    await this.#stop();
    if (!this.#isConnected) return;
    this.#isConnected = false;
    this.#events.tell('consumer.disconnect', () => null);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disconnect();
  }

  /** Adds to what was subscribed to before. A regular expression is taken as RE2 reads it.
   * @throws SluiceError while it runs; of what is neither a name nor an expression; of other topics
   *   it was said that they begin elsewhere. */
  async subscribe(wanted: ConsumerSubscribeTopics | ConsumerSubscribeTopic): Promise<void> {
    if (this.#running !== undefined) throw invalid('subscribe', 'the consumer is running');
    const topics = 'topics' in wanted ? wanted.topics : [wanted.topic];
    expectList('topics', topics, 1);
    const { fromBeginning = false } = wanted;
    if (this.#wanted.size > 0 && fromBeginning !== this.#fromBeginning) {
      throw invalid('fromBeginning', 'must be the same for all topics of a consumer');
    }
    subscriptionTo(topics);
    this.#fromBeginning = fromBeginning;
    for (const topic of topics) this.#wanted.add(topic);
  }

  /** Resolves when the consumer has joined its group; messages are handled from then on. What goes
   * wrong later it tells as a crash, and starts again if that may help.
   * @throws SluiceError of a bad option. */
  async run(config: ConsumerRunConfig = {}): Promise<void> {
    const { signal } = config;
    if (this.#wanted.size === 0) throw invalid('topics', 'nothing is subscribed to');
    const settings = runSettings(this.#settings, config, this.#fromBeginning === true);
    if (this.#running !== undefined) {
      this.#logger.warn('run was called, and the consumer is running already');
      return;
    }
    if (signal?.aborted) return;
    // Nothing is awaited before it runs: whoever calls twice, or stops at once, finds it running.
    void this.connect();
    const joined = Promise.withResolvers<void>();
    const stop = () => void this.stop();
    signal?.addEventListener('abort', stop);
    this.#isStopping = false;
    this.#paused = new PausedPartitions();
    const lived = this.#live(settings, joined.resolve).finally(() => {
      signal?.removeEventListener('abort', stop);
      this.#running = undefined;
    });
    // Nobody may be there to hear of it any more.
    this.#running = lived.catch((error) => {
      this.#logger.error(`the consumer has ended: ${error}`);
      joined.reject(error);
    });
    await joined.promise;
  }

  /** As disconnect, also for a handler, but it may run again. */
  stop(): Promise<void> {
    return this.#unlessAwaitedBy(this.#stop());
  }

  async #stop(): Promise<void> {
    if (this.#running === undefined) return;
    this.#isStopping = true;
    this.#run?.stop();
    this.#stopBell.ring();
    await this.#running;
  }

  /** Nothing more of these is handled until they are resumed, but what is in hand. They stay the
   * consumer's, and what is fetched of them is kept. @param topics without partitions: all of it.
   * @throws SluiceError it does not run. */
  pause(topics: readonly Pausable[]): void {
    if (this.#running === undefined) throw notRunning('pause');
    this.#paused.pause(topics);
  }

  /** @throws SluiceError it does not run. */
  resume(topics: readonly Pausable[]): void {
    if (this.#running === undefined) throw notRunning('resume');
    this.#paused.resume(topics);
    this.#run?.changed();
  }

  /** Of what the consumer has. */
  paused(): TopicPartitions[] {
    const held = this.#run?.assignment.held ?? [];
    const paused = held.filter(({ topic, partition }) => this.#paused.has(topic, partition));
    return [...Map.groupBy(paused, ({ topic }) => topic)].map(([topic, all]) => {
      return { topic, partitions: all.map(({ partition }) => partition) };
    });
  }

  /** Goes on there with a partition that the consumer has; of any other nothing is done. '-1': with
   * what comes next; '-2': with the first that there is. It is for as long as the consumer has the
   * partition: what is committed does not go back.
   * @throws SluiceError it does not run; of an offset that is none. */
  seek({ topic, partition, offset }: TopicPartitionOffset): void {
    this.#needRunning('seek');
    const at = offsetOf(offset, earliestOffset);
    this.#run?.seek({ topic, partition }, at);
  }

  /** @param offsets of the next messages to read. Lower ones than are committed change nothing.
   * @throws SluiceError ILLEGAL_STATE: one is not the consumer's any more, and others may be
   *   committed; UNKNOWN_MEMBER_ID: it is joining again */
  async commitOffsets(offsets: readonly TopicPartitionOffsetAndMetadata[]): Promise<void> {
    const run = this.#needRunning('commitOffsets');
    const wanted = offsets.map(({ topic, partition, offset, metadata }) => {
      return { topic, partition, metadata, offset: offsetOf(offset, 0) };
    });
    await run.committer.commit(wanted);
  }

  /** @throws SluiceError */
  async describeGroup(): Promise<GroupDescription> {
    const requests = new Requests(this.#parts.connection);
    const { groups } = await describeGroups(requests, [this.#settings.groupId], {});
    return groups[0] as GroupDescription;
  }

  /** @returns what takes the listener away again. @throws SluiceError of a name that is none. */
  on<Type extends keyof ConsumerPayloads>(
    eventName: Type,
    listener: (event: InstrumentationEvent<ConsumerPayloads[Type]>) => unknown,
  ): RemoveInstrumentationEventListener {
    return this.#events.on(eventName, listener);
  }

  logger(): Logger {
    return this.#logger;
  }

  /** Runs after run, until it is stopped, or nothing may be mended by another. */
  async #live(settings: RunSettings, onJoined: () => void): Promise<void> {
    const { clock, chance } = this.#parts.host;
    const restarts = new Restarts({ settings: this.#settings, chance, calls: this.#turns });
    while (!this.#isStopping) {
      const began = clock.now();
      const failure = await this.#liveOnce(settings, onJoined);
      if (failure === undefined) break;
      const restart = !this.#isStopping && (await restarts.mayFollow(failure));
      this.#logger.error(`the consumer has crashed: ${failure.message}`, { restart });
      const { groupId } = this.#settings;
      this.#events.tell('consumer.crash', () => ({ error: failure, groupId, restart }));
      onJoined();
      if (!restart || this.#isStopping) break;
      const millis = restarts.pauseAfter(failure, clock.now() - began);
      await this.#stopBell.waitFor(clock, millis);
    }
    onJoined();
    this.#events.tell('consumer.stop', () => null);
  }

  /** @returns what it has crashed with. */
  async #liveOnce(settings: RunSettings, onJoined: () => void): Promise<Error | undefined> {
    const { connection, host, members } = this.#parts;
    const run = new Run({
      ...settings,
      ...{ connection, host, members },
      events: this.#events,
      logger: this.#logger,
      subscription: subscriptionTo([...this.#wanted]),
      paused: this.#paused,
      turns: this.#turns,
      resumed: () => this.#run?.changed(),
    });
    this.#run = run;
    try {
      await run.live(onJoined);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      this.#run = undefined;
    }
  }

  /** Waits for the end, unless the end waits for who calls. A handler that has called and does not
   * wait is done by the next turn, and who goes on from its call is told of the end. */
  async #unlessAwaitedBy(end: Promise<void>): Promise<void> {
    const caller = this.#turns.getStore();
    if (caller?.isInHand === true) {
      await this.#parts.host.clock.turn();
      if (caller.isInHand) return;
    }
    await end;
  }

  #needRunning(field: string): Run {
    if (this.#run !== undefined) return this.#run;
    throw notRunning(field);
  }
}

function notRunning(field: string): SluiceError {
  return invalid(field, 'the consumer does not run');
}
