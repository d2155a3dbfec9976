// One algebra, two readings: what the embedded table evaluates, DynamoDB is told in expressions.
// Both are given the same writes, and every answer must be the same: results, the items that
// refuse, and what is read back.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSqliteTable } from '../../local/sqlite-table.ts';
import { type Condition, type Item, keyOf, type Write } from '../../shared/store/algebra.ts';
import type { Table } from '../../shared/store/table.ts';
import type { OpenTable } from '../contract/table-contract.ts';
import { describeWithDynamodbLocal, openDynamodbLocalTable } from '../emulators/dynamodb-local.ts';
import {
  allowed,
  comparisons,
  everyType,
  pk,
  type Step,
  sizedNames,
  sortKeys,
  step,
} from './random-writes.ts';

describeWithDynamodbLocal(() => {
  const opened: OpenTable[] = [];
  beforeAll(async () => {
    opened.push(openSqliteTable({ path: ':memory:' }), await openDynamodbLocalTable());
  });
  afterAll(async () => {
    await Promise.all(opened.map(({ close }) => close()));
  });
  const tables = () => opened.map(({ table }) => table);

  test('both tables answer any sequence of steps alike', async () => {
    const sequence = fc.array(step, { minLength: 5, maxLength: 30, size: 'max' });
    const property = fc.asyncProperty(sequence, async (steps) => {
      for (const table of tables()) await fill(table);
      for (const each of steps) await expectAlike(tables(), each);
      await expectAlike(tables(), { query: { pk, limit: 10, strong: true } });
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test.each(['an item of every type', 'no item'])(
    'both tables hold conditions alike: %s',
    async (there) => {
      const item = there === 'no item' ? undefined : { ...batteryKey, ...everyType };
      const answers = await Promise.all(tables().map((table) => battery(table, item)));
      const [evaluated = [], compiled = []] = answers;
      expect(evaluated).toEqual(compiled);
      expect(new Set(evaluated.map(({ holds }) => holds)).size).toBe(2);
    },
  );
});

/** Every sequence begins with all items, each of all attributes. */
async function fill(table: Table): Promise<void> {
  await Promise.all(sortKeys.map((sk) => table.write({ put: { ...everyType, pk, sk } })));
}

async function expectAlike(tables: readonly Table[], each: Step): Promise<void> {
  const [first] = tables;
  const settled = first === undefined ? each : await settle(first, each);
  const [evaluated, compiled] = await Promise.all(tables.map((table) => take(table, settled)));
  expect(evaluated).toStrictEqual(compiled);
}

/** The step as the table's items, as they are now, allow it. */
async function settle(table: Table, each: Step): Promise<Step> {
  if ('query' in each) return each;
  const one = async (write: Write) =>
    allowed(write, await table.get(keyOf(write), { strong: true }));
  if ('write' in each) return { write: await one(each.write) };
  return { transact: await Promise.all(each.transact.map(one)) };
}

/** What the table answers, and what it holds then under the keys that were written. */
async function take(table: Table, each: Step): Promise<unknown> {
  if ('query' in each) return await table.query(each.query);
  const writes = 'write' in each ? [each.write] : each.transact;
  const result = 'write' in each ? await table.write(each.write) : await table.transact(writes);
  const reads = writes.map((write) => table.get(keyOf(write), { strong: true }));
  return { result, items: await Promise.all(reads) };
}

const batteryKey = { pk, sk: 'battery' };

/** Each attribute and entry, there or not, against constants of each type; sizes; and presence. */
function batteryConditions(): readonly Condition[] {
  const attributes = ['n', 'o', 't', 'b', 'y', 'r', 'q', 'm', 'ghost'];
  const entries = ['m', 'n', 'r', 'ghost'].flatMap((attribute) =>
    ['a', 'b', 'c', 'd'].map((entry) => ({ attribute, entry })),
  );
  const places = [...attributes.map((attribute) => ({ attribute })), ...entries];
  const constants = [
    0,
    1,
    -1,
    '',
    'a',
    '1',
    Uint8Array.of(1),
    Uint8Array.of(),
    Uint8Array.of(0, 1),
  ];
  return [
    ...places.flatMap((place) => [
      ...(['present', 'absent'] as const).map((is) => ({ ...place, is })),
      ...[true, false].map((to) => ({ ...place, is: '=' as const, to })),
      ...comparisons.flatMap((is) => constants.map((to) => ({ ...place, is, to }))),
    ]),
    ...sizedNames().flatMap((sizeOf) =>
      comparisons.flatMap((is) => [0, 1, 2, 3].map((to) => ({ sizeOf, is, to }))),
    ),
  ];
}

/** Writes that change nothing, so that each condition is asked of the same item. */
async function battery(table: Table, item: Item | undefined) {
  const set: Write = item === undefined ? { delete: batteryKey } : { put: item };
  await table.write(set);
  return await Promise.all(
    batteryConditions().map(async (condition) => {
      const { kind } = await table.write({ ...set, if: condition });
      return { condition, holds: kind === 'done' };
    }),
  );
}
