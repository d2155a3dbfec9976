// What the value of an option may be, and how a value that cannot be is refused: before anything is
// asked of an engine.

import { InvalidArgumentError } from 'commander';
import { type Place, placeHelp, placeIn } from './place.ts';

/** @returns a reader of whole numbers. */
export function whole(min = 0, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const bound = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`It must be a whole number, ${bound}.`);
  };
}

/** More than nothing; it may be a fraction. */
export function positive(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** Of an option that may be said several times, or once with commas between. */
export function wholes(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, ...text.split(',').map(whole())];
}

export function place(text: string): Place {
  const found = placeIn(text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`It must be one of: ${placeHelp}.`);
}

/** `NAME=VALUE`, said once for each. */
export function pair(
  text: string,
  before: readonly (readonly [string, string])[] = [],
): readonly (readonly [string, string])[] {
  const at = text.indexOf('=');
  if (at > 0) return [...before, [text.slice(0, at), text.slice(at + 1)]];
  throw new InvalidArgumentError('It must be NAME=VALUE.');
}

/** @param words in capitals.
 * @returns a reader of one of them, in any case. */
export function word<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((one) => one === text.trim().toUpperCase());
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
  };
}

/** Of an option that may be said several times, or once with commas between. */
export function eachWord<Word extends string>(words: readonly Word[]) {
  const read = word(words);
  return (text: string, before: readonly Word[] = []): readonly Word[] => {
    return [...before, ...text.split(',').map(read)];
  };
}

/** When something ends. */
export type Expiry =
  | { readonly kind: 'never' }
  | { readonly kind: 'time' | 'in'; readonly millis: number };

export function expiry(text: string): Expiry {
  if (text === 'never') return { kind: 'never' };
  const found = placeIn(text);
  if (found?.kind === 'time') return found;
  if (found?.kind === 'ago') return { kind: 'in', millis: found.millis };
  throw new InvalidArgumentError(
    'It must be never, 90d: in so long, or a time: 2027-01-31T10:00Z.',
  );
}

export function principal(text: string): string {
  if (/^User:./.test(text)) return text;
  throw new InvalidArgumentError('It must be "User:" and a name: User:shop.');
}

export function json(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('It must be a JSON object.');
}
