// Each dead letter is put back once, for its subscription alone.

import { isPutBack, originalOf } from '../clients/records.ts';
import type { ReadRecord } from '../history.ts';
import { lettersIn } from './accounts.ts';
import type { Checker } from './check.ts';

export const redrivenOnce: Checker = ({ logs, deliveries }) => {
  if (deliveries.subscriptions.length === 0) return [];
  const letters = countsOf(
    lettersIn(logs).map(({ letter, subscription }) => keyOf(letter.record, subscription)),
  );
  const copies = countsOf(
    logs.flatMap(({ records }) =>
      records.filter(({ id }) => isPutBack(id)).map((record) => keyOf(record, whoseIs(record))),
    ),
  );
  return [...copies].flatMap(([key, count]) => {
    const most = letters.get(key) ?? 0;
    return count <= most ? [] : [`I8: ${key} was put back ${count} times, of ${most} letters`];
  });
};

function keyOf({ id }: ReadRecord, subscription: string): string {
  return `${originalOf(id)} ${subscription}`;
}

function whoseIs({ headers }: ReadRecord): string {
  const mark = headers.find(({ key }) => key === '__sluice.redriven.for');
  return Buffer.from(mark?.value ?? '').toString();
}

function countsOf(keys: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(keys, (key) => key)].map(([key, own]) => [key, own.length]));
}
