// Tables for people: columns in line, numbers to the right, and nothing in them that a terminal
// takes for an order.

import { printable } from './texts.ts';

export type Cell = string | number | boolean | null | undefined;

/** @param rows by the title of the column, which the first row has all of.
 * @param bold of a heading.
 * @returns lines. */
export function tableOf(
  rows: readonly Readonly<Record<string, Cell>>[],
  bold: (text: string) => string = (text) => text,
): readonly string[] {
  const titles = Object.keys(rows[0] ?? {});
  const columns = titles.map((title) => {
    const texts = rows.map((row) => cellText(row[title]));
    const isNumber = rows.every((row) => typeof row[title] === 'number' || row[title] === null);
    const width = Math.max(title.length, ...texts.map((text) => text.length));
    const align = (text: string) => (isNumber ? text.padStart(width) : text.padEnd(width));
    return { heading: align(title.toUpperCase()), texts: texts.map(align) };
  });
  const lineOf = (cells: readonly string[]) => cells.join('  ').trimEnd();
  return [
    bold(lineOf(columns.map(({ heading }) => heading))),
    ...rows.map((_, at) => lineOf(columns.map(({ texts }) => texts[at] ?? ''))),
  ];
}

function cellText(cell: Cell): string {
  return cell === null || cell === undefined ? '-' : printable(String(cell));
}
