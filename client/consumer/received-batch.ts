// A batch as its handler sees it, and what is told of it.

import type { Batch, KafkaMessage } from './messages.ts';

export class ReceivedBatch implements Batch {
  readonly topic: string;
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: KafkaMessage[];
  readonly #end: number;

  constructor(
    of: { readonly topic: string; readonly partition: number; readonly highWatermark: number },
    messages: KafkaMessage[],
  ) {
    this.topic = of.topic;
    this.partition = of.partition;
    this.highWatermark = `${of.highWatermark}`;
    this.messages = messages;
    this.#end = of.highWatermark;
  }

  isEmpty(): boolean {
    return this.messages.length === 0;
  }

  firstOffset(): string | null {
    return this.messages[0]?.offset ?? null;
  }

  lastOffset(): string {
    return this.messages.at(-1)?.offset ?? `${this.#end - 1}`;
  }

  offsetLag(): string {
    return this.#behind(this.lastOffset());
  }

  offsetLagLow(): string {
    return this.#behind(this.firstOffset() ?? this.lastOffset());
  }

  /** A handler may be further than what was known when the batch was fetched. */
  #behind(offset: string): string {
    return `${Math.max(0, this.#end - 1 - Number(offset))}`;
  }
}

export function toldOf(batch: Batch) {
  return {
    topic: batch.topic,
    partition: batch.partition,
    highWatermark: batch.highWatermark,
    offsetLag: batch.offsetLag(),
    offsetLagLow: batch.offsetLagLow(),
    batchSize: batch.messages.length,
    firstOffset: batch.firstOffset(),
    lastOffset: batch.lastOffset(),
  };
}
