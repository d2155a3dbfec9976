// What a caller says, held to its bounds.

import { invalid } from './errors.ts';

/** @returns the value. @throws SluiceError that names the option. */
export function within(
  name: string,
  value: number,
  { min, max = Number.POSITIVE_INFINITY }: { readonly min: number; readonly max?: number },
): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  const bound = max === Number.POSITIVE_INFINITY ? `at least ${min}` : `from ${min} to ${max}`;
  throw invalid(name, `must be ${bound}`);
}

/** @throws SluiceError unless it is a list of that. */
export function expectList(field: string, list: unknown, least = 0): void {
  if (!Array.isArray(list)) throw invalid(field, 'must be a list');
  if (list.length < least) throw invalid(field, 'must not be empty');
}
