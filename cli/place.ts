// A place in a log, as people say it:
//
//     beginning  end            the first record that is there; what comes next: also Kafka's
//                               earliest and latest
//     42  -10                   an offset; so many records before the end
//     2026-01-31                a time, with an offset from UTC where it has hours: ...T10:00Z
//     @1769853600000            a time, in milliseconds since 1970
//     15m  2h  7d               that long ago
//
// What is none of these is refused: a date that was meant as something else would read other
// records than were asked for.

export type Place =
  | { readonly kind: 'beginning' | 'end' }
  | { readonly kind: 'offset'; readonly offset: number }
  /** Before the end. */
  | { readonly kind: 'last'; readonly count: number }
  | { readonly kind: 'time'; readonly millis: number }
  | { readonly kind: 'ago'; readonly millis: number };

export const placeHelp =
  'beginning, end, an offset, -N: the last N, 2h: so long ago, a time (2026-01-31T10:00Z, @millis)';

const unitMillis: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const dateForm = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/** @returns undefined: it is none. */
export function placeIn(text: string): Place | undefined {
  if (text === 'beginning' || text === 'earliest') return { kind: 'beginning' };
  if (text === 'end' || text === 'latest') return { kind: 'end' };
  if (/^\d{1,15}$/.test(text)) return { kind: 'offset', offset: Number(text) };
  if (/^-[1-9]\d{0,14}$/.test(text)) return { kind: 'last', count: -Number(text) };
  if (/^@\d{1,15}$/.test(text)) return { kind: 'time', millis: Number(text.slice(1)) };
  const [, amount, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) {
    return { kind: 'ago', millis: Number(amount) * (unitMillis[unit] ?? 0) };
  }
  const millis = dateIn(text);
  return millis === undefined ? undefined : { kind: 'time', millis };
}

/** @returns milliseconds since 1970; undefined: it is none that the calendar has. */
export function dateIn(text: string): number | undefined {
  const [, day] = dateForm.exec(text) ?? [];
  if (day === undefined) return undefined;
  // A 30th of February is parsed as the 2nd of March.
  const at = Date.parse(`${day}T00:00Z`);
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(day)) return undefined;
  const millis = Date.parse(text);
  return Number.isNaN(millis) ? undefined : millis;
}
