// The promises of store/table.ts and store/algebra.ts as one suite, run against every adapter. It
// assumes nothing of what the table holds, and stays within what DynamoDB allows.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Item } from '../../shared/store/algebra.ts';
import type { Table } from '../../shared/store/table.ts';
import { describeConditions } from './table-conditions.ts';
import { bytes, done, freshKey, freshPk, read, refused, type UseTable } from './table-fixture.ts';
import { describeQueries } from './table-queries.ts';
import { describeTransactions } from './table-transactions.ts';
import { describeUpdates } from './table-updates.ts';

export type OpenTable = { readonly table: Table; close(): Promise<void> };

export function tableContract(name: string, open: () => Promise<OpenTable>): void {
  describe(`${name} keeps the table's promises`, () => {
    let opened: OpenTable | undefined;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());
    const use: UseTable = () => {
      if (opened === undefined) throw new Error('the table is used before it is open');
      return opened.table;
    };
    describe('put and delete', () => describePutAndDelete(use));
    describe('values', () => describeValues(use));
    describe('conditions', () => describeConditions(use));
    describe('updates', () => describeUpdates(use));
    describe('queries', () => describeQueries(use));
    describe('transactions', () => describeTransactions(use));
    describe('writers at once', () => describeConcurrency(use));
  });
}

function describePutAndDelete(use: UseTable): void {
  test('what is not there is undefined, strong or not', async () => {
    expect(await use().get(freshKey(), { strong: true })).toBeUndefined();
    expect(await use().get(freshKey(), { strong: false })).toBeUndefined();
  });

  test('a put answers the item, and replaces the whole of the one before', async () => {
    const key = freshKey();
    expect(await done(use(), { put: { ...key, a: 1, b: 2 } }, key)).toEqual({ ...key, a: 1, b: 2 });
    expect(await done(use(), { put: { ...key, c: 3 } }, key)).toEqual({ ...key, c: 3 });
  });

  test('a put if absent is done once; the second is refused by the first', async () => {
    const key = freshKey();
    await done(use(), { put: { ...key, by: 'first' }, if: { item: 'absent' } }, key);
    await refused(use(), { put: { ...key, by: 'second' }, if: { item: 'absent' } }, key);
    expect(await read(use(), key)).toEqual({ ...key, by: 'first' });
  });

  test('a put if present needs an item', async () => {
    const key = freshKey();
    await refused(use(), { put: { ...key, a: 1 }, if: { item: 'present' } }, key);
    await done(use(), { put: key }, key);
    await done(use(), { put: { ...key, a: 1 }, if: { item: 'present' } }, key);
  });

  test('a delete answers nothing, also of what was not there', async () => {
    const key = freshKey();
    await done(use(), { put: { ...key, a: 1 } }, key);
    expect(await done(use(), { delete: key }, key)).toBeUndefined();
    expect(await done(use(), { delete: key }, key)).toBeUndefined();
  });

  test('a delete whose condition does not hold is refused, with or without an item', async () => {
    const key = freshKey();
    const ifTwo = { attribute: 'a', is: '=', to: 2 } as const;
    await refused(use(), { delete: key, if: ifTwo }, key);
    await done(use(), { put: { ...key, a: 1 } }, key);
    await refused(use(), { delete: key, if: ifTwo }, key);
    await done(use(), { put: { ...key, a: 2 } }, key);
    await done(use(), { delete: key, if: ifTwo }, key);
  });
}

function describeValues(use: UseTable): void {
  const values: Record<string, Item[string]> = {
    'an empty string': '',
    'text outside the first plane, quotes, control characters': 'é漢😀"\\\n\u0000\u0001\u007f',
    zero: 0,
    'the greatest safe integer': Number.MAX_SAFE_INTEGER,
    'the least safe integer': Number.MIN_SAFE_INTEGER,
    true: true,
    false: false,
    'empty bytes': bytes(),
    'bytes of every value': Uint8Array.from({ length: 256 }, (_, index) => index),
    'an empty list': [],
    'a list of everything': ['a', 1, false, bytes(0, 255), [], ['b', [bytes()]], { c: { d: [] } }],
    'an empty map': {},
    'a map whose names are an object’s own': { constructor: 1, toString: 'x', length: [] },
    '100 KB of bytes': new Uint8Array(100 * 1024).fill(7),
  };
  test.each(Object.entries(values))('%s comes back as it was given', async (_, value) => {
    const key = freshKey();
    expect(await done(use(), { put: { ...key, value } }, key)).toEqual({ ...key, value });
  });

  test('an item may be its key alone, and its attributes’ names any text', async () => {
    const key = freshKey();
    expect(await done(use(), { put: key }, key)).toEqual(key);
    const named = { ...key, 'k:9Zß': 1, owner: 'reserved word', 'a.b[0]': 2, '#n': 3, ':v': 4 };
    expect(await done(use(), { put: named }, key)).toEqual(named);
  });

  test('keys of any text are told apart', async () => {
    const pk = freshPk();
    const keys = ['a', 'A', 'a ', 'é', 'e\u0301', '漢', '😀', '\u0001', 'a#b', "';--"].map(
      (sk) => ({
        pk,
        sk,
      }),
    );
    await Promise.all(keys.map((key) => use().write({ put: { ...key, is: key.sk } })));
    for (const key of keys) expect(await read(use(), key)).toEqual({ ...key, is: key.sk });
  });
}

function describeConcurrency(use: UseTable): void {
  const count = 40;
  const indexes = Array.from({ length: count }, (_, index) => index);

  test('appends to one item all succeed, and each gets an offset of its own', async () => {
    const key = freshKey();
    await done(use(), { put: { ...key, n: 0, r: [] } }, key);
    const results = await Promise.all(
      indexes.map((index) =>
        use().write({
          update: key,
          actions: [
            { append: 'r', values: [bytes(index)] },
            { set: 'n', to: { attribute: 'n', plus: 1 } },
          ],
          if: { sizeOf: 'r', is: '<', to: 256 },
        }),
      ),
    );
    const places = results.map((result, index) => {
      const item = result.kind === 'done' ? result.item : undefined;
      const list = item?.['r'] as readonly Uint8Array[];
      expect(item?.['n']).toBe(list.length);
      expect(list.at(-1)?.[0]).toBe(index);
      return list.length;
    });
    expect(places.toSorted((one, other) => one - other)).toEqual(indexes.map((index) => index + 1));
  });

  test('of many puts if absent exactly one is done', async () => {
    const key = freshKey();
    const results = await Promise.all(
      indexes.map((by) => use().write({ put: { ...key, by }, if: { item: 'absent' } })),
    );
    const winners = indexes.filter((index) => results[index]?.kind === 'done');
    expect(winners).toHaveLength(1);
    expect(await read(use(), key)).toEqual({ ...key, by: winners[0] });
  });
}
