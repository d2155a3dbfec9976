// When people should look. Each alarm says in a sentence what it means, and which article of
// RUNBOOK.md says what to do.
//
//     request-alarms.ts        callers are refused, or wait
//     delivery-alarms.ts       records do not reach those who wait for them
//     store-alarms.ts          the table or the bucket refuses
//     housekeeping-alarms.ts   a log is not kept small, or not swept
//     ingest-alarms.ts         a source's records do not come in
//
// What is idle says nothing, and nobody is told of it; a clock alone is missed when it is silent.

import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Ingest } from '../triggers/ingest.ts';
import type { AlarmPlan } from './alarm-plan.ts';
import type { Alarms } from './alarms.ts';
import { deliveryAlarms } from './delivery-alarms.ts';
import { housekeepingAlarms } from './housekeeping-alarms.ts';
import { ingestAlarms } from './ingest-alarms.ts';
import { requestAlarms } from './request-alarms.ts';
import { storeAlarms } from './store-alarms.ts';
import type { Watched } from './watched.ts';

/** The article's anchor, as GitHub makes it of its heading. */
const anchorOf = ({ article, id }: AlarmPlan) => (article ?? id).toLowerCase();

export class EngineAlarms {
  readonly #made: Alarm[] = [];
  readonly #wanted: Alarms;

  constructor(wanted: Alarms) {
    this.#wanted = wanted;
  }

  /** As many as were made by now: a source that is attached later has its own. */
  get made(): readonly Alarm[] {
    return this.#made;
  }

  watch(scope: Construct, watched: Watched): void {
    this.#make(scope, [
      ...requestAlarms(watched, this.#wanted),
      ...deliveryAlarms(watched, this.#wanted),
      ...storeAlarms(watched),
    ]);
    this.#make(watched.housekeeping, housekeepingAlarms(watched));
  }

  watchIngest(ingest: Ingest): void {
    this.#make(ingest, ingestAlarms(ingest));
  }

  #make(scope: Construct, plans: readonly AlarmPlan[]): void {
    const wanted = plans.filter((plan) => this.#wanted.has(plan));
    if (wanted.length === 0) return;
    const place = new Construct(scope, 'Alarms');
    for (const plan of wanted) {
      const alarm = alarmOf(place, plan);
      alarm.addAlarmAction(...this.#wanted.actions);
      this.#made.push(alarm);
    }
  }
}

function alarmOf(scope: Construct, plan: AlarmPlan): Alarm {
  const { isClock = false, metric, threshold, periods = 1 } = plan;
  return new Alarm(scope, plan.id, {
    alarmDescription: `Sluice: ${plan.means}. What to do: RUNBOOK.md#${anchorOf(plan)}`,
    metric,
    threshold,
    evaluationPeriods: periods,
    comparisonOperator: isClock
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: isClock ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
}
