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
import type { TriggerFunctionName } from '../shared/contract.ts';
import { workerMillisMax } from '../shared/trigger-limits.ts';
import type { DeliveryTarget } from './delivery-target.ts';
import { EngineFunction } from './engine-function.ts';
import type { EngineTable } from './engine-table.ts';
import { Provisioner } from './provisioner.ts';
import type { SegmentBucket } from './segment-bucket.ts';
import type { Settings } from './settings.ts';
import { SweepSchedule } from './sweep-schedule.ts';
import { WakeUpQueues } from './wake-up-queues.ts';

/** A worker's whole turn. */
const workerTimeout = Duration.millis(workerMillisMax);
/** A query a topic, and sends. */
const routerTimeout = Duration.seconds(30);
/** Reads of a thousand subscriptions, and of their partitions. */
const sweepTimeout = Duration.minutes(5);

export interface TriggersProps {
  readonly table: EngineTable;
  readonly segments: SegmentBucket;
  readonly settings: Settings;
}

export class Triggers extends Construct {
  readonly worker: EngineFunction;
  readonly #props: TriggersProps;
  readonly #queues: WakeUpQueues;
  #provisioner: Provisioner | undefined;

  constructor(scope: Construct, id: string, props: TriggersProps) {
    super(scope, id);
    this.#props = props;
    const { table, segments, settings } = props;
    this.#queues = new WakeUpQueues(this, 'WakeUps', { workerTimeout, routerTimeout });

    // Those who are woken wake others, and themselves.
    const recursiveLoop = RecursiveLoop.ALLOW;

    const route = this.#function('Route', 'route', { timeout: routerTimeout, recursiveLoop });
    table.grantRoute(route);
    table.announceTo(route);
    this.#queues.grantWake(route);
    this.#queues.forwardBy(route);

    this.worker = this.#function('Deliver', 'deliver', { timeout: workerTimeout, recursiveLoop });
    segments.grantPut(this.worker);
    segments.grantGet(this.worker);
    table.grantDeliver(this.worker);
    this.#queues.grantWake(this.worker);
    this.#queues.wake(this.worker, settings.deliveryConcurrency);

    const sweep = this.#function('Sweep', 'sweep', { timeout: sweepTimeout });
    table.grantSweep(sweep);
    this.#queues.grantWake(sweep);
    new SweepSchedule(this, 'Schedule', { sweep });
  }

  /** Lets a function wake whoever delivers. */
  grantWake(to: EngineFunction): void {
    this.#queues.grantWake(to);
  }

  /** Lets whoever delivers reach that target, and no other. */
  allow(target: DeliveryTarget): void {
    target.allow(this.worker);
  }

  /** Made with the first that a stack wants of it. */
  get provisioner(): Provisioner {
    this.#provisioner ??= new Provisioner(this, 'Provisioner', { ...this.#props, triggers: this });
    return this.#provisioner;
  }

  #function(
    id: string,
    name: TriggerFunctionName,
    { timeout, recursiveLoop }: { timeout: Duration; recursiveLoop?: RecursiveLoop },
  ): EngineFunction {
    return new EngineFunction(this, id, { ...this.#props.settings, name, timeout, recursiveLoop });
  }
}
