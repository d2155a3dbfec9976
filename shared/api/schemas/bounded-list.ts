// Lists with a bound that holds before any item is looked at: else a body of two million bad items
// would become two million complaints.

import * as z from 'zod';

export function boundedList<Item extends z.ZodType>(
  item: Item,
  { min = 0, max }: { readonly min?: number; readonly max: number },
) {
  return z.array(z.unknown()).min(min).max(max).pipe(z.array(item).min(min).max(max));
}
