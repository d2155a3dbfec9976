// How many partitions topics have, as the engine said lately. What is old is used while it is asked
// for again: a topic only grows, and a message that went by the old number is where it was to be.

import type { Connection } from '../connection.ts';
import type { Clock } from '../host.ts';
import { segment } from '../path.ts';
import { topicsKept } from './options.ts';

/** @property ask how many were begun before it. */
type Known = { readonly partitions: number; readonly askedAt: number; readonly ask: number };

export class TopicMetadata {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #millisMax: number;
  readonly #known = new Map<string, Known>();
  /** Before old ones are forgotten. */
  #topicsMax = topicsKept;
  readonly #asking = new Map<string, Promise<number>>();
  #asks = 0;

  constructor(connection: Connection, clock: Clock, millisMax: number) {
    this.#connection = connection;
    this.#clock = clock;
    this.#millisMax = millisMax;
  }

  /** @returns undefined: it must be asked. */
  partitions(topic: string): number | undefined {
    const known = this.#known.get(topic);
    if (known === undefined) return undefined;
    if (this.#clock.now() - known.askedAt > this.#millisMax) {
      this.ask(topic).catch(() => undefined);
    }
    return known.partitions;
  }

  /** How often something was asked so far: by this, and not by a clock, one thing is before
   * another. */
  get asks(): number {
    return this.#asks;
  }

  /** Whether it was asked for when as many had been. */
  isSince(topic: string, asks: number): boolean {
    return (this.#known.get(topic)?.ask ?? -1) >= asks;
  }

  /** As the engine says it now; who asks at once asks once.
   * @param deadline as of Ask, of who asks first.
   * @throws SluiceError UNKNOWN_TOPIC_OR_PARTITION, which also forgets it; as `ask` does. */
  ask(topic: string, deadline?: number): Promise<number> {
    const asking = this.#asking.get(topic);
    if (asking !== undefined) return asking;
    const asked = this.#ask(topic, deadline).finally(() => this.#asking.delete(topic));
    this.#asking.set(topic, asked);
    return asked;
  }

  forget(topic: string): void {
    this.#known.delete(topic);
  }

  async #ask(topic: string, deadline: number | undefined): Promise<number> {
    const askedAt = this.#clock.now();
    const ask = this.#asks++;
    const path = `/topics/${segment('topic', topic)}/partitions`;
    const { length: partitions } = await this.#connection.askJson<readonly unknown[]>(
      { method: 'GET', path, ...(deadline !== undefined && { deadline }) },
      (reply) => Array.isArray(reply) && reply.length > 0,
    );
    this.#forgetOld();
    this.#known.set(topic, { partitions, askedAt, ask });
    return partitions;
  }

  /** Topics come and go. */
  #forgetOld(): void {
    if (this.#known.size < this.#topicsMax) return;
    const now = this.#clock.now();
    for (const [topic, { askedAt }] of this.#known) {
      if (now - askedAt > this.#millisMax) this.#known.delete(topic);
    }
    this.#topicsMax = Math.max(topicsKept, 2 * this.#known.size);
  }
}
