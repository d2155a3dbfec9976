// A time in a body: a date and time with its offset from UTC, or milliseconds since 1970.

import * as z from 'zod/mini';
import { timestampMax } from '../../limits.ts';
import { integer } from './integer.ts';

/** Up to what a record's timestamp may be. A date before 1970 is before all records. */
export const timestamp = z
  .union([z.iso.datetime({ offset: true }), integer({ min: 0 })])
  .check(z.refine((said) => millisOf(said) <= timestampMax, 'must be before the year 6429'));

export function millisOf(said: string | number): number {
  return typeof said === 'number' ? said : Date.parse(said);
}
