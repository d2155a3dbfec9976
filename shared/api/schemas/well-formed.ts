// Text that is kept as text: half a surrogate pair has no UTF-8, and no store keeps it.

import * as z from 'zod';

export function wellFormed(): z.ZodString {
  return z.string().refine((text) => text.isWellFormed(), 'must be well-formed Unicode');
}
