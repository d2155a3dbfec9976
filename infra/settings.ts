// What may be set about an engine: ranges, defaults, and one function that holds a caller to them.

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { requestMillisMax, tableCallMillisMax } from '../shared/limits.ts';
import { Access } from './access.ts';
import { checkRanges } from './ranges.ts';

export interface MessageEngineProps {
  /** Who may call. There is no way to say "anyone".
   * @default Access.iam() */
  readonly access?: Access;

  /** Memory of each function in MB, 512 to 10240, but for the one that merges, which has its own.
   * The share of a CPU grows with it: 1769 is one whole.
   * @default 1024 */
  readonly memorySize?: number;

  /** How long a function may run that answers requests or ingests, in whole seconds, 5 to 29: API
   * Gateway gives up at 30. A fetch or a poll waits for records no longer than this.
   * @default 28 seconds */
  readonly timeout?: Duration;

  /** Produce requests under way at once, 1 to 100000. It is taken from the account's concurrency,
   * and is both a guarantee and a bound: more are answered 429 or 503.
   * @default none: what the account has free */
  readonly produceConcurrency?: number;

  /** Fetches under way at once, 1 to 100000. A fetch that waits for records counts.
   * @default none: what the account has free */
  readonly fetchConcurrency?: number;

  /** Requests of consumers and about groups under way at once, 1 to 100000. A poll that waits for
   * records counts.
   * @default none: what the account has free */
  readonly groupsConcurrency?: number;

  /** Requests about subscriptions under way at once, 1 to 100000.
   * @default none: what the account has free */
  readonly subscriptionsConcurrency?: number;

  /** Requests about topics under way at once, 1 to 100000.
   * @default none: what the account has free */
  readonly topicsConcurrency?: number;

  /** Deliveries to targets under way at once, of all subscriptions together, 2 to 1000: the bounds
   * of Lambda's. Each is a partition of a subscription that is being worked on. It is no guarantee,
   * and keeps them from taking all that the account has.
   * @default none: what the account has free */
  readonly deliveryConcurrency?: number;

  /** Partitions that are looked after at once, 1 to 10, for each shard of the table's stream:
   * merged, compacted, and rid of what is too old. A new table has four shards or so, a busy one
   * more. A merge of 64 MiB takes a few seconds.
   * @default 1 */
  readonly housekeepingConcurrency?: number;

  /** Requests a second that the API lets through, 1 to 100000. Above the account's quota (10000) it
   * has no effect until that is raised.
   * @default 5000 */
  readonly requestRate?: number;

  /** Requests that may come at once beyond the rate, 1 to 100000.
   * @default 5000 */
  readonly requestBurst?: number;

  /** Encrypts the segments, with a bucket key, so that it is asked about once in a while and not
   * once an object. The table holds names and offsets, no payload, and keeps DynamoDB's own key.
   * @default a key that S3 manages */
  readonly encryptionKey?: IKey;

  /** How long logs are kept.
   * @default one month */
  readonly logRetention?: RetentionDays;

  /** What becomes of bucket, table and logs with the stack. DESTROY is for trials: it also lifts
   * the table's deletion protection; a bucket that is not empty must be emptied by hand first.
   * @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

type DefaultedProp =
  | 'access'
  | 'memorySize'
  | 'timeout'
  | 'housekeepingConcurrency'
  | 'requestRate'
  | 'requestBurst'
  | 'logRetention'
  | 'removalPolicy';

/** The props with their defaults. */
export type Settings = MessageEngineProps & Required<Pick<MessageEngineProps, DefaultedProp>>;

/** Least and most of each number, both allowed. A process may hold 64 MiB of ranges, as much of
 * appends and a 32 MiB batch unpacked, so that 512 MB is the least that is safe. */
const ranges = {
  memorySize: { least: 512, most: 10_240, unit: 'MB' },
  timeout: { least: 5, most: 29, unit: 'seconds' },
  produceConcurrency: { least: 1, most: 100_000, unit: 'requests' },
  fetchConcurrency: { least: 1, most: 100_000, unit: 'requests' },
  groupsConcurrency: { least: 1, most: 100_000, unit: 'requests' },
  subscriptionsConcurrency: { least: 1, most: 100_000, unit: 'requests' },
  topicsConcurrency: { least: 1, most: 100_000, unit: 'requests' },
  deliveryConcurrency: { least: 2, most: 1_000, unit: 'deliveries' },
  housekeepingConcurrency: { least: 1, most: 10, unit: 'partitions' },
  requestRate: { least: 1, most: 100_000, unit: 'requests a second' },
  requestBurst: { least: 1, most: 100_000, unit: 'requests' },
} as const;

/** A call to the table that was begun in a request's last moment may still end. */
const timeoutDefault = Duration.millis(requestMillisMax + tableCallMillisMax);

/** @throws RangeError that names the prop, its value and its range. */
export function settingsOf(props: MessageEngineProps): Settings {
  const settings = {
    ...props,
    access: props.access ?? Access.iam(),
    memorySize: props.memorySize ?? 1_024,
    timeout: props.timeout ?? timeoutDefault,
    housekeepingConcurrency: props.housekeepingConcurrency ?? 1,
    requestRate: props.requestRate ?? 5_000,
    requestBurst: props.requestBurst ?? 5_000,
    logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
    removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
  };
  checkRanges(settings, ranges);
  return settings;
}
