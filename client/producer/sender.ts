// The producer's shell: it does what the accumulator decides. It sends requests, takes ids, and
// sleeps until something is due.

import { encodeParts } from '../../shared/record/parts.ts';
import { type Answer, type Connection, jsonIn } from '../connection.ts';
import { answered, SluiceError } from '../errors.ts';
import type { Clock } from '../host.ts';
import { partsType } from '../media-types.ts';
import { segment } from '../path.ts';
import type { Accumulator, ProduceRequest } from './accumulator.ts';
import { bytesOfShare, type Share } from './partition-queue.ts';
import type { StatsCount } from './stats.ts';
import type { TopicMetadata } from './topic-metadata.ts';

/** Of a request that was answered, or that failed. */
export type RequestTold = {
  readonly topic: string;
  readonly partitions: number;
  readonly batches: number;
  readonly messages: number;
  /** Of the body. */
  readonly bytes: number;
  /** In milliseconds. */
  readonly duration: number;
  /** undefined: it was answered, for each partition by itself. */
  readonly error?: SluiceError;
};

export type SenderParts = {
  readonly core: Accumulator;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly metadata: TopicMetadata;
  readonly stats: StatsCount;
  readonly deliveryMillis: number;
  readonly told: (request: () => RequestTold) => void;
  /** Something was settled, so there may be room; it ends in goOn. */
  readonly settled: () => void;
};

type NewProducer = { readonly producer_id: number; readonly producer_epoch: number };

type Offsets = {
  readonly offsets: readonly {
    readonly partition: number;
    readonly offset: number | null;
    readonly error_code: number | null;
    readonly error: string | null;
  }[];
};

export class Sender {
  readonly #parts: SenderParts;
  /** It goes on before anything else is awaited. */
  #isAwake = false;
  #sleep: { readonly until: number; readonly wake: () => void } | undefined;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** To be called when the accumulator was told something. What is due goes once the caller has
   * done all that it does at once: so messages that are sent together go together. */
  goOn(): void {
    const { core, clock } = this.#parts;
    const { due } = core;
    if (this.#isAwake) return;
    if (due <= clock.now()) {
      this.#isAwake = true;
      void Promise.resolve().then(() => this.#drive());
    } else if (due < (this.#sleep?.until ?? Number.POSITIVE_INFINITY)) {
      void this.#sleepUntil(due);
    } else if (due === Number.POSITIVE_INFINITY) {
      // A process that has nothing else to do ends.
      this.#sleep?.wake();
    }
  }

  #drive(): void {
    const { core, clock } = this.#parts;
    for (;;) {
      const step = core.next(clock.now());
      if (step.kind === 'wait') break;
      if (step.kind === 'send') void this.#send(step.request);
      else void this.#identify();
    }
    this.#isAwake = false;
    // What was too late is settled here, too.
    this.#parts.settled();
  }

  async #sleepUntil(until: number): Promise<void> {
    this.#sleep?.wake();
    const { promise, resolve: wake } = Promise.withResolvers<void>();
    const sleep = { until, wake };
    this.#sleep = sleep;
    const { core, clock } = this.#parts;
    await clock.sleep(Math.max(0, until - clock.now()), promise);
    if (this.#sleep !== sleep) return;
    this.#sleep = undefined;
    // Whatever the clock says by now: it may have been set back.
    core.nudge();
    this.goOn();
  }

  async #identify(): Promise<void> {
    const { core, connection, clock, deliveryMillis } = this.#parts;
    try {
      const deadline = clock.now() + deliveryMillis;
      const { producer_id: id, producer_epoch: epoch } = await connection.askJson<NewProducer>(
        { method: 'POST', path: '/producers', json: {}, deadline },
        (reply) => isCount(reply.producer_id) && isCount(reply.producer_epoch),
      );
      core.identified({ id, epoch });
    } catch (error) {
      core.unidentified(asSluiceError(error), clock.now());
    }
    this.#parts.settled();
  }

  async #send(request: ProduceRequest): Promise<void> {
    const { core, connection, clock, stats } = this.#parts;
    const { topic, shares } = request;
    const parts = shares.map(bytesOfShare);
    const partitions = shares.map(({ queue }, index) => {
      const bytes = (parts[index] ?? []).reduce((sum, { length }) => sum + length, 0);
      return { partition: queue.place.partition, bytes };
    });
    const body = encodeParts({ partitions }, parts.flat());
    const sentAt = clock.now();
    let results: readonly (number | SluiceError)[];
    let failure: SluiceError | undefined;
    try {
      const answer = await connection.ask({
        method: 'POST',
        path: `/topics/${segment('topic', topic.name)}`,
        type: partsType,
        body,
        // Once: what is tried again goes with what was gathered meanwhile.
        deadline: 0,
      });
      stats.addOperations(answer.headers.get('server-timing'));
      results = resultsIn(answer, shares);
    } catch (error) {
      failure = asSluiceError(error);
      results = shares.map(() => failure as SluiceError);
    }
    this.#count(shares, results, failure);
    if (results.some((result) => result instanceof SluiceError && isUnknownTopic(result))) {
      this.#parts.metadata.forget(topic.name);
    }
    core.settle(request, results, clock.now());
    this.#parts.told(() => ({
      topic: topic.name,
      partitions: shares.length,
      batches: shares.reduce((sum, { batches }) => sum + batches.length, 0),
      messages: shares.reduce((sum, { count }) => sum + count, 0),
      bytes: body.length,
      duration: clock.now() - sentAt,
      ...(failure === undefined ? {} : { error: failure }),
    }));
    this.#parts.settled();
  }

  #count(
    shares: readonly Share[],
    results: readonly (number | SluiceError)[],
    failure: SluiceError | undefined,
  ): void {
    const { stats } = this.#parts;
    stats.add({ requests: 1, failedRequests: failure === undefined ? 0 : 1 });
    for (const [index, { batches, count }] of shares.entries()) {
      if (typeof results[index] !== 'number') continue;
      stats.add({ messages: count, batches: batches.length });
      for (const { plainBytes, heldBytes } of batches) {
        stats.add({ bytes: plainBytes, storedBytes: heldBytes });
      }
    }
  }
}

/** @throws of a reply that is none: then nobody knows what is stored. */
function resultsIn({ bytes }: Answer, shares: readonly Share[]): readonly (number | SluiceError)[] {
  const { offsets } = jsonIn<Offsets>(bytes, (reply) => Array.isArray(reply.offsets));
  const byPartition = new Map(offsets.map((entry) => [entry.partition, entry]));
  return shares.map(({ queue }) => {
    const entry = byPartition.get(queue.place.partition);
    if (entry === undefined) return answered(50004, 'the reply leaves the partition out');
    if (entry.error_code === null && entry.offset !== null) return entry.offset;
    return answered(entry.error_code ?? 50004, entry.error ?? 'no offset');
  });
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isUnknownTopic({ code }: SluiceError): boolean {
  return code === 40401 || code === 40402;
}

function asSluiceError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SluiceError(message, {
    code: 50004,
    outcome: 'unknown',
    retriable: true,
    cause: error,
  });
}
