// A source's records do not come in. What stays in a queue of the source's own is told by nobody
// here: its owner watches it.

import type { Ingest } from '../triggers/ingest.ts';
import { type AlarmPlan, failing, setAside } from './alarm-plan.ts';

export function ingestAlarms({ function: lambda, deadLetters }: Ingest): readonly AlarmPlan[] {
  const fails = { ...failing(lambda), article: 'IngestFails' };
  if (deadLetters === undefined) return [fails];
  const means = 'what a source brought could not be stored';
  return [{ ...setAside('IngestSetAside', deadLetters, means), isEssential: true }, fails];
}
