// The queues by which whoever delivers is woken. One message group is one queue of a subscription:
// Lambda works on one wake-up of it at a time, and on as many groups at once as there are.
//
//     router, workers, sweep ──> wake-ups (FIFO) ──> worker
//                  │                 ^
//                  └──> delayed ──> router
//
// - A wake-up is a hint, and a sweep finds what a lost one was about: what fails again and again is
//   set aside, and no group waits for it for good.
// - A message is hidden for longer than the worker it was given to may run.

import { Duration, Validations } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environmentNames } from '../../shared/contract.ts';
import { findings } from '../acknowledged.ts';
import { DeadLetterQueue } from '../dead-letter-queue.ts';
import type { EngineFunction } from '../engine-function.ts';
import { queuePermissions } from '../source-permissions.ts';

/** Between the end of a function and the time at which its message is seen again. */
const slack = Duration.seconds(30);
/** A sweep sends them anew. */
const retentionPeriod = Duration.days(1);

const secured = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  retentionPeriod,
} satisfies QueueProps;

export interface WakeUpQueuesProps {
  /** Of whoever delivers. */
  readonly workerTimeout: Duration;
  /** Of whoever forwards. */
  readonly routerTimeout: Duration;
}

export class WakeUpQueues extends Construct {
  readonly queue: Queue;
  readonly delayed: Queue;
  readonly deadLetters: DeadLetterQueue;
  readonly delayedDeadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, { workerTimeout, routerTimeout }: WakeUpQueuesProps) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', { fifo: true });
    this.queue = new Queue(this, 'Queue', {
      ...secured,
      fifo: true,
      // High throughput: a limit for each group, and not for all of them together.
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      visibilityTimeout: workerTimeout.plus(slack),
      deadLetterQueue: this.deadLetters.redrive(),
    });
    this.delayedDeadLetters = new DeadLetterQueue(this, 'DelayedDeadLetters');
    this.delayed = new Queue(this, 'Delayed', {
      ...secured,
      visibilityTimeout: routerTimeout.plus(slack),
      deadLetterQueue: this.delayedDeadLetters.redrive(),
    });
  }

  /** Lets a function wake whoever delivers, now or later. */
  grantWake(to: EngineFunction): void {
    to.allow(
      [
        {
          actions: ['sqs:SendMessage'],
          resources: [this.queue.queueArn, this.delayed.queueArn],
        },
      ],
      {
        [environmentNames.wakeUpQueueUrl]: this.queue.queueUrl,
        [environmentNames.delayQueueUrl]: this.delayed.queueUrl,
      },
    );
  }

  /** @param maxConcurrency wake-ups that are worked on at once; undefined: as many as the account
   *   has room for. */
  wake(worker: EngineFunction, maxConcurrency: number | undefined): void {
    worker.allow(queuePermissions(this.queue));
    const mapping = new EventSourceMapping(this, 'WakeUps', {
      target: worker.function,
      eventSourceArn: this.queue.queueArn,
      // A turn takes its time: of two in one invocation the second would wait for the first.
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency,
    });
    Validations.of(mapping).acknowledge(findings.queuesRedrive);
  }

  /** What is due is forwarded, and what is not yet delayed again. */
  forwardBy(router: EngineFunction): void {
    router.allow(queuePermissions(this.delayed));
    const mapping = new EventSourceMapping(this, 'Forwarding', {
      target: router.function,
      eventSourceArn: this.delayed.queueArn,
      batchSize: 10,
    });
    Validations.of(mapping).acknowledge(findings.queuesRedrive);
  }
}
