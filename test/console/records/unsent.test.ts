// A record by hand whose outcome is not known, in what a tab keeps.

import { expect, test } from 'vitest';
import { emptyForm } from '../../../console/records/produce-form.ts';
import { keepUnsent, unsentOf } from '../../../console/records/unsent.ts';

/** @param lengthMax of what it can keep. */
function tabOf(lengthMax = Number.POSITIVE_INFINITY) {
  const kept = new Map<string, string>();
  return {
    get: (name: string) => kept.get(name),
    set: (name: string, value: string | undefined) => {
      if (value === undefined) kept.delete(name);
      else if (value.length <= lengthMax) kept.set(name, value);
    },
  };
}

test('it is there for its topic alone, until its outcome is known', () => {
  const tab = tabOf();
  const unsent = { topic: 'orders', form: { ...emptyForm, partition: '3' }, key: 'k' };
  expect(unsentOf(tab, 'orders')).toBeUndefined();
  keepUnsent(tab, unsent);
  expect(unsentOf(tab, 'orders')).toEqual(unsent);
  expect(unsentOf(tab, 'others')).toBeUndefined();
  keepUnsent(tab, undefined);
  expect(unsentOf(tab, 'orders')).toBeUndefined();
});

test('one that is too large is not taken for the one before it', () => {
  const tab = tabOf(500);
  keepUnsent(tab, { topic: 'orders', form: emptyForm, key: 'before' });
  expect(unsentOf(tab, 'orders')?.key).toBe('before');
  const value = { kind: 'text', text: 'x'.repeat(500) } as const;
  keepUnsent(tab, { topic: 'orders', form: { ...emptyForm, value }, key: 'large' });
  expect(unsentOf(tab, 'orders')).toBeUndefined();
});
