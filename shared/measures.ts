// The metrics of what is told: for each request or run, which of them have which values. The
// functions and the embedded engine tell the same, and each metric that has a name is told here.
//
// What did not happen is not told, but for what is left after a run: that it is nothing.

import type { MetricName } from './metric-names.ts';
import type { Told } from './told.ts';

export type Measure = {
  readonly name: MetricName;
  /** Of its unit (metric-names.ts); one a time that it was measured. */
  readonly values: readonly number[];
};

export function measuresOf({ outcome, millis, did, operations }: Told): readonly Measure[] {
  const measures: Measure[] = [];
  const tell = (name: MetricName, ...values: readonly number[]) => {
    if (values.length > 0) measures.push({ name, values });
  };
  const count = (name: MetricName, value: number | undefined) => {
    if (value !== undefined && value > 0) tell(name, value);
  };
  // How long a caller wanted to wait says nothing of the engine.
  tell('messaging.client.operation.duration', seconds(Math.max(0, millis - did.waitedMillis)));
  count('messaging.client.sent.messages', did.sentMessages);
  count('messaging.client.consumed.messages', did.consumedMessages);
  tell('messaging.process.duration', ...did.processMillis.map(seconds));
  count('sluice.failures', isFailure(outcome) ? 1 : 0);
  count('sluice.damage', did.damagedPartitions + (outcome === 'damaged' ? 1 : 0));
  count('sluice.object.throttles', operations['objectThrottles']);
  count('sluice.table.throttles', operations['tableThrottles']);
  if (did.ageMillis !== undefined) tell('group_max_lag_seconds', seconds(did.ageMillis));
  count('sluice.group.rebalances', did.rebalances);
  // Of runs: that nothing was left is worth knowing, too.
  for (const [name, value] of [
    ['sluice.merge.backlog', did.backlog],
    ['sluice.sweep.deleted.bytes', did.deletedBytes],
    ['sluice.sweep.left.objects', did.leftObjects],
  ] as const) {
    if (value !== undefined) tell(name, value);
  }
  return measures;
}

function isFailure(outcome: Told['outcome']): boolean {
  return outcome !== 'ok' && outcome !== 'refused';
}

function seconds(millis: number): number {
  return millis / 1_000;
}
