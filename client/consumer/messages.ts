// What consumers are given and what they answer, in the shapes that users of kafkajs know.

import type { PartitionOffset, TopicPartition } from '../topic-partition.ts';

/** A list: of headers of one name, in their order. undefined: a header without a value. */
export type MessageHeaders = { [name: string]: Buffer | Buffer[] | undefined };

/** Key and value are views of what was fetched: whoever keeps one for long copies it, or keeps the
 * whole batch. */
export type KafkaMessage = {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Milliseconds since 1970; '-1': none. */
  readonly timestamp: string;
  readonly offset: string;
  /** Of a record; Kafka has none yet. */
  readonly attributes: number;
  readonly headers: MessageHeaders;
};

/** What is at hand of one partition, in the order of its offsets. */
export type Batch = {
  readonly topic: string;
  readonly partition: number;
  /** Where the partition ended when the batch was fetched. */
  readonly highWatermark: string;
  /** At least one. */
  readonly messages: KafkaMessage[];
  isEmpty(): boolean;
  firstOffset(): string | null;
  lastOffset(): string;
  /** Messages of the partition behind the last of these. */
  offsetLag(): string;
  /** The same behind the first. */
  offsetLagLow(): string;
};

export type TopicPartitionOffset = TopicPartition & { readonly offset: string };

/** `offset` is that of the next message to read. */
export type TopicPartitionOffsetAndMetadata = TopicPartitionOffset & {
  readonly metadata?: string | null;
};

export type TopicPartitions = { readonly topic: string; readonly partitions: number[] };

export type TopicOffsets = { readonly topic: string; readonly partitions: PartitionOffset[] };

export type Offsets = { readonly topics: TopicOffsets[] };

type PayloadOfAll = {
  /** Lets other work go on, such as that by which the group knows that the consumer is there. Only
   * handlers that work for seconds without waiting for anything need it.
   * @throws SluiceError the partition is another's by now: what is done is done again there. */
  heartbeat(): Promise<void>;
  /** Nothing more of the partition comes after this, until what is returned is called. */
  pause(): () => void;
};

export type EachMessagePayload = PayloadOfAll & {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
};

export type EachBatchPayload = PayloadOfAll & {
  readonly batch: Batch;
  /** Of a message that is done with, and all before it.
   * @throws SluiceError of what is no offset. */
  resolveOffset(offset: string): void;
  /** What is due of what is resolved; these, if some are named, as `commitOffsets` does.
   * @throws SluiceError of what is no offset; as `commitOffsets` does */
  commitOffsetsIfNecessary(offsets?: Offsets): Promise<void>;
  /** Of all partitions, the next to read. */
  uncommittedOffsets(): Offsets;
  isRunning(): boolean;
  /** Whether what is left of the batch is not to be done: the consumer was told to seek, or the
   * partition is another's by now. */
  isStale(): boolean;
};

export type EachMessageHandler = (payload: EachMessagePayload) => unknown;
export type EachBatchHandler = (payload: EachBatchPayload) => unknown;

export type ConsumerRunConfig = {
  /** Whether what is done is committed without being asked. @default true */
  readonly autoCommit?: boolean;
  /** Milliseconds from commit to commit. Each costs a write for every partition. Kafka's
   * auto.commit.interval.ms. @default 5000 */
  readonly autoCommitInterval?: number | null;
  /** Messages that are done after which it is committed too, before the next one.
   * @default none */
  readonly autoCommitThreshold?: number | null;
  /** Whether a batch is done when its handler is. @default true */
  readonly eachBatchAutoResolve?: boolean;
  /** Partitions that handlers are at work on at once. @default 1 */
  readonly partitionsConsumedConcurrently?: number;
  readonly eachMessage?: EachMessageHandler;
  readonly eachBatch?: EachBatchHandler;
  /** Aborted, the consumer stops as by `stop`. */
  readonly signal?: AbortSignal;
};

export type ConsumerSubscribeTopics = {
  /** Names, or regular expressions that topics of now and later match. */
  readonly topics: readonly (string | RegExp)[];
  /** Where to begin when the group has committed nothing: true: with the first message that there
   * is; false: with the next that comes. The same for all topics. @default false */
  readonly fromBeginning?: boolean;
};

export type ConsumerSubscribeTopic = {
  readonly topic: string | RegExp;
  /** As that of `topics`. @default false */
  readonly fromBeginning?: boolean;
};
