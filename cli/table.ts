// Tables for people: columns in line, numbers to the right, and nothing in them that a terminal
// takes for an order.

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

/** A thing's fields, one below the other. */
export function fieldsOf(fields: Readonly<Record<string, Cell>>): readonly string[] {
  const width = Math.max(...Object.keys(fields).map((name) => name.length));
  return Object.entries(fields).map(([name, value]) => {
    return `${`${name}:`.padEnd(width + 1)}  ${cellText(value)}`;
  });
}

function cellText(cell: Cell): string {
  return cell === null || cell === undefined ? '-' : printable(String(cell));
}

/** A terminal takes some characters for orders. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?');
}

export function timeText(millis: number | null): string {
  return millis === null ? '-' : new Date(millis).toISOString();
}

/** `1 topic`, `2 topics`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** In the largest unit that leaves a whole one. */
export function durationText(millis: number | null): string {
  if (millis === null) return '-';
  const [, size, unit] = units.find(([least]) => millis >= least) ?? [0, 1, 'ms'];
  return `${Number((millis / size).toFixed(1))} ${unit}`;
}

const units = [
  [2 * 86_400_000, 86_400_000, 'd'],
  [2 * 3_600_000, 3_600_000, 'h'],
  [2 * 60_000, 60_000, 'min'],
  [1_000, 1_000, 's'],
] as const;
