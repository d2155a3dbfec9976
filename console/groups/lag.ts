// How far behind partitions are, together: in records, and in time as far as it is known.

import { durationText } from '../page/formats.ts';

/** In records. */
export function totalLag(partitions: readonly { readonly lag: number }[]): number {
  return partitions.reduce((sum, { lag }) => sum + lag, 0);
}

/** In milliseconds; null: of none it is known. */
export function longestLag(partitions: readonly { readonly lag_ms: number | null }[]) {
  return partitions.reduce<number | null>((most, { lag_ms: millis }) => {
    return millis === null ? most : Math.max(most ?? 0, millis);
  }, null);
}

export function behindText(millis: number | null): string {
  return millis === null ? 'not known' : durationText(millis);
}
