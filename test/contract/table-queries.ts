// Contract of the table: ranges of one pk, forwards and backwards.

import { expect, test } from 'vitest';
import type { Table } from '../../shared/store/table.ts';
import { freshPk, plain, type UseTable } from './table-fixture.ts';

/** In the order of their UTF-8 bytes, which is neither UTF-16's nor any language's. */
const unicode = [
  '\u0001',
  ' ',
  '0',
  '00',
  'A',
  'B',
  'a',
  'a\u0001',
  'aa',
  'b',
  'é',
  '漢',
  '\uffee',
  '😀',
];

export function describeQueries(use: UseTable): void {
  test('an empty range is empty', async () => {
    const everything = { pk: freshPk(), limit: 10, strong: true };
    expect(await use().query(everything)).toEqual([]);
    expect(await use().query({ ...everything, descending: true })).toEqual([]);
  });

  test('items come in the order of their keys’ bytes, whole, and of that pk alone', async () => {
    const pk = freshPk();
    await fill(use(), pk, unicode.toReversed());
    await fill(use(), `${pk}0`, ['a']);
    const items = await use().query({ pk, limit: 100, strong: true });
    expect(plain(items)).toEqual(unicode.map((sk) => ({ pk, sk, is: sk })));
  });

  test('the bounds are inclusive, each may be absent, and need not be keys', async () => {
    const pk = freshPk();
    await fill(use(), pk, ['b', 'd', 'f', 'h']);
    const range = (bounds: object) => sks(use(), { pk, limit: 100, strong: true, ...bounds });
    expect(await range({ from: 'd' })).toEqual(['d', 'f', 'h']);
    expect(await range({ from: 'c' })).toEqual(['d', 'f', 'h']);
    expect(await range({ to: 'd' })).toEqual(['b', 'd']);
    expect(await range({ to: 'e' })).toEqual(['b', 'd']);
    expect(await range({ from: 'd', to: 'f' })).toEqual(['d', 'f']);
    expect(await range({ from: 'd', to: 'd' })).toEqual(['d']);
    expect(await range({ from: 'e', to: 'e' })).toEqual([]);
    expect(await range({ from: 'i' })).toEqual([]);
    expect(await range({ to: 'a' })).toEqual([]);
    expect(await range({ descending: true, from: 'c', to: 'f' })).toEqual(['f', 'd']);
    expect(await range({ descending: true, from: 'd' })).toEqual(['h', 'f', 'd']);
    expect(await range({ descending: true, to: 'd' })).toEqual(['d', 'b']);
  });

  test('a limit takes the first of the asked direction', async () => {
    const pk = freshPk();
    await fill(use(), pk, ['a', 'b', 'c', 'd']);
    expect(await sks(use(), { pk, limit: 2, strong: true })).toEqual(['a', 'b']);
    expect(await sks(use(), { pk, limit: 4, strong: true })).toEqual(['a', 'b', 'c', 'd']);
    const descending = { pk, limit: 1, strong: true, descending: true };
    expect(await sks(use(), descending)).toEqual(['d']);
    expect(await sks(use(), { ...descending, to: 'b' })).toEqual(['b']);
    expect(await sks(use(), { ...descending, to: 'bb' })).toEqual(['b']);
  });

  test('fewer than the limit come only when there are no more, however large', async () => {
    const pk = freshPk();
    const count = 300;
    const keys = Array.from({ length: count }, (_, index) => String(index).padStart(4, '0'));
    await fill(use(), pk, keys, new Uint8Array(5_000).fill(1));
    const all = { pk, limit: count + 1, strong: true };
    expect(await sks(use(), all)).toEqual(keys);
    expect(await sks(use(), { ...all, descending: true })).toEqual(keys.toReversed());
    expect(await sks(use(), { ...all, limit: 250 })).toEqual(keys.slice(0, 250));
    expect(await sks(use(), { ...all, from: '0010', to: '0280' })).toEqual(keys.slice(10, 281));
  });

  test('a strong query sees each write that was done before it', async () => {
    const pk = freshPk();
    for (const sk of ['c', 'a', 'b']) {
      await use().write({ put: { pk, sk } });
      const items = await use().query({ pk, from: sk, to: sk, limit: 1, strong: true });
      expect(items).toEqual([{ pk, sk }]);
    }
    await use().write({ delete: { pk, sk: 'b' } });
    expect(await sks(use(), { pk, limit: 10, strong: true })).toEqual(['a', 'c']);
  });
}

async function fill(
  table: Table,
  pk: string,
  keys: readonly string[],
  filler?: Uint8Array,
): Promise<void> {
  const puts = keys.map((sk) =>
    table.write({ put: { pk, sk, is: sk, ...(filler && { filler }) } }),
  );
  for (const result of await Promise.all(puts)) expect(result.kind).toBe('done');
}

async function sks(table: Table, range: Parameters<Table['query']>[0]): Promise<string[]> {
  return (await table.query(range)).map((item) => item.sk);
}
