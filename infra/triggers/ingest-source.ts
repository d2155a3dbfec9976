// Where records come from that nobody produces. A source is made by name, and knows how it starts
// the function, what that takes, and what becomes of what could not be stored:
//
//     queue                    stays in the queue, and goes where its own redrive policy says
//     kinesis, tableStream     is told of in the dead-letter queue: shard and sequence numbers, by
//                              which it is found as long as the stream has it
//     topic, bucket,           is in the dead-letter queue whole, after three tries
//     eventPattern
//
// What a source brings twice is appended once.

import { Duration, Names } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import { type EventSourceMappingOptions, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { EventType, type IBucket } from 'aws-cdk-lib/aws-s3';
import { LambdaDestination } from 'aws-cdk-lib/aws-s3-notifications';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { checkRange } from '../ranges.ts';
import {
  kinesisPermissions,
  queuePermissions,
  tableStreamPermissions,
} from '../source-permissions.ts';
import type { Ingest } from './ingest.ts';

export type SourceMapping = Omit<EventSourceMappingOptions, 'reportBatchItemFailures'>;

export interface QueueSourceProps {
  /** Messages of one event, 1 to 1000; of a FIFO queue 1 to 10.
   * @default 100; of a FIFO queue 10 */
  readonly batchSize?: number;

  /** How long an event waits to become full, 0 to 5 minutes, and at least a second where it may
   * have more than 10 messages; a FIFO queue's does not wait.
   * @default 1 second; of a FIFO queue none */
  readonly maxBatchingWindow?: Duration;

  /** Events of it that are worked on at once, 2 to 1000.
   * @default as many as Lambda likes */
  readonly maxConcurrency?: number;
}

export interface BucketSourceProps {
  /** What is told of: at least one.
   * @default EventType.OBJECT_CREATED */
  readonly events?: readonly EventType[];

  /** What the keys of objects begin with.
   * @default anything */
  readonly prefix?: string;

  /** What they end with.
   * @default anything */
  readonly suffix?: string;
}

export interface StreamSourceProps {
  /** Records of one event, 1 to 10000.
   * @default 1000 of Kinesis, 100 of a table */
  readonly batchSize?: number;

  /** How long an event waits to become full, 0 to 5 minutes.
   * @default it does not */
  readonly maxBatchingWindow?: Duration;

  /** Where it begins: TRIM_HORIZON with the oldest that is there, LATEST with what comes.
   * @default StartingPosition.TRIM_HORIZON */
  readonly startingPosition?: StartingPosition.TRIM_HORIZON | StartingPosition.LATEST;

  /** How often what fails is tried again, 0 to 10000, before it is set aside and the shard goes
   * on. An event that fails is halved, so that what is bad of it is found.
   * @default 20 */
  readonly retryAttempts?: number;

  /** Records that are older are set aside: 1 minute to 7 days.
   * @default none are, while the stream has them */
  readonly maxRecordAge?: Duration;
}

export class IngestSource {
  /** Messages of an SQS queue, which are deleted once they are stored. What fails is seen again
   * after the queue's visibility timeout, which must be no less than the engine's `timeout` (28
   * seconds by default), and for ever, unless the queue has a redrive policy: give it one, of at
   * least five receives. */
  static queue(queue: IQueue, props: QueueSourceProps = {}): IngestSource {
    const { fifo } = queue;
    const { batchSize = fifo ? 10 : 100, maxBatchingWindow, maxConcurrency } = props;
    checkRange('batchSize', batchSize, { least: 1, most: fifo ? 10 : 1_000, unit: 'messages' });
    checkRange('maxBatchingWindow', maxBatchingWindow, {
      least: !fifo && batchSize > 10 ? 1 : 0,
      most: fifo ? 0 : 300,
      unit: 'seconds',
    });
    checkRange('maxConcurrency', maxConcurrency, { least: 2, most: 1_000, unit: 'events' });
    return new IngestSource(Names.nodeUniqueId(queue.node), (to) => {
      queue.encryptionMasterKey?.grantDecrypt(to.function.function);
      const window = maxBatchingWindow ?? (fifo ? undefined : Duration.seconds(1));
      const eventSourceArn = queue.queueArn;
      const mapping = { eventSourceArn, batchSize, maxBatchingWindow: window, maxConcurrency };
      to.map(mapping, queuePermissions(queue));
    });
  }

  /** Messages of an SNS topic. @throws TypeError of a FIFO topic: SNS gives those to queues
   *   alone. */
  static topic(topic: ITopic): IngestSource {
    if (topic.fifo) throw new TypeError('topic is FIFO: it must be subscribed to by a queue');
    return new IngestSource(Names.nodeUniqueId(topic.node), (to) => {
      const { queue: deadLetterQueue } = to.keepFailures();
      topic.addSubscription(new LambdaSubscription(to.function.function, { deadLetterQueue }));
    });
  }

  /** What happens to objects of a bucket: that it did, not the objects. */
  static bucket(bucket: IBucket, props: BucketSourceProps = {}): IngestSource {
    const { events = [EventType.OBJECT_CREATED], prefix, suffix } = props;
    if (events.length === 0) throw new TypeError('events is empty: it must hold at least one');
    const filters = prefix === undefined && suffix === undefined ? [] : [{ prefix, suffix }];
    return new IngestSource(Names.nodeUniqueId(bucket.node), (to) => {
      to.keepFailures();
      const destination = new LambdaDestination(to.function.function);
      for (const event of events) bucket.addEventNotification(event, destination, ...filters);
    });
  }

  /** Events of EventBridge that match.
   * @param bus the account's default one when there is none. */
  static eventPattern(eventPattern: EventPattern, eventBus?: IEventBus): IngestSource {
    const id = eventBus === undefined ? 'Events' : Names.nodeUniqueId(eventBus.node);
    return new IngestSource(id, (to) => {
      const { queue: deadLetterQueue } = to.keepFailures();
      const target = new LambdaFunction(to.function.function, { deadLetterQueue });
      new Rule(to, 'Rule', { eventPattern, eventBus, targets: [target] });
    });
  }

  /** Records of a Kinesis stream, each shard in its order. */
  static kinesis(stream: IStream, props: StreamSourceProps = {}): IngestSource {
    const mapping = streamMapping(props, 1_000);
    return new IngestSource(Names.nodeUniqueId(stream.node), (to) => {
      stream.encryptionKey?.grantDecrypt(to.function.function);
      const onFailure = to.addDeadLetters().takesFrom(to.function);
      const eventSourceArn = stream.streamArn;
      to.map({ ...mapping, eventSourceArn, onFailure }, kinesisPermissions(stream));
    });
  }

  /** Changes of a table, as its stream has them. @throws TypeError: it has none. */
  static tableStream(table: ITable, props: StreamSourceProps = {}): IngestSource {
    const eventSourceArn = table.tableStreamArn;
    if (eventSourceArn === undefined) throw new TypeError('table has no stream: it must have one');
    const mapping = streamMapping(props, 100);
    return new IngestSource(Names.nodeUniqueId(table.node), (to) => {
      table.encryptionKey?.grantDecrypt(to.function.function);
      const onFailure = to.addDeadLetters().takesFrom(to.function);
      to.map({ ...mapping, eventSourceArn, onFailure }, tableStreamPermissions(table));
    });
  }

  /** Tells it from others of one stack. */
  readonly id: string;
  readonly attach: (to: Ingest) => void;

  private constructor(id: string, attach: (to: Ingest) => void) {
    this.id = id;
    this.attach = attach;
  }
}

function streamMapping(props: StreamSourceProps, batchSizeDefault: number): SourceMapping {
  const { maxBatchingWindow, retryAttempts = 20, maxRecordAge } = props;
  const { batchSize = batchSizeDefault } = props;
  checkRange('batchSize', batchSize, { least: 1, most: 10_000, unit: 'records' });
  checkRange('maxBatchingWindow', maxBatchingWindow, { least: 0, most: 300, unit: 'seconds' });
  checkRange('retryAttempts', retryAttempts, { least: 0, most: 10_000, unit: 'attempts' });
  checkRange('maxRecordAge', maxRecordAge, { least: 60, most: 7 * 24 * 60 * 60, unit: 'seconds' });
  return {
    batchSize,
    maxBatchingWindow,
    startingPosition: props.startingPosition ?? StartingPosition.TRIM_HORIZON,
    retryAttempts,
    maxRecordAge,
    bisectBatchOnError: true,
    // A shard's mark takes its records to come in order: only one batch of it may be under way.
    parallelizationFactor: 1,
  };
}
