// Lists with a bound that holds before any item is looked at: else a body of two million bad items
// would become two million complaints.

import * as z from 'zod/mini';

export function boundedList<Item extends z.ZodMiniType>(
  item: Item,
  { min = 0, max }: { readonly min?: number; readonly max: number },
) {
  const bounds = [z.minLength(min), z.maxLength(max)] as const;
  return z.pipe(z.array(z.unknown()).check(...bounds), z.array(item).check(...bounds));
}
