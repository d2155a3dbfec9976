// Messages printed as they are wanted, up to so many.

import type { KafkaMessage } from '../../client/consumer/messages.ts';
import { OutputClosed, type Terminal } from '../terminal.ts';
import type { Told } from './format.ts';

export class MessagePrinter {
  readonly #topic: string;
  readonly #print: (told: Told) => string | Uint8Array;
  readonly #stdout: Terminal['stdout'];
  #left: number;
  #printed = 0;

  constructor(parts: {
    readonly topic: string;
    readonly print: (told: Told) => string | Uint8Array;
    readonly stdout: Terminal['stdout'];
    /** undefined: all. */
    readonly count: number | undefined;
  }) {
    this.#topic = parts.topic;
    this.#print = parts.print;
    this.#stdout = parts.stdout;
    this.#left = parts.count ?? Number.POSITIVE_INFINITY;
  }

  get printed(): number {
    return this.#printed;
  }

  get isFull(): boolean {
    return this.#left <= 0;
  }

  /** @returns how many are printed: fewer if there are enough, or nobody reads any more. */
  async take(partition: number, messages: readonly KafkaMessage[]): Promise<number> {
    const wanted = messages.slice(0, this.#left);
    const pieces = wanted.map((message) => {
      return Buffer.from(this.#print({ topic: this.#topic, partition, message }));
    });
    try {
      if (pieces.length > 0) await this.#stdout.write(Buffer.concat(pieces));
    } catch (error) {
      if (!(error instanceof OutputClosed)) throw error;
      this.#left = 0;
      return 0;
    }
    this.#left -= wanted.length;
    this.#printed += wanted.length;
    return wanted.length;
  }
}
