// A time as a caller says it, and as a body does.

import { invalid } from '../errors.ts';

/** Milliseconds since 1970, a date, or its text with an offset from UTC. */
export type Moment = number | Date | string;

/** @throws SluiceError of a date that is none: JSON would make of it null, which is never. */
export function momentOf<Said extends Moment | null | undefined>(field: string, moment: Said) {
  const said = moment instanceof Date ? moment.getTime() : moment;
  if (typeof said !== 'number' || Number.isFinite(said)) return said;
  throw invalid(field, 'must be a time');
}
