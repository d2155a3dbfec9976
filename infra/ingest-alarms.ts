// A source's records do not come in. What stays in a queue of the source's own is told by nobody
// here: its owner watches it.

import { type AlarmPlan, failing, setAside } from './alarm-plan.ts';
import type { Ingest } from './ingest.ts';

export function ingestAlarms({ function: lambda, failures }: Ingest): readonly AlarmPlan[] {
  const fails = { ...failing(lambda), article: 'IngestFails' };
  if (failures === undefined) return [fails];
  const means = 'what a source brought could not be stored';
  return [{ ...setAside('IngestSetAside', failures, means), isEssential: true }, fails];
}
