// Tables: named, their first cell the head of its row, and wide ones to be moved by the keyboard,
// too.

import type { ComponentChildren } from 'preact';

export type Column<Row> = {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly isNumber?: boolean;
};

type TableProps<Row> = {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  /** Said when there is none. */
  readonly empty: string;
  /** A heading right above says the same. */
  readonly isTitled?: boolean;
  readonly isCurrent?: (row: Row) => boolean;
};

export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, keyOf, empty, isTitled, isCurrent } = props;
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="wide" aria-label={caption} tabIndex={0}>
      <table>
        <caption class={isTitled ? 'unseen' : undefined}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th key={name} scope="col" class={isNumber ? 'number' : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} class={isCurrent?.(row) ? 'current' : undefined}>
              {columns.map(({ name, cell, isNumber }, index) => {
                const look = isNumber ? 'number' : undefined;
                return index === 0 ? (
                  <th key={name} scope="row" class={look}>
                    {cell(row)}
                  </th>
                ) : (
                  <td key={name} class={look}>
                    {cell(row)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
