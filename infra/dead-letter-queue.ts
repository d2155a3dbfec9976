// Where what could not be worked on is kept for people, with time to look at it: the 14 days that
// SQS has at most.

import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IDestination, IEventSourceDlq } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type DeadLetterQueue as Redrive } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { findings } from './acknowledged.ts';
import type { EngineFunction } from './engine-function.ts';

/** AWS's least for queues that Lambda polls: it counts what it could not begin, too.
 * Source: "Configuring an Amazon SQS event source" in the Lambda Developer Guide. */
const maxReceiveCount = 5;

export interface DeadLetterQueueProps {
  /** Whether it is of a FIFO queue: only another one takes its messages.
   * @default false */
  readonly fifo?: boolean;
  /** Of one whose messages are nowhere else.
   * @default it goes with the stack */
  readonly removalPolicy?: RemovalPolicy;
}

export class DeadLetterQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps = {}) {
    super(scope, id);
    const { fifo, removalPolicy } = props;
    this.queue = new Queue(this, 'Queue', {
      ...(fifo && { fifo }),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy,
    });
    Validations.of(this).acknowledge(findings.deadLettersEndHere);
  }

  /** For the queue whose messages it takes. */
  redrive(): Redrive {
    return { queue: this.queue, maxReceiveCount };
  }

  /** For what Lambda could not have worked on: it sends by the function's role. */
  takesFrom(from: EngineFunction): IDestination & IEventSourceDlq {
    from.allow([{ actions: ['sqs:SendMessage'], resources: [this.queue.queueArn] }]);
    Validations.of(this).acknowledge(findings.deadLettersOfLambda);
    return { bind: () => ({ destination: this.queue.queueArn }) };
  }
}
