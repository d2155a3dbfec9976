// What a consumer may be told, and what it does when it is told nothing.

import { fetchBytesMax, fetchWaitMillisMax } from '../../shared/limits.ts';
import { invalid } from '../errors.ts';
import { type RetryOptions, type RetrySettings, retrySettings } from '../retry.ts';
import { within } from '../within.ts';

export type ConsumerRetryOptions = RetryOptions & {
  /** Asked after a crash that another start may mend, such as one for the lack of a right; false:
   * the consumer stays stopped. Pauses between starts grow from crash to crash.
   * @default true, always */
  readonly restartOnFailure?: (error: Error) => Promise<boolean>;
};

export type ConsumerOptions = {
  /** Those who have it share the partitions. */
  readonly groupId: string;
  /** How long the group waits for a consumer that it does not hear of, in milliseconds: the engine
   * counts from the end of each of its fetches, of the wait of one that waits. Handlers may take
   * longer, unless they keep the event loop: fetches go on beside them. At least 1000.
   * @default 30000 */
  readonly sessionTimeout?: number;
  /** How long a handler may go on with a partition that the group gives to another, in
   * milliseconds. What it is at work on then is done again by the other. @default 60000 */
  readonly rebalanceTimeout?: number;
  /** How often the consumer is heard of while it needs nothing, since its buffers are full or its
   * partitions paused, in milliseconds. Else its long polls do. @default 3000 */
  readonly heartbeatInterval?: number;
  /** Of one fetch; a single batch that is larger comes all the same. At most 3 MiB.
   * @default 3145728 */
  readonly maxBytes?: number;
  /** Before that many a fetch is not answered, unless its time is over. @default 1 */
  readonly minBytes?: number;
  /** How long a fetch waits for records, in milliseconds. It is answered as soon as there are some,
   * so it costs no time; but a function of a stack waits with it, and that is what an idle consumer
   * costs (docs/costs.md, "At rest"). With 0 it rests between two fetches that bring nothing, up to
   * heartbeatInterval, for a small part of that. At most 20000. @default 20000 */
  readonly maxWaitTimeInMs?: number;
  /** What may be held of records, as they are stored, that are fetched while handlers are at work.
   * It is passed by at most a fetch, and a batch for each partition. @default 33554432 */
  readonly bufferBytes?: number;
  /** Whether each batch is held against its CRC. Kafka's check.crcs. @default true */
  readonly checkCrcs?: boolean;
  /** Of handlers that fail, and of a consumer that has crashed. @default the client's */
  readonly retry?: ConsumerRetryOptions;

  /** Accepted, and passed over: a fetch is shared by partitions that have something. */
  readonly maxBytesPerPartition?: number;
  /** Accepted, and passed over: the engine tells of new partitions by itself. */
  readonly metadataMaxAge?: number;
  /** Accepted, and passed over: a transaction is there wholly or not at all. */
  readonly readUncommitted?: boolean;
  /** Accepted, and passed over: a subscription makes no topics. */
  readonly allowAutoTopicCreation?: boolean;
  /** Accepted, and passed over: the engine assigns, and moves no more than it must. */
  readonly partitionAssigners?: readonly unknown[];
  /** Accepted, and passed over. */
  readonly maxInFlightRequests?: number | null;
  /** Accepted, and passed over. */
  readonly rackId?: string;
};

export type ConsumerSettings = {
  readonly groupId: string;
  readonly sessionMillis: number;
  readonly rebalanceMillis: number;
  readonly heartbeatMillis: number;
  readonly bytesMax: number;
  readonly bytesMin: number;
  readonly waitMillis: number;
  readonly bufferBytes: number;
  readonly checkCrcs: boolean;
  readonly retry: RetrySettings;
  readonly restartOnFailure: (error: Error) => Promise<boolean>;
};

const bufferBytesDefault = 32 * 1024 * 1024;
/** The engine's, of a session. */
const sessionMillisMin = 1_000;
const sessionMillisMax = 1_800_000;

/** @throws SluiceError that names the option. */
export function consumerSettings(
  options: ConsumerOptions,
  clientRetry: RetryOptions | undefined,
): ConsumerSettings {
  const { groupId, retry: { restartOnFailure = async () => true, ...retry } = {} } = options;
  if (typeof groupId !== 'string' || groupId === '') throw invalid('groupId', 'must be a name');
  const sessionMillis = within('sessionTimeout', options.sessionTimeout ?? 30_000, {
    min: sessionMillisMin,
    max: sessionMillisMax,
  });
  const heartbeatMillis = within('heartbeatInterval', options.heartbeatInterval ?? 3_000, {
    min: 1,
  });
  return {
    groupId,
    sessionMillis,
    rebalanceMillis: within('rebalanceTimeout', options.rebalanceTimeout ?? 60_000, { min: 0 }),
    // Two may be lost on the way.
    heartbeatMillis: Math.min(heartbeatMillis, sessionMillis / 3),
    bytesMax: Math.min(
      within('maxBytes', options.maxBytes ?? fetchBytesMax, { min: 1 }),
      fetchBytesMax,
    ),
    bytesMin: within('minBytes', options.minBytes ?? 1, { min: 0 }),
    waitMillis: Math.min(
      within('maxWaitTimeInMs', options.maxWaitTimeInMs ?? fetchWaitMillisMax, { min: 0 }),
      fetchWaitMillisMax,
    ),
    bufferBytes: within('bufferBytes', options.bufferBytes ?? bufferBytesDefault, {
      min: 1,
    }),
    checkCrcs: options.checkCrcs ?? true,
    retry: retrySettings(clientRetry, retry),
    restartOnFailure,
  };
}
