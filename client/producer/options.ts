// What a producer may be told, and what it does when it is told nothing.

import {
  decompressedBytesMax,
  messageBytesDefault,
  produceBodyBytesMax,
  recordsPerRequestMax,
} from '../../shared/limits.ts';
import { type Compression, hasZstd } from '../../shared/record/codec.ts';
import { invalid } from '../errors.ts';
import { type RetryOptions, type RetrySettings, retrySettings } from '../retry.ts';
import { within } from '../within.ts';
import { type CompressionType, CompressionTypes } from './messages.ts';
import { DefaultPartitioner, type ICustomPartitioner } from './partitioners.ts';

export type ProducerOptions = {
  /** Whether each message is stored once, however often it is sent, and in order. Without it, what
   * is sent again may be stored twice. @default true */
  readonly idempotent?: boolean;
  /** How long a message waits for others, in milliseconds, when nothing is on its way. An append
   * takes many times as long, and is paid for by the request: waiting costs little and saves much.
   * Kafka's default since version 4, for the same reason (KIP-1030). @default 5 */
  readonly lingerMs?: number;
  /** Of a partition's batch, before compression. The default fits a topic's default
   * `max.message.bytes` even if nothing of it can be compressed; a request carries several batches,
   * so larger ones save nothing. @default 1048588 */
  readonly batchBytes?: number;
  /** By name, or by Kafka's number; Snappy and LZ4 are read and not written, and the default is
   * taken for them. What would not get smaller is left as it is.
   * @default zstd where Node has it, else gzip */
  readonly compression?: Compression | CompressionType;
  /** What may be held that is not answered yet; half as much again may be kept for what comes.
   * When it is full, `send` waits for room, and has no more than `deliveryTimeout` for that either.
   * @default 33554432 */
  readonly bufferBytes?: number;
  /** Requests at once, each of partitions that no other is of. @default 5 */
  readonly maxInFlightRequests?: number | null;
  /** For how long a message is tried, in milliseconds, from `send` on. Kafka's delivery.timeout.ms.
   * A call for whose topic the engine must be asked first waits as long for that. More than
   * `lingerMs`, or nothing would ever be tried. @default 120000 */
  readonly deliveryTimeout?: number;
  /** @default the partition of the key; of messages without one, that which is gathered for */
  readonly createPartitioner?: ICustomPartitioner;
  /** Pauses between tries; `retries` is how many there are. @default the client's, and as many as
   * deliveryTimeout allows */
  readonly retry?: RetryOptions;
  /** How old the number of a topic's partitions may be, in milliseconds. @default 300000 */
  readonly metadataMaxAge?: number;
  /** Accepted, and passed over: who may make topics makes them. */
  readonly allowAutoTopicCreation?: boolean;
  /** Accepted, and passed over: a transaction is one request, which needs no such name. */
  readonly transactionalId?: string;
  /** Accepted, and passed over. */
  readonly transactionTimeout?: number;
};

export type ProducerSettings = {
  readonly isIdempotent: boolean;
  readonly lingerMillis: number;
  readonly batchBytes: number;
  readonly compression: Compression;
  readonly bufferBytes: number;
  readonly requestsInFlightMax: number;
  readonly deliveryMillis: number;
  /** undefined: the producer's own rule. */
  readonly createPartitioner: ICustomPartitioner | undefined;
  readonly retry: RetrySettings;
  readonly metadataMillisMax: number;
};

const batchBytesMin = 1_024;

/** @param clientRetry pauses of the client.
 * @throws SluiceError that names the option. */
export function producerSettings(
  options: ProducerOptions,
  clientRetry: RetryOptions | undefined,
): ProducerSettings {
  const { createPartitioner: given } = options;
  const isOurs = given === undefined || given === DefaultPartitioner;
  const lingerMillis = within('lingerMs', options.lingerMs ?? 5, { min: 0 });
  const deliveryMillis = within('deliveryTimeout', options.deliveryTimeout ?? 120_000, { min: 1 });
  if (deliveryMillis <= lingerMillis) {
    throw invalid('deliveryTimeout', `must be more than lingerMs, ${lingerMillis}`);
  }
  return {
    isIdempotent: options.idempotent ?? true,
    lingerMillis,
    batchBytes: within('batchBytes', options.batchBytes ?? messageBytesDefault, {
      min: batchBytesMin,
      max: decompressedBytesMax,
    }),
    compression: compressionOf(options.compression, hasZstd ? 'zstd' : 'gzip'),
    bufferBytes: within('bufferBytes', options.bufferBytes ?? 8 * produceBodyBytesMax, { min: 1 }),
    requestsInFlightMax: within('maxInFlightRequests', options.maxInFlightRequests ?? 5, {
      min: 1,
    }),
    deliveryMillis,
    createPartitioner: isOurs ? undefined : given,
    retry: retrySettings(clientRetry, { retries: Number.POSITIVE_INFINITY }, options.retry),
    metadataMillisMax: within('metadataMaxAge', options.metadataMaxAge ?? 300_000, { min: 0 }),
  };
}

/** @param otherwise of nothing, and of what is read and not written.
 * @throws SluiceError of what is none, and of what this Node cannot write. */
export function compressionOf(
  asked: Compression | CompressionType | undefined,
  otherwise: Compression,
): Compression {
  switch (asked) {
    case undefined:
    case CompressionTypes.Snappy:
    case CompressionTypes.LZ4:
      return otherwise;
    case 'none':
    case CompressionTypes.None:
      return 'none';
    case 'gzip':
    case CompressionTypes.GZIP:
      return 'gzip';
    case 'zstd':
    case CompressionTypes.ZSTD:
      if (!hasZstd) throw invalid('compression', 'this Node has no zstd');
      return 'zstd';
    default:
      throw invalid('compression', `must be none, gzip or zstd, not ${asked satisfies never}`);
  }
}

/** Records of one batch: as many as a request may hold. */
export const batchRecordsMax = recordsPerRequestMax;

/** Topics that a producer remembers at least, whether it sends to them or not. */
export const topicsKept = 1_000;
