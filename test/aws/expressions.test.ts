// What the algebra looks like as DynamoDB's expressions, letter by letter; and what it may not say.

import { describe, expect, test } from 'vitest';
import { compileCondition, compileUpdate } from '../../shared/aws/expressions.ts';
import { expressionBytesMax, removeFirstMax } from '../../shared/limits.ts';
import type { Action, Condition } from '../../shared/store/algebra.ts';

const bytes = Uint8Array.of(1, 2, 3);

describe('an update', () => {
  test('of every action', () => {
    const actions: readonly Action[] = [
      { set: 'a', to: { value: 'text' } },
      { set: 'b', to: { attribute: 'a' } },
      { set: 'n', to: { attribute: 'n', plus: -3 } },
      { append: 'r', values: [bytes] },
      { setEntry: 'm', entry: 'x', to: true },
      { removeEntry: 'm', entry: 'y' },
      { removeFirst: 'q', count: 3 },
      { remove: 'c' },
    ];
    expect(compileUpdate(actions, undefined)).toEqual({
      UpdateExpression:
        'SET #0=:0,#1=#0,#2=#2+:1,#3=list_append(#3,:2),#4.#5=:3' +
        ' REMOVE #4.#6,#7[0],#7[1],#7[2],#8',
      ConditionExpression: 'attribute_exists(#9)',
      ExpressionAttributeNames: {
        '#0': 'a',
        '#1': 'b',
        '#2': 'n',
        '#3': 'r',
        '#4': 'm',
        '#5': 'x',
        '#6': 'y',
        '#7': 'q',
        '#8': 'c',
        '#9': 'pk',
      },
      ExpressionAttributeValues: {
        ':0': { S: 'text' },
        ':1': { N: '-3' },
        ':2': { L: [{ B: bytes }] },
        ':3': { BOOL: true },
      },
    });
  });

  test('that only removes has no values; its condition is asked of an item that is there', () => {
    const compiled = compileUpdate([{ remove: 'a' }], { attribute: 'a', is: 'present' });
    expect(compiled).toEqual({
      UpdateExpression: 'REMOVE #0',
      ConditionExpression: '(attribute_exists(#1) AND attribute_exists(#0))',
      ExpressionAttributeNames: { '#0': 'a', '#1': 'pk' },
    });
  });

  test('says a scalar once, and tells 1 from "1" and from true', () => {
    const actions: readonly Action[] = [
      { set: 'a', to: { value: 1 } },
      { set: 'b', to: { value: '1' } },
      { set: 'c', to: { value: true } },
      { set: 'd', to: { attribute: 'd', plus: 1 } },
    ];
    const compiled = compileUpdate(actions, { attribute: 'e', is: '=', to: '1' });
    expect(compiled.UpdateExpression).toBe('SET #0=:0,#1=:1,#2=:2,#3=#3+:0');
    expect(compiled.ConditionExpression).toBe('(attribute_exists(#4) AND #5=:1)');
  });

  test('removes as many elements as one action may', () => {
    const compiled = compileUpdate([{ removeFirst: 'r', count: removeFirstMax }], undefined);
    expect(compiled.UpdateExpression).toMatch(/^REMOVE #0\[0\],.*,#0\[99\]$/);
  });
});

describe('a condition', () => {
  const texts: readonly [Condition, string][] = [
    [{ item: 'present' }, 'attribute_exists(#0)'],
    [{ item: 'absent' }, 'attribute_not_exists(#0)'],
    [{ attribute: 'a', is: 'present' }, 'attribute_exists(#0)'],
    [{ attribute: 'a', entry: 'b', is: 'absent' }, 'attribute_not_exists(#0.#1)'],
    [{ attribute: 'a', is: '<=', to: 5 }, '#0<=:0'],
    [{ attribute: 'a', entry: 'a', is: '=', to: bytes }, '#0.#0=:0'],
    [{ attribute: 'a', is: '=', to: false }, '#0=:0'],
    [{ sizeOf: 'a', is: '<', to: 256 }, 'size(#0)<:0'],
    [{ all: [{ any: [{ all: [{ item: 'present' }] }] }] }, 'attribute_exists(#0)'],
    [
      {
        any: [
          { attribute: 'a', is: 'absent' },
          {
            all: [
              { attribute: 'a', is: '>=', to: 1 },
              { attribute: 'b', is: '<', to: 1 },
            ],
          },
        ],
      },
      '(attribute_not_exists(#0) OR (#0>=:0 AND #1<:0))',
    ],
  ];
  test.each(texts)('%j', (condition, text) => {
    expect(compileCondition(condition).ConditionExpression).toBe(text);
  });

  test('that is absent says nothing at all', () => {
    expect(compileCondition(undefined)).toEqual({});
  });
});

test('an expression longer than DynamoDB takes is refused here, one that just fits is not', () => {
  const sets = (count: number): Action[] =>
    Array.from({ length: count }, (_, index) => ({ set: `name ${index}`, to: { value: 1 } }));
  const lengthOf = (count: number) => compileUpdate(sets(count), undefined).UpdateExpression.length;
  const perSet = lengthOf(301) - lengthOf(300);
  const fitting = 300 + Math.floor((expressionBytesMax - lengthOf(300)) / perSet);
  expect(lengthOf(fitting)).toBeLessThanOrEqual(expressionBytesMax);
  expect(() => lengthOf(fitting + 1)).toThrow('too long for DynamoDB');
});
