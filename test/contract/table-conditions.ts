// Contract of the table: when a condition holds.

import { expect, test } from 'vitest';
import type { Comparison, Condition } from '../../shared/store/algebra.ts';
import { ask, bytes, done, freshKey, refused, type UseTable } from './table-fixture.ts';

const attributes = {
  n: 5,
  negative: -5,
  text: 'm',
  accent: 'é',
  yes: true,
  raw: bytes(1, 200),
  list: ['a', 'b', 'c'],
  empty: [],
  map: { one: 1, text: 'm', raw: bytes(9) },
} as const;

const order: readonly Comparison[] = ['=', '<', '<=', '>', '>='];

export function describeConditions(use: UseTable): void {
  test.each(cases())('$title: $holds', async ({ condition, holds }) => {
    const item = { ...freshKey(), ...attributes };
    await done(use(), { put: item }, item);
    const outcome = holds ? done : refused;
    await outcome(use(), ask(item, condition), item);
  });

  test('of an absent item only absence holds', async () => {
    const item = freshKey();
    await refused(use(), ask(item, { attribute: 'n', is: 'present' }), item);
    for (const is of order) await refused(use(), ask(item, { attribute: 'n', is, to: 0 }), item);
    await refused(use(), ask(item, { sizeOf: 'list', is: '>=', to: 0 }), item);
    await done(use(), ask(item, { attribute: 'n', is: 'absent' }), item);
  });

  test('every comparison of numbers is the one of arithmetic', async () => {
    const item = { ...freshKey(), n: 5 };
    await done(use(), { put: item }, item);
    const arithmetic = {
      '=': (one: number, other: number) => one === other,
      '<': (one: number, other: number) => one < other,
      '<=': (one: number, other: number) => one <= other,
      '>': (one: number, other: number) => one > other,
      '>=': (one: number, other: number) => one >= other,
    };
    for (const is of order) {
      for (const to of [-6, 4, 5, 6, 10, Number.MAX_SAFE_INTEGER]) {
        const { kind } = await use().write(ask(item, { attribute: 'n', is, to }));
        expect({ is, to, kind }).toEqual({
          is,
          to,
          kind: arithmetic[is](5, to) ? 'done' : 'refused',
        });
      }
    }
  });
}

type Case = { readonly title: string; readonly condition: Condition; readonly holds: boolean };

function cases(): readonly Case[] {
  return [...presence(), ...comparisons(), ...sizes(), ...combinations()];
}

function presence(): Case[] {
  return [
    of('the item is present', { item: 'present' }, true),
    of('the item is absent', { item: 'absent' }, false),
    of('n is present', { attribute: 'n', is: 'present' }, true),
    of('n is absent', { attribute: 'n', is: 'absent' }, false),
    of('ghost is present', { attribute: 'ghost', is: 'present' }, false),
    of('ghost is absent', { attribute: 'ghost', is: 'absent' }, true),
    of('toString is absent', { attribute: 'toString', is: 'absent' }, true),
    of('map.one is present', { attribute: 'map', entry: 'one', is: 'present' }, true),
    of('map.one is absent', { attribute: 'map', entry: 'one', is: 'absent' }, false),
    of('map.ghost is present', { attribute: 'map', entry: 'ghost', is: 'present' }, false),
    of('map.ghost is absent', { attribute: 'map', entry: 'ghost', is: 'absent' }, true),
    of('map.toString is absent', { attribute: 'map', entry: 'toString', is: 'absent' }, true),
    of('ghost.one is absent', { attribute: 'ghost', entry: 'one', is: 'absent' }, true),
    of('an entry of a number is absent', { attribute: 'n', entry: 'one', is: 'absent' }, true),
    of('an entry of a list is present', { attribute: 'list', entry: '0', is: 'present' }, false),
  ];
}

function comparisons(): Case[] {
  return [
    ...order.map((is) => of(`ghost ${is} 5`, { attribute: 'ghost', is, to: 5 }, false)),
    ...order.map((is) => of(`n ${is} '5'`, { attribute: 'n', is, to: '5' }, false)),
    ...order.map((is) => of(`text ${is} 5`, { attribute: 'text', is, to: 5 }, false)),
    ...order.map((is) => of(`list ${is} 'a'`, { attribute: 'list', is, to: 'a' }, false)),
    of('negative < -4', { attribute: 'negative', is: '<', to: -4 }, true),
    of('negative < -10', { attribute: 'negative', is: '<', to: -10 }, false),
    of('text = its text', { attribute: 'text', is: '=', to: 'm' }, true),
    of('text = its text in capitals', { attribute: 'text', is: '=', to: 'M' }, false),
    of('text < mm', { attribute: 'text', is: '<', to: 'mm' }, true),
    of('text >= the empty text', { attribute: 'text', is: '>=', to: '' }, true),
    of('texts compare as UTF-8', { attribute: 'accent', is: '>', to: 'z' }, true),
    of('the last plane sorts last', { attribute: 'accent', is: '<', to: '😀' }, true),
    of('yes = true', { attribute: 'yes', is: '=', to: true }, true),
    of('yes = false', { attribute: 'yes', is: '=', to: false }, false),
    of('yes = 1', { attribute: 'yes', is: '=', to: 1 }, false),
    of('raw = its bytes', { attribute: 'raw', is: '=', to: bytes(1, 200) }, true),
    of('raw = its first byte', { attribute: 'raw', is: '=', to: bytes(1) }, false),
    of('bytes compare unsigned', { attribute: 'raw', is: '>', to: bytes(1, 100) }, true),
    of('a longer one is greater', { attribute: 'raw', is: '<', to: bytes(1, 200, 0) }, true),
    of('raw = its bytes as text', { attribute: 'raw', is: '=', to: '\u0001È' }, false),
    of('map.one = 1', { attribute: 'map', entry: 'one', is: '=', to: 1 }, true),
    of('map.one > 1', { attribute: 'map', entry: 'one', is: '>', to: 1 }, false),
    of('map.raw <= bytes', { attribute: 'map', entry: 'raw', is: '<=', to: bytes(9) }, true),
    of('map.ghost = 1', { attribute: 'map', entry: 'ghost', is: '=', to: 1 }, false),
    of('n.one = 1', { attribute: 'n', entry: 'one', is: '=', to: 1 }, false),
  ];
}

function sizes(): Case[] {
  return [
    of('the list has 3', { sizeOf: 'list', is: '=', to: 3 }, true),
    of('the list has fewer than 3', { sizeOf: 'list', is: '<', to: 3 }, false),
    of('the list has at most 3', { sizeOf: 'list', is: '<=', to: 3 }, true),
    of('the empty list has 0', { sizeOf: 'empty', is: '=', to: 0 }, true),
    of('the bytes are 2', { sizeOf: 'raw', is: '=', to: 2 }, true),
    of('the bytes are more than 2', { sizeOf: 'raw', is: '>', to: 2 }, false),
    of('a number has no size', { sizeOf: 'n', is: '>=', to: 0 }, false),
    of('a boolean has no size', { sizeOf: 'yes', is: '>=', to: 0 }, false),
    of('what is absent has no size', { sizeOf: 'ghost', is: '>=', to: 0 }, false),
  ];
}

function combinations(): Case[] {
  const yes: Condition = { attribute: 'n', is: '=', to: 5 };
  const no: Condition = { attribute: 'n', is: '=', to: 6 };
  return [
    of('all of one that holds', { all: [yes] }, true),
    of('all of two that hold', { all: [yes, { item: 'present' }] }, true),
    of('all of which one does not', { all: [yes, no] }, false),
    of('any of which one holds', { any: [no, yes] }, true),
    of('any of which none holds', { any: [no, no] }, false),
    of('all within any', { any: [no, { all: [yes, { any: [no, yes] }] }] }, true),
    of('any within all', { all: [yes, { any: [no, { all: [yes, no] }] }] }, false),
  ];
}

function of(title: string, condition: Condition, holds: boolean): Case {
  return { title, condition, holds };
}
