// What producers are given and what they answer, in the shapes that users of kafkajs know.

import type { Compression } from '../../shared/record/codec.ts';
import type { Content } from '../../shared/record/growing-batch.ts';

/** Text is sent as UTF-8; undefined: a header without a value. */
export type HeaderValue = string | Uint8Array | undefined;

/** A list: a header of that name for each. */
export type IHeaders = {
  readonly [key: string]: HeaderValue | null | readonly (string | Uint8Array)[];
};

export type Message = {
  /** Messages of one key meet in one partition, in order. None: any partition. */
  readonly key?: Content | undefined;
  /** null: a tombstone, in a topic that is compacted. */
  readonly value: Content;
  /** Goes before the key. */
  readonly partition?: number | undefined;
  readonly headers?: IHeaders | undefined;
  /** Milliseconds since 1970. @default the time at which it is sent */
  readonly timestamp?: string | number | undefined;
};

/** By the number that a batch's attributes give them. */
export const CompressionTypes = { None: 0, GZIP: 1, Snappy: 2, LZ4: 3, ZSTD: 4 } as const;

export type CompressionType = (typeof CompressionTypes)[keyof typeof CompressionTypes];

export type SendOptions = {
  /** 0: the promise resolves once the messages are gathered, to no metadata, and nobody is told
   * what becomes of them. All else waits until they are stored. @default -1 */
  readonly acks?: number | undefined;
  /** Accepted, and passed over: `deliveryTimeout` of the producer bounds what is tried. */
  readonly timeout?: number | undefined;
  /** Snappy and LZ4 are read and not written: the producer's own is taken for them.
   * @default the producer's */
  readonly compression?: Compression | CompressionType | undefined;
  /** Ends the waiting. What is gathered by then is sent all the same; the rest is not. */
  readonly signal?: AbortSignal | undefined;
};

export type TopicMessages = { readonly topic: string; readonly messages: readonly Message[] };

export type ProducerRecord = TopicMessages & SendOptions;

export type ProducerBatch = SendOptions & { readonly topicMessages?: readonly TopicMessages[] };

/** Of each partition that the messages reached. */
export type RecordMetadata = {
  readonly topicName: string;
  readonly partition: number;
  /** 0: what failed is thrown. */
  readonly errorCode: 0;
  /** Of the first of the messages there; '-1': they are stored, and it is not known any more where.
   * */
  readonly baseOffset: string;
};
