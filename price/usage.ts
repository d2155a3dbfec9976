// How much is used of what is billed: counted as it is used, and added, scaled and compared as
// plain values. An amount is in what is counted (requests, units, bytes over 2^30), not in what a
// price is quoted for.

import { type Billed, billedNames } from './prices.ts';

export type Usage = Readonly<Record<Billed, number>>;

/** As a meter has it, which is added to. */
export type Meter = Record<Billed, number>;

export function newMeter(): Meter {
  return Object.fromEntries(billedNames.map((name) => [name, 0])) as Meter;
}

export function usage(amounts: Partial<Usage>): Usage {
  return { ...newMeter(), ...amounts };
}

export function sum(...all: readonly Usage[]): Usage {
  const total = newMeter();
  for (const one of all) for (const name of billedNames) total[name] += one[name];
  return total;
}

/** @param times no less than 0. */
export function scaled(one: Usage, times: number): Usage {
  const result = newMeter();
  for (const name of billedNames) result[name] = one[name] * times;
  return result;
}

/** What was used since then; never less than nothing. */
export function since(before: Usage, now: Usage): Usage {
  const result = newMeter();
  for (const name of billedNames) result[name] = Math.max(0, now[name] - before[name]);
  return result;
}
