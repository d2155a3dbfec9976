// The tables of docs/costs.md: counted, made into rows, and put where the page has the table of
// that name. What a table is called its first cell says.

import { billOf } from '../price/bill.ts';
import { countHousekeeping, type Housekeeping } from '../price/housekeeping.ts';
import { countAdministration } from '../price/operations/administer.ts';
import { countAlone } from '../price/operations/alone.ts';
import { type Batching, countBatching } from '../price/operations/batching.ts';
import { countFetch } from '../price/operations/fetch.ts';
import { countGroups } from '../price/operations/groups.ts';
import { countProduce } from '../price/operations/produce.ts';
import { countResting } from '../price/operations/resting.ts';
import type { Operation } from '../price/operations/stage.ts';
import { scaled, type Usage } from '../price/usage.ts';

/** Lines of Markdown: the head, the rule, a line a row. */
export type Table = { readonly name: string; readonly text: string };

type Column = readonly [head: string, cell: (used: Usage) => string];

const million = 1e6;

const stores: readonly Column[] = [
  ['PUTs', ({ objectPuts }) => numberText(objectPuts)],
  ['GETs', ({ objectGets }) => numberText(objectGets)],
  ['write units', ({ writeUnits }) => numberText(writeUnits)],
  ['read units', ({ readUnits }) => numberText(readUnits)],
];
const worth: readonly Column[] = [
  ['GB-ms', ({ gigabyteSeconds }) => numberText(1_000 * gigabyteSeconds)],
  ['$ a million', dollarsOfMillion],
];
const ofRequests: readonly Column[] = [
  ...stores,
  ['HTTP', ({ httpRequests }) => numberText(httpRequests)],
  ...worth,
];
const ofItself: readonly Column[] = [
  ...stores,
  ['Lambda', ({ invocations }) => numberText(invocations)],
  ['SQS', ({ fifoRequests, queueRequests }) => numberText(fifoRequests + queueRequests)],
  ...worth,
];

/** Runs the engine, some thousand requests in virtual time. */
export async function costTables(): Promise<readonly Table[]> {
  const housekeeping = await countHousekeeping();
  return [
    operationTable('produce', ofRequests, await countProduce()),
    operationTable('fetch', ofRequests, await countFetch()),
    operationTable('group', ofRequests, await countGroups()),
    operationTable('administer', ofRequests, await countAdministration()),
    operationTable('by itself', ofItself, await countAlone(housekeeping)),
    batchingTable(await countBatching()),
    table('rest', ['$ a month'], await restingRows(housekeeping)),
  ];
}

/** @throws Error: the page has no such table. */
export function withTables(page: string, tables: readonly Table[]): string {
  return tables.reduce((text, { name, text: lines }) => {
    const there = new RegExp(`^\\| ${name} \\|.*\\n(?:\\|.*\\n)+`, 'm');
    if (!there.test(text)) throw new Error(`the page has no table that begins with '${name}'`);
    return text.replace(there, () => lines);
  }, page);
}

function operationTable(
  name: string,
  columns: readonly Column[],
  operations: readonly Operation[],
): Table {
  const rows = operations.map(({ what, used }) => [what, ...columns.map(([, cell]) => cell(used))]);
  return table(
    name,
    columns.map(([head]) => head),
    rows,
  );
}

function batchingTable(all: readonly Batching[]): Table {
  const columns = ['messages a request', 'PUTs', 'write units', 'HTTP', '$ for a million messages'];
  const rows = all.map(({ what, messagesPerRequest, used }) => [
    what,
    numberText(messagesPerRequest),
    ...[used.objectPuts, used.writeUnits, used.httpRequests].map((each) =>
      countText(each * million),
    ),
    dollarsOfMillion(used),
  ]);
  return table('a million messages', columns, rows);
}

async function restingRows(housekeeping: Housekeeping): Promise<readonly (readonly string[])[]> {
  return (await countResting(housekeeping)).map(({ what, dollars }) => [what, dollars.toFixed(2)]);
}

function table(
  name: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): Table {
  const lines = [[name, ...heads], ['---', ...heads.map(() => '--:')], ...rows];
  return { name, text: lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('') };
}

function dollarsOfMillion(used: Usage): string {
  return billOf(scaled(used, million)).dollars.toFixed(2);
}

/** In three digits, or as a whole. */
function numberText(value: number): string {
  if (value < 0.005) return '0';
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

function countText(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US');
}
