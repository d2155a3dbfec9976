// Contract of the table: many writes as one.

import { expect, test } from 'vitest';
import type { Item, Write } from '../../shared/store/algebra.ts';
import type { Table } from '../../shared/store/table.ts';
import { bytes, freshPk, plain, read, type UseTable } from './table-fixture.ts';

export function describeTransactions(use: UseTable): void {
  test('a put, an update and a delete are done together', async () => {
    const pk = freshPk();
    await fill(use(), [
      { pk, sk: 'updated', n: 1, r: [] },
      { pk, sk: 'deleted', n: 1 },
    ]);
    const result = await use().transact([
      { put: { pk, sk: 'put', n: 1 }, if: { item: 'absent' } },
      {
        update: { pk, sk: 'updated' },
        actions: [
          { set: 'n', to: { attribute: 'n', plus: 1 } },
          { append: 'r', values: [bytes(1)] },
        ],
        if: { attribute: 'n', is: '=', to: 1 },
      },
      { delete: { pk, sk: 'deleted' }, if: { item: 'present' } },
    ]);
    expect(result).toEqual({ kind: 'done' });
    expect(await everything(use(), pk)).toEqual([
      { pk, sk: 'put', n: 1 },
      { pk, sk: 'updated', n: 2, r: [bytes(1)] },
    ]);
  });

  test('one refusal refuses all, and each refusal stands in its write’s place', async () => {
    const pk = freshPk();
    const taken = { pk, sk: 'taken', n: 1, raw: bytes(0, 255) };
    const kept = { pk, sk: 'kept', n: 1 };
    await fill(use(), [taken, kept]);
    const result = await use().transact([
      { put: { pk, sk: 'new' }, if: { item: 'absent' } },
      { put: { pk, sk: 'taken', n: 2 }, if: { item: 'absent' } },
      { update: { pk, sk: 'kept' }, actions: [{ set: 'n', to: { value: 2 } }] },
      { update: { pk, sk: 'ghost' }, actions: [{ set: 'n', to: { value: 2 } }] },
      { delete: { pk, sk: 'kept-too' } },
      { delete: { pk, sk: 'ghost-too' }, if: { item: 'present' } },
    ]);
    const refusals = result.kind === 'refused' ? result.refusals : [];
    expect(refusals.map((refusal) => refusal?.kind)).toEqual([
      undefined,
      'refused',
      undefined,
      'refused',
      undefined,
      'refused',
    ]);
    const shown = refusals.map((refusal) => plain(refusal?.current));
    expect(shown).toEqual([undefined, taken, undefined, undefined, undefined, undefined]);
    expect(await everything(use(), pk)).toEqual([kept, taken]);
  });

  test('a transaction of one is one', async () => {
    const pk = freshPk();
    const put: Write = { put: { pk, sk: 'a', n: 1 }, if: { item: 'absent' } };
    expect(await use().transact([put])).toEqual({ kind: 'done' });
    expect(await use().transact([put])).toEqual({
      kind: 'refused',
      refusals: [{ kind: 'refused', current: { pk, sk: 'a', n: 1 } }],
    });
  });

  test('a hundred items of two pks are written at once, or none of them', async () => {
    const pk = freshPk();
    const other = freshPk();
    const keys = Array.from({ length: 100 }, (_, index) => ({
      pk: index % 2 === 0 ? pk : other,
      sk: String(index).padStart(3, '0'),
    }));
    const puts = keys.map((key): Write => ({ put: { ...key, n: 1 }, if: { item: 'absent' } }));
    expect(await use().transact(puts)).toEqual({ kind: 'done' });
    const updates = keys.map(
      (key, index): Write => ({
        update: key,
        actions: [{ set: 'n', to: { attribute: 'n', plus: 1 } }],
        if: { attribute: 'n', is: '=', to: index === 99 ? 2 : 1 },
      }),
    );
    const result = await use().transact(updates);
    const refusals = result.kind === 'refused' ? result.refusals : [];
    expect(refusals.map((refusal) => refusal !== undefined)).toEqual(keys.map((_, i) => i === 99));
    for (const item of [...(await everything(use(), pk)), ...(await everything(use(), other))]) {
      expect(item['n']).toBe(1);
    }
  });

  test('a transaction that was done shows in a strong read of each of its items', async () => {
    const pk = freshPk();
    await use().transact([{ put: { pk, sk: 'a', n: 1 } }, { put: { pk, sk: 'b', n: 1 } }]);
    expect(await read(use(), { pk, sk: 'a' })).toEqual({ pk, sk: 'a', n: 1 });
    expect(await read(use(), { pk, sk: 'b' })).toEqual({ pk, sk: 'b', n: 1 });
  });
}

async function fill(table: Table, items: readonly Item[]): Promise<void> {
  for (const item of items) expect((await table.write({ put: item })).kind).toBe('done');
}

async function everything(table: Table, pk: string): Promise<readonly Item[]> {
  return plain(await table.query({ pk, limit: 1_000, strong: true }));
}
