// A bill: amounts times prices, item by item. It knows nothing of engines.

import { type Billed, billedNames, type Price, prices } from './prices.ts';
import type { Usage } from './usage.ts';

export type Item = {
  readonly what: string;
  /** In units, what is free taken off. */
  readonly amount: number;
  readonly unit: string;
  /** Of a unit, on the average of its tiers. */
  readonly dollarsPerUnit: number;
  readonly dollars: number;
};

export type Bill = { readonly items: readonly Item[]; readonly dollars: number };

export type BillOptions = {
  /** What AWS gives each month is taken off. @default false */
  readonly freeTier?: boolean;
  /** What leaves AWS is paid for: whoever gets records is outside. @default false */
  readonly internet?: boolean;
};

export function billOf(used: Usage, options: BillOptions = {}): Bill {
  const free = new Map<string, number>();
  const isIn = (name: Billed) => name !== 'transferGigabytes' || options.internet === true;
  const items = billedNames.filter(isIn).map((name) => {
    const price: Price = prices[name];
    const units = used[name] / (price.per ?? 1);
    if (!options.freeTier || price.free === undefined) return itemOf(price, units);
    const { of, units: given } = price.free;
    const left = free.get(of) ?? given;
    free.set(of, Math.max(0, left - units));
    return itemOf(price, Math.max(0, units - left));
  });
  return totalled(items);
}

export function totalled(items: readonly Item[]): Bill {
  return { items, dollars: items.reduce((total, { dollars }) => total + dollars, 0) };
}

/** @param units of a month. */
export function itemOf({ what, unit, tiers }: Omit<Price, 'source'>, units: number): Item {
  let dollars = 0;
  let from = 0;
  for (const { upTo, dollars: each } of tiers) {
    dollars += Math.max(0, Math.min(units, upTo) - from) * each;
    from = upTo;
  }
  const dollarsPerUnit = units === 0 ? tiers[0].dollars : dollars / units;
  return { what, amount: units, unit, dollarsPerUnit, dollars };
}
