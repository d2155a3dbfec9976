// A subscription as a stack wants it: whoever delivers is let to reach its target, and the engine
// is asked for it, with the topics that it needs.

import { Duration, Names } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ProvisionedTopic } from '../../shared/contract.ts';
import { partitionsPerTopicMax, timestampMax } from '../../shared/limits.ts';
import {
  ageMillisLeast,
  ageMillisMost,
  attemptsMost,
  batchBytesLeast,
  batchRecordsMost,
  batchWindowMillisMost,
  deliveriesMost,
  deliveryBytesMax,
  deliveryMillisLeast,
  deliveryMillisMost,
  recordsPerSecondLeast,
  recordsPerSecondMost,
  retryMillisLeast,
  retryMillisMaxDefault,
  retryMillisMinDefault,
  retryMillisMost,
} from '../../shared/trigger-limits.ts';
import { checkName, idOf } from '../names.ts';
import { checkRange, checkRanges } from '../ranges.ts';
import { type ITopic, idOfTopic, nameOfTopic, renamingOf } from '../topic.ts';
import type { DeliveryTarget } from './delivery-target.ts';
import type { Triggers } from './triggers.ts';

export interface DeliveryProps {
  /** What is delivered: a Topic of the engine, or a name, 1 to 249 of a-z, A-Z, 0-9, '.', '_', '-'.
   * A topic that is named is made if it is missing, and stays when the stack goes. */
  readonly topic: ITopic | string;

  /** Partitions of a topic that is named, 1 to 1000, should it be missing; one that is there keeps
   * its own.
   * @default 1 */
  readonly partitions?: number;

  /** The subscription's, of the same form, and of no other in the engine. With a name of its own
   * it cannot be led to another topic or group: the new one would need the name before the old one
   * is gone.
   * @default made of where it stands in the app, its topic and its target: with another one of
   *   these it is another subscription */
  readonly name?: string;

  /** The consumer group that says how far it is, of the same form, and its own.
   * @default the subscription's name */
  readonly group?: string;

  /** Where it begins in a partition of which nothing is committed: the end of what is there, its
   * beginning, or the first record of a time. A subscription that is there goes on where it is.
   * @default 'latest' */
  readonly startingPosition?: 'earliest' | 'latest' | Date;

  /** An event pattern of a record's key, headers and value; what it does not match is passed over.
   * @default everything is delivered */
  readonly filter?: Readonly<Record<string, unknown>>;

  /** Records of one delivery, 1 to 10000.
   * @default 100 */
  readonly batchSize?: number;

  /** Bytes of one delivery as its target gets it, 1024 to 5900000; a first record that is larger is
   * still delivered.
   * @default 5900000 */
  readonly batchBytes?: number;

  /** How long a delivery waits to become full, 0 to 5 minutes.
   * @default it does not */
  readonly maxBatchingWindow?: Duration;

  /** How often the same records are tried, 1 to 10000, before they are given up; it needs a
   * deadLetterTopic.
   * @default 5 with a deadLetterTopic, and else until they are taken */
  readonly maxAttempts?: number;

  /** Records that are older are given up: 1 second to 365 days; it needs a deadLetterTopic.
   * @default none are */
  readonly maxRecordAge?: Duration;

  /** The pause before the first retry, 100 milliseconds to 15 minutes; later ones grow.
   * @default 1 second */
  readonly minRetryDelay?: Duration;

  /** The longest pause between two tries, 100 milliseconds to 15 minutes, and no less
   * than minRetryDelay, be it said or the default.
   * @default 1 minute */
  readonly maxRetryDelay?: Duration;

  /** Whether a delivery that fails is halved, so that what is bad of it is found.
   * @default true */
  readonly bisectBatchOnError?: boolean;

  /** The topic that takes what is given up, another one than `topic`; one that is named is made
   * with one partition if it is missing.
   * @default nothing is ever given up */
  readonly deadLetterTopic?: ITopic | string;

  /** Deliveries under way at once, 1 to 1000.
   * @default one a partition */
  readonly maxConcurrency?: number;

  /** Records a second, of all partitions together, 0.001 to 1000000.
   * @default as fast as it goes */
  readonly maxRecordsPerSecond?: number;

  /** How long the target may take for one delivery, 100 milliseconds to 4 minutes.
   * @default 30 seconds */
  readonly timeout?: Duration;
}

export class Delivery extends Construct {
  /** As the engine knows it: in paths below /subscriptions. */
  readonly subscriptionName: string;

  /** @throws RangeError, TypeError that names a prop, its value and the bound. */
  constructor(
    scope: Construct,
    target: DeliveryTarget,
    { triggers, ...props }: DeliveryProps & { readonly triggers: Triggers },
  ) {
    check(props);
    super(scope, idIn(props, target));
    this.subscriptionName = props.name ?? this.#nameFor(props.topic);
    triggers.allow(target);
    const subscription = {
      name: this.subscriptionName,
      topic: nameOfTopic(props.topic),
      group: props.group,
      target: target.body(this),
      ...settingsOf(props),
    };
    const topics = topicsOf(props);
    const resource = triggers.provisioner().subscription(this, 'Subscription', {
      subscription,
      topics,
    });
    // The first delivery finds its way open.
    resource.node.addDependency(triggers.worker);
  }

  /** Another one when the topic is renamed: a subscription cannot be led to another topic. What is
   * made here keeps its logical id, so that it is replaced. */
  #nameFor(topic: ITopic | string): string {
    const renaming = renamingOf(topic);
    const named = renaming === undefined ? this : new Construct(this, `of-${renaming}`);
    return Names.uniqueResourceName(named, nameRules);
  }
}

/** One that has a name may change its target. */
function idIn({ name, topic }: DeliveryProps, { id }: DeliveryTarget): string {
  return name === undefined ? `${idOfTopic(topic)}-to-${id}` : idOf(name);
}

/** Long enough to be told by, and to have the hash that tells it. */
const nameRules = { maxLength: 120, separator: '-', allowedSpecialCharacters: '._-' };

function topicsOf({ topic, partitions, deadLetterTopic }: DeliveryProps): ProvisionedTopic[] {
  const own = { name: nameOfTopic(topic), partitions };
  return deadLetterTopic === undefined ? [own] : [own, { name: nameOfTopic(deadLetterTopic) }];
}

/** As POST /subscriptions has them; what is not said is at the engine's own default. */
function settingsOf(props: DeliveryProps) {
  const { startingPosition: start } = props;
  return {
    starting_position: start instanceof Date ? { timestamp: start.getTime() } : start,
    filter: props.filter,
    batch_size: props.batchSize,
    batch_bytes: props.batchBytes,
    batch_window_ms: props.maxBatchingWindow?.toMilliseconds(),
    max_attempts: props.maxAttempts,
    max_age_ms: props.maxRecordAge?.toMilliseconds(),
    retry_min_ms: props.minRetryDelay?.toMilliseconds(),
    retry_max_ms: props.maxRetryDelay?.toMilliseconds(),
    bisect: props.bisectBatchOnError,
    dead_letter_topic: props.deadLetterTopic && nameOfTopic(props.deadLetterTopic),
    max_concurrency: props.maxConcurrency,
    max_records_per_second: props.maxRecordsPerSecond,
    timeout_ms: props.timeout?.toMilliseconds(),
  };
}

const ranges = {
  partitions: { least: 1, most: partitionsPerTopicMax, unit: 'partitions' },
  batchSize: { least: 1, most: batchRecordsMost, unit: 'records' },
  batchBytes: { least: batchBytesLeast, most: deliveryBytesMax, unit: 'bytes' },
  maxAttempts: { least: 1, most: attemptsMost, unit: 'attempts' },
  maxConcurrency: { least: 1, most: deliveriesMost, unit: 'deliveries' },
  maxRecordsPerSecond: {
    least: recordsPerSecondLeast,
    most: recordsPerSecondMost,
    unit: 'records a second',
    hasFractions: true,
  },
  maxBatchingWindow: { least: 0, most: batchWindowMillisMost, unit: 'milliseconds' },
  maxRecordAge: { least: ageMillisLeast, most: ageMillisMost, unit: 'milliseconds' },
  minRetryDelay: { least: retryMillisLeast, most: retryMillisMost, unit: 'milliseconds' },
  maxRetryDelay: { least: retryMillisLeast, most: retryMillisMost, unit: 'milliseconds' },
  timeout: { least: deliveryMillisLeast, most: deliveryMillisMost, unit: 'milliseconds' },
} as const;

function check(props: DeliveryProps): void {
  const { topic, name, group, deadLetterTopic } = props;
  checkName('name', name);
  checkName('group', group);
  checkRanges(props, ranges);
  checkRetryDelays(props);
  if (props.startingPosition instanceof Date) {
    const range = { least: 0, most: timestampMax, unit: 'milliseconds since 1970' };
    checkRange('startingPosition', props.startingPosition.getTime(), range);
  }
  if (deadLetterTopic === topic) {
    const is = `deadLetterTopic is '${nameOfTopic(topic)}'`;
    throw new TypeError(`${is}: it must be another one than topic`);
  }
  for (const prop of ['maxAttempts', 'maxRecordAge'] as const) {
    if (props[prop] === undefined || deadLetterTopic !== undefined) continue;
    throw new TypeError(`${prop} is set: it must have a deadLetterTopic, so that nothing is lost`);
  }
}

/** The engine refuses a least pause above the longest, whichever of them was said. */
function checkRetryDelays({
  minRetryDelay = Duration.millis(retryMillisMinDefault),
  maxRetryDelay = Duration.millis(retryMillisMaxDefault),
}: DeliveryProps): void {
  const least = minRetryDelay.toMilliseconds();
  checkRange('maxRetryDelay', maxRetryDelay, { ...ranges.maxRetryDelay, least });
}
