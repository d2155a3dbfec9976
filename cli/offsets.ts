// Offsets and timestamps as the command line says them to programs: as numbers, which those whom
// the client is for have as text. All are below 2^53 (shared/limits.ts), so nothing is lost.

const fields = ['offset', 'committedOffset', 'logEndOffset', 'sourceOffset', 'timestamp'] as const;

type Field = (typeof fields)[number];

type Numbered<Row> = { readonly [Name in keyof Row]: Name extends Field ? number : Row[Name] };

/** The row, with its own offsets and timestamps as numbers. */
export function withNumbers<Row extends object>(row: Row): Numbered<Row> {
  const own = fields.filter((name) => Object.hasOwn(row, name));
  const numbers = own.map((name) => [name, Number(row[name as keyof Row])]);
  return { ...row, ...Object.fromEntries(numbers) };
}
