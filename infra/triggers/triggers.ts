// What delivers: from the appends that the table's stream tells of to the targets of subscriptions.
//
//     table's stream ── route ──> wake-ups ── deliver ──> functions, queues, endpoints
//                                     ^
//     every five minutes ── sweep ────┘
//
// - All of it is stateless: what subscriptions are, and how far, is in the table.
// - The worker reaches the functions and queues that it was let to, one by one, and no others.

import { Duration } from 'aws-cdk-lib';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { workerMillisMax } from '../../shared/trigger-limits.ts';
import type { DeadLetterQueue } from '../dead-letter-queue.ts';
import { EngineFunction } from '../engine-function.ts';
import type { EngineParts } from '../engine-parts.ts';
import { FunctionSchedule } from '../function-schedule.ts';
import { Provisioner } from '../provisioner.ts';
import type { DeliveryTarget } from './delivery-target.ts';
import { WakeUpQueues } from './wake-up-queues.ts';

/** A worker's whole turn. */
const workerTimeout = Duration.millis(workerMillisMax);
/** A query a topic, a read for each subscription on it and partition appended to, and sends. */
const routerTimeout = Duration.seconds(30);
/** How long a lost wake-up keeps what it is about waiting. */
export const sweepInterval = Duration.minutes(5);
/** Reads of a thousand subscriptions, and of their partitions. */
const sweepTimeout = Duration.minutes(5);

export class Triggers extends Construct {
  readonly route: EngineFunction;
  readonly worker: EngineFunction;
  readonly sweep: EngineFunction;
  readonly wakeUps: WakeUpQueues;
  /** What the stream could not tell. */
  readonly unrouted: DeadLetterQueue;
  readonly #parts: EngineParts;
  #provisioner: Provisioner | undefined;

  constructor(scope: Construct, id: string, parts: EngineParts) {
    super(scope, id);
    this.#parts = parts;
    const { table, segments, settings } = parts;
    const wakeUps = new WakeUpQueues(this, 'WakeUps', { workerTimeout, routerTimeout });
    this.wakeUps = wakeUps;

    // Those who are woken wake others, and themselves.
    const looping = { ...settings, recursiveLoop: RecursiveLoop.ALLOW };

    const route = new EngineFunction(this, { ...looping, name: 'route', timeout: routerTimeout });
    table.grant(route, 'route');
    this.unrouted = table.announceTo(route);
    wakeUps.grantWake(route);
    wakeUps.forwardBy(route);
    this.route = route;

    const deliver = new EngineFunction(this, {
      ...looping,
      name: 'deliver',
      timeout: workerTimeout,
    });
    segments.grantPut(deliver);
    segments.grantGet(deliver);
    table.grant(deliver, 'deliver');
    wakeUps.grantWake(deliver);
    wakeUps.wake(deliver, settings.deliveryConcurrency);
    this.worker = deliver;

    const sweep = new EngineFunction(this, { ...settings, name: 'sweep', timeout: sweepTimeout });
    table.grant(sweep, 'sweep');
    wakeUps.grantWake(sweep);
    new FunctionSchedule(this, 'Schedule', {
      starts: sweep,
      every: sweepInterval,
      description: 'finds what lost wake-ups have left behind',
    });
    this.sweep = sweep;
  }

  /** Lets a function wake whoever delivers. */
  grantWake(to: EngineFunction): void {
    this.wakeUps.grantWake(to);
  }

  /** Lets whoever delivers reach that target, and no other. */
  allow(target: DeliveryTarget): void {
    target.allow(this.worker);
  }

  /** Made with the first that a stack wants of it. */
  provisioner(): Provisioner {
    const { wakeUps } = this;
    this.#provisioner ??= new Provisioner(this, 'Provisioner', { ...this.#parts, wakeUps });
    return this.#provisioner;
  }
}
