// A topic read in no group: first what there is, partition by partition, so that the same is
// printed each time; then, if it is to be followed, what comes to any of them, and to those that
// the topic is given meanwhile.

import { abortOf } from '../../client/aborts.ts';
import type { Admin } from '../../client/admin/admin.ts';
import type { Connection } from '../../client/connection.ts';
import type { KafkaMessage } from '../../client/consumer/messages.ts';
import { SluiceError } from '../../client/errors.ts';
import type { Clock } from '../../client/host.ts';
import { fetchWaitMillisMax, topicsCheckMillis } from '../../shared/limits.ts';
import { type Ask, type Fetched, fetchFrom, isOutOfRange } from './read-partition.ts';
import { Turns } from './turns.ts';

export type Span = {
  readonly partition: number;
  readonly from: number;
  /** Before that offset it ends; undefined: it goes on. */
  readonly to: number | undefined;
  /** Where the log ended at first. */
  readonly end: number;
};

/** @property waits for records, where there are none. */
type Waiting = Omit<Ask, 'waitMillis'> & { readonly waits: boolean };

/** What becomes of messages, one after another. @returns whether more are wanted. */
export type Take = (partition: number, messages: readonly KafkaMessage[]) => Promise<boolean>;

/** Of one who follows: an engine that is away for a while is waited for. */
export type Following = {
  readonly clock: Pick<Clock, 'sleep'>;
  /** How many partitions the topic has, if those that it is given later are to be read, too. */
  readonly partitions: number | undefined;
  /** Told once, until it is there again. */
  readonly onAway: (error: SluiceError) => void;
};

/** Fetches that wait for records at once: in an account each is a function, which is paid for while
 * it waits. */
const pollsMax = 16;
/** Where there are more partitions, they take turns, and each has its turn about so often. */
const roundMillis = 5_000;

/** Before the engine is asked again; the client has asked several times by then. */
const awayMillis = 1_000;

export class TopicReader {
  readonly #connection: Connection;
  readonly #admin: Admin;
  readonly #topic: string;
  readonly #take: Take;
  /** Aborted: no more is wanted. */
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  readonly #following: Following | undefined;
  /** Partitions that cannot be read for now. */
  readonly #away = new Set<number>();
  readonly #polls = new Turns(pollsMax);
  /** Partitions that are followed. */
  #followed = 0;
  #taking: Promise<unknown> = Promise.resolve();

  constructor(parts: {
    readonly connection: Connection;
    readonly admin: Admin;
    readonly topic: string;
    readonly take: Take;
    readonly interrupted: AbortSignal;
    /** undefined: it ends. */
    readonly following?: Following | undefined;
  }) {
    this.#connection = parts.connection;
    this.#admin = parts.admin;
    this.#topic = parts.topic;
    this.#take = parts.take;
    this.#following = parts.following;
    this.#signal = AbortSignal.any([this.#over.signal, parts.interrupted]);
  }

  /** Resolves when all is read, no more is wanted, or somebody has asked for the end. */
  async read(spans: readonly Span[]): Promise<void> {
    try {
      const followed: Span[] = [];
      for (const span of spans) {
        const upTo = span.to ?? span.end;
        const at = await this.#readSpan({ ...span, to: upTo }, false);
        if (span.to === undefined || span.to > at) followed.push({ ...span, from: at });
      }
      await Promise.all([
        ...followed.map((span) => this.#follow(span)),
        this.#followGrowth(this.#following?.partitions),
      ]);
    } catch (error) {
      if (!this.#signal.aborted) throw error;
      // What was being printed is printed.
      await this.#taking;
    }
  }

  #follow(span: Span): Promise<number> {
    this.#followed++;
    return this.#readSpan(span, true);
  }

  /** Partitions that the topic is given, from their beginning: all of it has come since. */
  async #followGrowth(partitions: number | undefined): Promise<void> {
    if (this.#following === undefined || partitions === undefined) return;
    let count = partitions;
    while (count <= partitions) {
      await this.#sleep(this.#following, topicsCheckMillis);
      // That nobody answers is told by those who read.
      count = await this.#partitionsNow().catch(() => partitions);
    }
    const grown = Array.from({ length: count - partitions }, (_, index) => partitions + index);
    const spans = grown.map((partition) => ({ partition, from: 0, to: undefined, end: 0 }));
    await Promise.all([...spans.map((span) => this.#follow(span)), this.#followGrowth(count)]);
  }

  async #partitionsNow(): Promise<number> {
    const asked = { topics: [this.#topic], signal: this.#signal };
    const { topics } = await this.#admin.fetchTopicMetadata(asked);
    return topics[0]?.partitions.length ?? 0;
  }

  /** The next fetch is on its way while what the last one brought is printed.
   * @returns the next offset. */
  async #readSpan({ partition, from, to }: Span, waits: boolean): Promise<number> {
    let offset = from;
    const isDone = () => this.#signal.aborted || (to !== undefined && offset >= to);
    if (isDone()) return offset;
    const ask = { topic: this.#topic, partition, waits, signal: this.#signal };
    let next: Promise<Fetched> | undefined = this.#fetch({ ...ask, offset });
    while (next !== undefined) {
      const { messages, nextOffset } = await next;
      // Without a record or a step forward there is nothing more to come of what is there.
      if (nextOffset === offset && !waits) return offset;
      offset = nextOffset;
      next = isDone() ? undefined : this.#fetch({ ...ask, offset });
      next?.catch(() => undefined);
      const wanted =
        to === undefined ? messages : messages.filter((one) => Number(one.offset) < to);
      if (wanted.length > 0 && !(await this.#inTurn(partition, wanted))) this.#over.abort();
      this.#signal.throwIfAborted();
    }
    return offset;
  }

  /** Partitions that are followed at once print one after another. */
  #inTurn(partition: number, messages: readonly KafkaMessage[]): Promise<boolean> {
    const taken = this.#taking.then(() => this.#signal.aborted || this.#take(partition, messages));
    this.#taking = taken;
    return taken;
  }

  async #fetch(ask: Waiting): Promise<Fetched> {
    for (;;) {
      try {
        const fetched = await this.#fetchOnce(ask);
        this.#away.delete(ask.partition);
        return fetched;
      } catch (error) {
        if (this.#following === undefined || !(error instanceof SluiceError)) throw error;
        if (!error.retriable) throw error;
        await this.#wait(this.#following, ask, error);
      }
    }
  }

  async #wait(following: Following, { partition }: Waiting, error: SluiceError): Promise<void> {
    if (this.#away.size === 0) following.onAway(error);
    this.#away.add(partition);
    await this.#sleep(following, awayMillis);
  }

  async #sleep({ clock }: Following, millis: number): Promise<void> {
    const aborted = abortOf(this.#signal);
    await clock.sleep(millis, aborted.promise);
    aborted.close();
    this.#signal.throwIfAborted();
  }

  #fetchOnce({ waits, ...ask }: Waiting): Promise<Fetched> {
    if (!waits) return this.#fetchFrom({ ...ask, waitMillis: 0 });
    return this.#polls.take(() => {
      const share = pollsMax / this.#followed;
      const waitMillis = share >= 1 ? fetchWaitMillisMax : Math.floor(share * roundMillis);
      return this.#fetchFrom({ ...ask, waitMillis });
    });
  }

  async #fetchFrom(ask: Ask): Promise<Fetched> {
    try {
      return await fetchFrom(this.#connection, ask);
    } catch (error) {
      if (!isOutOfRange(error)) throw error;
      const all = await this.#admin.fetchTopicOffsets(this.#topic, { signal: this.#signal });
      const low = Number(all.find(({ partition }) => partition === ask.partition)?.low ?? 0);
      if (low <= ask.offset) throw error;
      return fetchFrom(this.#connection, { ...ask, offset: low });
    }
  }
}
