// Text that is kept as text: half a surrogate pair has no UTF-8, and no store keeps it.

import * as z from 'zod/mini';

/** @param min characters, as are those of max. @param max none: what the request may hold. */
export function wellFormed({ min, max }: { readonly min?: number; readonly max?: number } = {}) {
  return z.string().check(
    z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
    ...(min === undefined ? [] : [z.minLength(min)]),
    ...(max === undefined ? [] : [z.maxLength(max)]),
  );
}
