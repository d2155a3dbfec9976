// The evaluator against a slow and simple reading of the algebra, and what it calls a mistake.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AssertionError } from '../../shared/assert.ts';
import type { Action, Condition, Item, Value, Write } from '../../shared/store/algebra.ts';
import { evaluate } from '../../shared/store/evaluate.ts';
import type { WriteResult } from '../../shared/store/table.ts';
import { modelOf } from './evaluate-model.ts';
import { everyType, step } from './random-writes.ts';

const key = { pk: 'p', sk: 's' };

test('any write does what the model does, and changes neither the write nor the item', () => {
  const writes = fc.array(
    step.map((each) => ('write' in each ? [each.write] : 'transact' in each ? each.transact : [])),
  );
  fc.assert(
    fc.property(writes, (steps) => {
      let item: Item | undefined = { ...key, ...everyType };
      for (const write of structuredClone(steps.flat())) {
        const given = structuredClone({ write, item });
        const result = outcome(() => evaluate(write, item));
        expect(result).toStrictEqual(outcome(() => modelOf(given.write, given.item)));
        expect({ write, item }).toStrictEqual(given);
        if (result !== 'a mistake' && result.kind === 'done') item = result.item;
      }
    }),
    { numRuns: 500 },
  );
});

function outcome(run: () => WriteResult): WriteResult | 'a mistake' {
  try {
    return run();
  } catch (error) {
    if (error instanceof AssertionError) return 'a mistake';
    throw error;
  }
}

const item: Item = {
  ...key,
  n: 1,
  text: 'a',
  yes: true,
  list: ['a'],
  map: { a: 1 },
  max: 2 ** 53 - 1,
};

test('what an update does not touch is shared, not copied', () => {
  const write: Write = { update: key, actions: [{ append: 'list', values: ['b'] }] };
  const result = evaluate(write, item);
  expect(result).toEqual({ kind: 'done', item: { ...item, list: ['a', 'b'] } });
  expect(result.kind === 'done' && result.item?.['map']).toBe(item['map']);
});

const actionMistakes: Record<string, readonly Action[]> = {
  'an operand that is absent': [{ set: 'n', to: { attribute: 'ghost' } }],
  'an operand that every object has': [{ set: 'n', to: { attribute: 'toString' } }],
  'a number added to text': [{ set: 'n', to: { attribute: 'text', plus: 1 } }],
  'a sum that is not safe': [{ set: 'n', to: { attribute: 'max', plus: 1 } }],
  'a number that is not safe': [{ set: 'n', to: { value: 2 ** 53 } }],
  'a fraction': [{ append: 'list', values: [0.5] }],
  'not a number': [{ setEntry: 'map', entry: 'a', to: [Number.NaN] }],
  'text with half a character': [{ set: 'text', to: { value: '\ud83d' } }],
  'no value at all': [{ set: 'n', to: { value: { deep: [undefined as never] } } }],
  'an append to what is absent': [{ append: 'ghost', values: ['b'] }],
  'an append to text': [{ append: 'text', values: ['b'] }],
  'removeFirst of a map': [{ removeFirst: 'map', count: 1 }],
  'an entry of a list': [{ setEntry: 'list', entry: '0', to: 'b' }],
  'an entry of what is absent': [{ removeEntry: 'ghost', entry: 'a' }],
};

test.each(Object.entries(actionMistakes))('a mistake: %s', (_, actions) => {
  expect(() => evaluate({ update: key, actions }, item)).toThrow(AssertionError);
});

test('a mistake: a put of what no table keeps', () => {
  const values = [1.5, Number.POSITIVE_INFINITY, '\udc00', null, undefined, 1n, () => 1];
  for (const value of values as Value[]) {
    expect(() => evaluate({ put: { ...key, map: { deep: [value] } } }, item)).toThrow(
      AssertionError,
    );
  }
});

test('sizes: of a list its elements, of bytes and text their bytes, of a map its entries', () => {
  const sized = {
    ...key,
    list: ['aa', 'b'],
    raw: new Uint8Array(3),
    text: 'é😀',
    map: { a: 'aa' },
  };
  const sizes = Object.entries({ list: 2, raw: 3, text: 6, map: 1 });
  for (const [sizeOf, size] of sizes) {
    for (const by of [-1, 0, 1]) {
      const condition: Condition = { sizeOf, is: '=', to: size + by };
      const { kind } = evaluate({ put: sized, if: condition }, sized);
      expect({ sizeOf, by, kind }).toEqual({ sizeOf, by, kind: by === 0 ? 'done' : 'refused' });
    }
  }
});
