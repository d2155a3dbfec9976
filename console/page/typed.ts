// Numbers and times that somebody has typed. What is none of them is told from nothing at all.

/** Milliseconds since 1970, or what ISO 8601 has; without a zone it is the reader's own.
 * @returns undefined: neither. */
export function timeIn(text: string): number | undefined {
  const said = text.trim();
  if (/^\d{1,15}$/.test(said)) return Number(said);
  if (!/^\d{4}-\d{2}-\d{2}/.test(said)) return undefined;
  const millis = Date.parse(said);
  return Number.isNaN(millis) || millis < 0 ? undefined : millis;
}

/** An offset, a partition or a number. @returns undefined: none. */
export function integerIn(text: string): number | undefined {
  const said = text.trim();
  const number = /^\d{1,16}$/.test(said) ? Number(said) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** A number above 0. @returns undefined: none. */
export function countIn(text: string): number | undefined {
  return integerIn(text) || undefined;
}

/** A number above 0, whole or not. @returns undefined: none. */
export function rateIn(text: string): number | undefined {
  const said = text.trim();
  return /^\d{1,9}(\.\d{1,6})?$/.test(said) ? Number(said) || undefined : undefined;
}

/** The first letter of a key or a token that none has, and no header could carry: what is copied
 * from a text may have quotes or dashes of its own. @returns undefined: there is none. */
export function strangeIn(credential: string): string | undefined {
  return /[^\x21-\x7e]/u.exec(credential.trim())?.[0];
}

/** Whether something was typed, and could not be read: whoever types nothing need not.
 * @param value what was read. */
export function isMistyped(text: string, value: number | undefined): boolean {
  return text.trim() !== '' && value === undefined;
}

/** What is said of a time that is mistyped. */
export const timeFault = 'Milliseconds since 1970, or like 2026-01-31T12:00:00Z.';
