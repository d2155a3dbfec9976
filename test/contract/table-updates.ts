// Contract of the table: what each action of an update does.

import { expect, test } from 'vitest';
import type { Action, Attributes } from '../../shared/store/algebra.ts';
import { bytes, done, freshKey, refused, type UseTable } from './table-fixture.ts';

export function describeUpdates(use: UseTable): void {
  test.each(cases())('$title', async ({ before, actions, after }) => {
    const key = freshKey();
    await done(use(), { put: { ...key, ...before } }, key);
    expect(await done(use(), { update: key, actions }, key)).toEqual({ ...key, ...after });
  });

  test('an update never creates, whatever its condition', async () => {
    const key = freshKey();
    const actions: readonly Action[] = [{ set: 'a', to: { value: 1 } }];
    await refused(use(), { update: key, actions }, key);
    await refused(use(), { update: key, actions, if: { item: 'absent' } }, key);
    await refused(use(), { update: key, actions, if: { attribute: 'a', is: 'absent' } }, key);
  });

  test('an update whose condition does not hold changes nothing', async () => {
    const key = freshKey();
    const actions: readonly Action[] = [{ append: 'r', values: ['x'] }, { remove: 'a' }];
    await done(use(), { put: { ...key, a: 1, r: [] } }, key);
    await refused(use(), { update: key, actions, if: { attribute: 'a', is: '=', to: 2 } }, key);
    await done(use(), { update: key, actions, if: { attribute: 'a', is: '=', to: 1 } }, key);
    await refused(use(), { update: key, actions, if: { attribute: 'a', is: '=', to: 1 } }, key);
  });

  test('a stamped append takes its base from before the update; repeats are refused', async () => {
    const key = freshKey();
    await done(use(), { put: { ...key, n: 100, r: [], e: -1 } }, key);
    const append = {
      update: key,
      actions: [
        { append: 'r', values: [bytes(1, 2, 3)] },
        { set: 'n', to: { attribute: 'n', plus: 7 } },
        { set: 'k:P', to: { value: 7 } },
        { set: 'f:P', to: { value: 0 } },
        { set: 'b:P', to: { attribute: 'n' } },
      ],
      if: {
        all: [
          { sizeOf: 'r', is: '<', to: 256 },
          { attribute: 'k:P', is: 'absent' },
          { attribute: 'e', is: '<', to: 100 },
        ],
      },
    } as const;
    const head = { n: 107, r: [bytes(1, 2, 3)], e: -1, 'k:P': 7, 'f:P': 0, 'b:P': 100 };
    expect(await done(use(), append, key)).toEqual({ ...key, ...head });
    await refused(use(), append, key);
  });
}

type Case = {
  readonly title: string;
  readonly before: Attributes;
  readonly actions: readonly Action[];
  readonly after: Attributes;
};

function cases(): readonly Case[] {
  return [...setting(), ...lists(), ...maps(), ...removing()];
}

function setting(): Case[] {
  return [
    {
      title: 'set makes and replaces, with any value',
      before: { a: 1, kept: 'kept' },
      actions: [
        { set: 'a', to: { value: { b: [bytes(0)] } } },
        { set: 'new', to: { value: '' } },
      ],
      after: { a: { b: [bytes(0)] }, new: '', kept: 'kept' },
    },
    {
      title: 'operands are read as they were before the update',
      before: { a: 1, b: 2, list: ['x'] },
      actions: [
        { set: 'a', to: { attribute: 'b' } },
        { set: 'b', to: { attribute: 'a', plus: 10 } },
        { set: 'copy', to: { attribute: 'list' } },
        { append: 'list', values: ['y'] },
      ],
      after: { a: 2, b: 11, list: ['x', 'y'], copy: ['x'] },
    },
    {
      title: 'a number is added to itself, also a negative one and none',
      before: { a: 5, b: 5, c: 5 },
      actions: [
        { set: 'a', to: { attribute: 'a', plus: 3 } },
        { set: 'b', to: { attribute: 'b', plus: -8 } },
        { set: 'c', to: { attribute: 'c', plus: 0 } },
      ],
      after: { a: 8, b: -3, c: 5 },
    },
    {
      title: 'one attribute is copied out and removed',
      before: { a: bytes(1) },
      actions: [{ set: 'b', to: { attribute: 'a' } }, { remove: 'a' }],
      after: { b: bytes(1) },
    },
  ];
}

function lists(): Case[] {
  const hundred = Array.from({ length: 100 }, (_, index) => index);
  return [
    {
      title: 'append keeps the order, of mixed values, to two lists at once',
      before: { a: ['x'], b: [] },
      actions: [
        { append: 'a', values: [1, bytes(), ['nested']] },
        { append: 'b', values: [{ c: 1 }] },
      ],
      after: { a: ['x', 1, bytes(), ['nested']], b: [{ c: 1 }] },
    },
    {
      title: 'removeFirst takes from the front',
      before: { a: ['x', 'y', 'z'], b: ['x'] },
      actions: [
        { removeFirst: 'a', count: 2 },
        { removeFirst: 'b', count: 1 },
      ],
      after: { a: ['z'], b: [] },
    },
    {
      title: 'removeFirst past the end empties the list',
      before: { a: ['x', 'y', 'z'] },
      actions: [{ removeFirst: 'a', count: 100 }],
      after: { a: [] },
    },
    {
      title: 'removeFirst takes a hundred',
      before: { a: [...hundred, 'left'] },
      actions: [{ removeFirst: 'a', count: 100 }],
      after: { a: ['left'] },
    },
  ];
}

function maps(): Case[] {
  return [
    {
      title: 'setEntry makes and replaces entries, of any name and value',
      before: { m: { a: 1, b: 2 } },
      actions: [
        { setEntry: 'm', entry: 'a', to: { deep: [bytes(7)] } },
        { setEntry: 'm', entry: 'c.d[0] #', to: '' },
        { setEntry: 'm', entry: 'constructor', to: 3 },
      ],
      after: { m: { a: { deep: [bytes(7)] }, b: 2, 'c.d[0] #': '', constructor: 3 } },
    },
    {
      title: 'removeEntry takes one entry, and an absent one is no error',
      before: { m: { a: 1, b: 2 } },
      actions: [
        { removeEntry: 'm', entry: 'a' },
        { removeEntry: 'm', entry: 'ghost' },
      ],
      after: { m: { b: 2 } },
    },
    {
      title: 'entries of one map are set and removed at once, to nothing left',
      before: { m: { a: 1 }, other: {} },
      actions: [
        { removeEntry: 'm', entry: 'a' },
        { setEntry: 'other', entry: 'a', to: 1 },
      ],
      after: { m: {}, other: { a: 1 } },
    },
  ];
}

function removing(): Case[] {
  return [
    {
      title: 'remove takes an attribute, and an absent one is no error',
      before: { a: 1, b: [1], c: {} },
      actions: [{ remove: 'a' }, { remove: 'b' }, { remove: 'ghost' }],
      after: { c: {} },
    },
    {
      title: 'a cut: refs leave the list, a producer leaves the head, counters move',
      before: { r: ['x', 'y', 'z'], t: 10, 'k:P': 1, 'f:P': 2, 'b:P': 3, e: -1 },
      actions: [
        { removeFirst: 'r', count: 2 },
        { set: 't', to: { value: 30 } },
        { set: 'e', to: { attribute: 'b:P' } },
        { remove: 'k:P' },
        { remove: 'f:P' },
        { remove: 'b:P' },
      ],
      after: { r: ['z'], t: 30, e: 3 },
    },
  ];
}
