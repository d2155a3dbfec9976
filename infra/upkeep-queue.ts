// The partitions that wait to be looked after. Each is a message group: one run at a time looks
// after it, beside those of others, of which there are as many as are let.
//
// - What fails is tried five times, an hour apart, and then set aside: a survey names every
//   partition once an hour, so no message is worth more.
// - A message is hidden for six times as long as a run may last, so that Lambda can try again when
//   it is throttled. Source: the Lambda Developer Guide, "Configuring an Amazon SQS event source".

import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environmentNames } from '../shared/contract.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { EngineFunction } from './engine-function.ts';
import { queuePermissions } from './source-permissions.ts';

const visibilityTimeouts = 6;

export interface UpkeepQueueProps {
  /** Of a run. */
  readonly workerTimeout: Duration;
}

export class UpkeepQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, { workerTimeout }: UpkeepQueueProps) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', { fifo: true });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      fifo: true,
      // High throughput: a limit for each group, and not for all of them together.
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      retentionPeriod: Duration.days(1),
      visibilityTimeout: Duration.seconds(visibilityTimeouts * workerTimeout.toSeconds()),
      deadLetterQueue: this.deadLetters.redrive(),
    });
  }

  /** Lets a function name partitions. */
  grantSend(to: EngineFunction): void {
    to.allow([{ actions: ['sqs:SendMessage'], resources: [this.queue.queueArn] }], {
      [environmentNames.upkeepQueueUrl]: this.queue.queueUrl,
    });
  }

  /** @param maxConcurrency partitions that are looked after at once. */
  work(worker: EngineFunction, maxConcurrency: number): void {
    worker.allow(queuePermissions(this.queue));
    new EventSourceMapping(this, 'Upkeep', {
      target: worker.function,
      eventSourceArn: this.queue.queueArn,
      // A run takes its time: of two in one invocation the second would wait for the first.
      batchSize: 1,
      maxConcurrency,
    });
  }
}
