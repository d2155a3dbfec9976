// The embedded table: the port's promises, its turns, and what it says when its file fails it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSqliteTable } from '../../local/sqlite-table.ts';
import { AssertionError } from '../../shared/assert.ts';
import type { Key, Write } from '../../shared/store/algebra.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import { tableContract } from '../contract/table-contract.ts';

let directory = '';
let files = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-table-'));
});
afterAll(() => rm(directory, { recursive: true }));

function newPath(): string {
  return join(directory, `${files++}.sqlite`);
}

tableContract('SQLite in a file', async () => openSqliteTable({ path: newPath() }));
tableContract('SQLite in memory', async () => openSqliteTable({ path: ':memory:' }));

const key: Key = { pk: 'p', sk: 's' };
const strong = { strong: true } as const;
const put: Write = { put: { ...key, n: 0 } };
const increment: Write = { update: key, actions: [{ set: 'n', to: { attribute: 'n', plus: 1 } }] };

test('what was written is there when the file is opened again', async () => {
  const path = newPath();
  const first = openSqliteTable({ path });
  await first.table.write(put);
  await first.close();
  const second = openSqliteTable({ path });
  expect(await second.table.get(key, strong)).toEqual({ ...key, n: 0 });
  await second.close();
});

test('a file that is open is not opened again', async () => {
  const path = newPath();
  const { table, close } = openSqliteTable({ path });
  expect(() => openSqliteTable({ path })).toThrow(`another process has ${path} open`);
  await table.write(put);
  expect(() => openSqliteTable({ path })).toThrow('another process');
  await close();
  await openSqliteTable({ path }).close();
});

test('the writes of a turn share a commit, each seeing those before it', async () => {
  const { table, close } = openSqliteTable({ path: ':memory:' });
  const exec = vi.spyOn(DatabaseSync.prototype, 'exec');
  const commits = () => exec.mock.calls.filter(([sql]) => sql === 'COMMIT').length;
  const several = [put, ...Array.from({ length: 255 }, () => increment)];
  const results = await Promise.all(several.map((write) => table.write(write)));
  expect(results.map((result) => result.kind === 'done' && result.item?.['n'])).toEqual(
    several.map((_, index) => index),
  );
  expect(commits()).toBe(1);
  await Promise.all([...several, increment].map((write) => table.write(write)));
  expect(commits()).toBe(3);
  exec.mockRestore();
  await close();
});

test('keys that read alike, one after the other, are two items', async () => {
  const { table, close } = openSqliteTable({ path: ':memory:' });
  const keys = [
    { pk: 'ab', sk: 'c' },
    { pk: 'a', sk: 'bc' },
    { pk: '2:a', sk: 'b' },
  ];
  const puts = keys.map((each): Write => ({ put: each, if: { item: 'absent' } }));
  const results = await Promise.all(puts.map((write) => table.write(write)));
  expect(results.map((result) => result.kind)).toEqual(['done', 'done', 'done']);
  expect(await table.transact(keys.map((each) => ({ delete: each })))).toEqual({ kind: 'done' });
  await close();
});

test('a mistake is the failure of its own call alone', async () => {
  const { table, close } = openSqliteTable({ path: ':memory:' });
  const mistake: Write = { update: key, actions: [{ append: 'n', values: [] }] };
  const outcomes = await Promise.allSettled([
    table.write(put),
    table.write(mistake),
    table.transact([{ put: { pk: 'p', sk: 'other' } }, mistake]),
    table.write(increment),
  ]);
  const reasons = outcomes.map((each) => each.status === 'rejected' && each.reason);
  expect(reasons.map((reason) => reason instanceof AssertionError)).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(await table.query({ pk: 'p', limit: 10, ...strong })).toEqual([{ ...key, n: 1 }]);
  await close();
});

test('a transaction is 1 to 100 writes of as many keys', async () => {
  const { table, close } = openSqliteTable({ path: ':memory:' });
  const puts = Array.from({ length: 101 }, (_, n): Write => ({ put: { pk: 'p', sk: `${n}` } }));
  await expect(table.transact([])).rejects.toThrow(AssertionError);
  await expect(table.transact(puts)).rejects.toThrow(AssertionError);
  await expect(table.transact([put, { delete: key }])).rejects.toThrow(AssertionError);
  expect(await table.query({ pk: 'p', limit: 200, ...strong })).toEqual([]);
  await close();
});

test.each([
  ['BEGIN IMMEDIATE', 'not-done'],
  ['COMMIT', 'unknown'],
])('a %s that fails leaves all its turn %s, and the table as it was', async (failing, outcome) => {
  const { table, close } = openSqliteTable({ path: newPath() });
  await table.write(put);
  const { exec } = DatabaseSync.prototype;
  const broken = vi.spyOn(DatabaseSync.prototype, 'exec');
  broken.mockImplementation(function (this: DatabaseSync, sql) {
    if (sql === failing) throw new Error('disk I/O error');
    exec.call(this, sql);
  });
  const refusedAlone: Write = { put: key, if: { item: 'absent' } };
  const calls = [table.write(increment), table.write(refusedAlone)];
  const outcomes = await Promise.allSettled([...calls, table.transact([increment])]);
  broken.mockRestore();
  for (const each of outcomes) {
    const reason = each.status === 'rejected' && each.reason;
    expect(reason).toMatchObject({ name: 'StoreError', outcome, reason: 'unavailable' });
  }
  expect(await table.get(key, strong)).toEqual({ ...key, n: 0 });
  expect(await table.write(increment)).toEqual({ kind: 'done', item: { ...key, n: 1 } });
  await close();
});

test('a row that is damaged is said to be', async () => {
  const path = newPath();
  const before = openSqliteTable({ path });
  await before.table.write(put);
  await before.close();
  const database = new DatabaseSync(path);
  database.exec("UPDATE items SET body = x'00'");
  database.close();
  const { table, close } = openSqliteTable({ path });
  const damaged = { name: 'StoreError', outcome: 'not-done', reason: 'corrupt' };
  await expect(table.get(key, strong)).rejects.toMatchObject(damaged);
  await expect(table.query({ pk: 'p', limit: 1, ...strong })).rejects.toMatchObject(damaged);
  await expect(table.write(increment)).rejects.toMatchObject(damaged);
  await close();
});

test('closing finishes the calls before it, and refuses those after it', async () => {
  const path = newPath();
  const { table, close } = openSqliteTable({ path });
  const calls = [put, ...Array.from({ length: 600 }, () => increment)].map(table.write);
  const closing = close();
  const late = [
    table.write(increment),
    table.transact([increment]),
    table.get(key, strong),
    table.query({ pk: 'p', limit: 1, ...strong }),
  ];
  for (const outcome of await Promise.allSettled(late)) {
    const reason = outcome.status === 'rejected' && outcome.reason;
    expect(reason).toBeInstanceOf(StoreError);
    expect(reason).toMatchObject({ outcome: 'not-done', reason: 'unavailable' });
  }
  await Promise.all([...calls, closing, close()]);
  const again = openSqliteTable({ path });
  expect(await again.table.get(key, strong)).toEqual({ ...key, n: 600 });
  await again.close();
});
