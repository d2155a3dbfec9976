// The answer as people read it: a line an item, aligned.

import type { Item } from './bill.ts';
import { gigabyte } from './prices.ts';
import type { Quote } from './quote.ts';
import type { Workload } from './workload.ts';

const columnsMax = 98;

export function linesOf(quote: Quote): readonly string[] {
  const { workload, bill, rivals, freeTier, region, readIn, volume } = quote;
  const free = freeTier ? 'less what is free each month' : 'without free tiers';
  return [
    ...saying(workload),
    `A month at the list prices of ${region}, read in ${readIn}, ${free}:`,
    '',
    ...table([
      ...bill.items.filter(isUsed).map(cellsOf),
      ['in all', '', '', dollarsText(bill.dollars)],
      ...perUnit('a million records', bill.dollars, volume.records / 1e6),
      ...perUnit('a GB that is sent', bill.dollars, volume.bytes / gigabyte),
    ]),
    '',
    'The same elsewhere:',
    '',
    ...table(
      rivals.flatMap(({ name, bill: theirs }) => [
        [name, '', '', dollarsText(theirs.dollars)],
        ...theirs.items.filter(isUsed).map((item) => indented(cellsOf(item))),
      ]),
    ),
    '',
    ...rivals.flatMap(({ name, remark, source }) => [
      ...wrapped(`${name}: ${remark}`),
      `  ${source}`,
    ]),
  ];
}

function isUsed({ amount }: Item): boolean {
  return amount > 0;
}

function perUnit(what: string, dollars: number, units: number): readonly (readonly string[])[] {
  return units === 0 ? [] : [[`for ${what}`, '', '', dollarsText(dollars / units)]];
}

function indented([first, ...others]: readonly string[]): readonly string[] {
  return [`  ${first}`, ...others];
}

function saying(workload: Workload): string[] {
  const { sends, records, recordBytes, busyHours, partitions, reach, retentionDays } = workload;
  const { groups, members, readers, subscriptions } = workload;
  const who = [
    groups > 0 && `${counted(groups, 'group')} of ${counted(members, 'member')}`,
    readers > 0 && counted(readers, 'reader'),
    subscriptions > 0 && counted(subscriptions, 'subscription'),
  ].filter((one) => one !== false);
  const given = `${who.length === 0 ? 'nobody' : who.join(', ')} to get all of it`;
  if (sends === 0) return [`Nothing is sent; ${given}.`];
  const each = `${counted(records, 'record')} of ${numberText(recordBytes)} bytes`;
  return [
    `${counted(sends, 'request')} a second, each of ${each} to ${reach} of ` +
      `${counted(partitions, 'partition')}, ${counted(busyHours, 'hour')} a day;`,
    `kept for ${counted(retentionDays, 'day')}; ${given}.`,
  ];
}

function cellsOf({ what, amount, unit, dollarsPerUnit, dollars }: Item): readonly string[] {
  const price = `${unit} at $${Number(dollarsPerUnit.toPrecision(6))}`;
  return [what, numberText(amount), price, dollarsText(dollars)];
}

/** The first column and the third begin in line, the others end in it. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const widths = [width(0), width(1), width(2), width(3)];
  return rows.map((row) => {
    const cells = widths.map((most, column) => {
      const cell = row[column] ?? '';
      return column % 2 === 0 ? cell.padEnd(most) : cell.padStart(most);
    });
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columnsMax) {
      lines.push(line);
      line = ` ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function counted(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function numberText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value >= 100 ? 0 : 4 });
}

function dollarsText(dollars: number): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `$${dollars.toLocaleString('en-US', digits)}`;
}
