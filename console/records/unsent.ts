// A record by hand of which nobody knows whether it was stored: kept with the key by which the
// engine knows it again, until it is known, also when the page is loaded again. Without its key,
// whoever sends it once more has it stored twice.

import type { ProduceForm } from './produce-form.ts';

export type Unsent = {
  readonly topic: string;
  readonly form: ProduceForm;
  /** Its Idempotency-Key. */
  readonly key: string;
};

/** What a tab keeps. */
type Tab = {
  readonly get: (name: string) => string | undefined;
  readonly set: (name: string, value: string | undefined) => void;
};

const name = 'sluice.unsent';

/** @param unsent undefined: it is known, or is another's. */
export function keepUnsent(tab: Tab, unsent: Unsent | undefined): void {
  // One that is too large to be kept leaves none, and not the one before it.
  tab.set(name, undefined);
  if (unsent !== undefined) tab.set(name, JSON.stringify(unsent));
}

/** @returns undefined: there is none for that topic. */
export function unsentOf(tab: Tab, topic: string): Unsent | undefined {
  const kept = tab.get(name);
  if (kept === undefined) return undefined;
  const unsent = JSON.parse(kept) as Unsent;
  return unsent.topic === topic ? unsent : undefined;
}
