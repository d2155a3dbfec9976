// What both readings of the algebra call a mistake of ours: whatever item is there, or none, and
// before a condition could have refused the write.

import { expect, test } from 'vitest';
import { AssertionError } from '../../shared/assert.ts';
import { compileCondition, compileUpdate } from '../../shared/aws/expressions.ts';
import { removeFirstMax } from '../../shared/limits.ts';
import type { Action, Condition } from '../../shared/store/algebra.ts';
import { evaluate } from '../../shared/store/evaluate.ts';

const key = { pk: 'p', sk: 's' };
const item = { ...key, n: 1, list: ['a'], map: { a: 1 } };
const to = { value: 1 };

const actionMistakes: Record<string, readonly Action[]> = {
  'nothing to do': [],
  'the key set': [{ set: 'sk', to: { value: 'other' } }],
  'the key removed': [{ remove: 'pk' }],
  'an entry of the key': [{ removeEntry: 'pk', entry: 'a' }],
  'a name that is no attribute': [{ set: '__proto__', to: { value: { n: 1 } } }],
  'removeFirst of none': [{ removeFirst: 'list', count: 0 }],
  'removeFirst of a part': [{ removeFirst: 'list', count: 1.5 }],
  'removeFirst of too many': [{ removeFirst: 'list', count: removeFirstMax + 1 }],
  'one attribute twice': [{ set: 'n', to }, { remove: 'n' }],
  'one list twice': [
    { removeFirst: 'list', count: 1 },
    { append: 'list', values: ['b'] },
  ],
  'one entry twice': [
    { setEntry: 'map', entry: 'a', to: 2 },
    { removeEntry: 'map', entry: 'a' },
  ],
  'a map and then an entry of it': [{ remove: 'map' }, { setEntry: 'map', entry: 'a', to: 2 }],
  'an entry and then its map': [
    { removeEntry: 'map', entry: 'a' },
    { set: 'map', to },
  ],
};

test.each(Object.entries(actionMistakes))('an update: %s', (_, actions) => {
  const refusing: Condition = { attribute: 'ghost', is: 'present' };
  expect(() => evaluate({ update: key, actions }, item)).toThrow(AssertionError);
  expect(() => evaluate({ update: key, actions }, undefined)).toThrow(AssertionError);
  expect(() => evaluate({ update: key, actions, if: refusing }, item)).toThrow(AssertionError);
  expect(() => compileUpdate(actions, undefined)).toThrow(AssertionError);
});

const conditionMistakes: Record<string, Condition> = {
  'all of none': { all: [] },
  'any of none': { any: [] },
  'none behind what decides': { any: [{ item: 'present' }, { item: 'absent' }, { all: [] }] },
  ...Object.fromEntries(
    (['<', '<=', '>', '>='] as const).map((is) => [
      `an order of booleans, ${is}`,
      { attribute: 'n', is, to: true },
    ]),
  ),
};

test.each(Object.entries(conditionMistakes))('a condition: %s', (_, condition) => {
  const actions: readonly Action[] = [{ remove: 'n' }];
  for (const current of [item, undefined]) {
    expect(() => evaluate({ put: item, if: condition }, current)).toThrow(AssertionError);
    expect(() => evaluate({ delete: key, if: condition }, current)).toThrow(AssertionError);
    expect(() => evaluate({ update: key, actions, if: condition }, current)).toThrow(
      AssertionError,
    );
  }
  expect(() => compileCondition(condition)).toThrow(AssertionError);
  expect(() => compileUpdate(actions, condition)).toThrow(AssertionError);
});
