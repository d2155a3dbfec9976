// The filters of the simulation's subscriptions: each as a pattern, and, said independently of
// patterns, which records it lets through.

import type { SubscriptionSettings } from '../../../shared/delivery/subscription.ts';
import type { ReadRecord } from '../history.ts';

export type FilterName = 'without-key' | 'with-header' | 'without-header' | 'of-some' | 'either';

type Filter = {
  readonly pattern: object;
  readonly letsThrough: (record: ReadRecord) => boolean;
};

const hasHeader = ({ headers }: ReadRecord) => headers.some(({ key }) => key === 'h');

const filters: Readonly<Record<FilterName, Filter>> = {
  'without-key': {
    pattern: { key: [null] },
    letsThrough: ({ key }) => key === null,
  },
  'with-header': {
    pattern: { headers: { h: [{ exists: true }] } },
    letsThrough: hasHeader,
  },
  'without-header': {
    pattern: { headers: { h: [{ exists: false }] } },
    letsThrough: (record) => !hasHeader(record),
  },
  'of-some': {
    pattern: { value: [{ prefix: 'c1.' }, { prefix: 'c2.' }] },
    letsThrough: ({ value }) => value !== null && /^c[12]\./.test(Buffer.from(value).toString()),
  },
  either: {
    pattern: { $or: [{ headers: { h: [{ exists: true }] } }, { value: [null] }] },
    letsThrough: (record) => hasHeader(record) || record.value === null,
  },
};

export const filterNames = Object.keys(filters) as FilterName[];

export function patternOf(name: FilterName): string {
  return JSON.stringify(filters[name].pattern);
}

const byPattern = new Map(filterNames.map((name) => [patternOf(name), filters[name]]));

export function letsThrough({ filter }: SubscriptionSettings, record: ReadRecord): boolean {
  return filter === undefined || byPattern.get(filter)?.letsThrough(record) === true;
}
