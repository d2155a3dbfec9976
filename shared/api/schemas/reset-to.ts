// Where offsets are moved to, in a body: a group's, or a subscription's by a seek.

import * as z from 'zod/mini';
import type { GroupReset } from '../../engine/group/reset-group.ts';
import { offsetMax } from '../../limits.ts';
import { integer } from './integer.ts';
import { millisOf, timestamp } from './timestamp.ts';

export const resetTo = z.union([
  z.enum(['earliest', 'latest']),
  /** Brought within what the log holds. */
  z.strictObject({ offset: integer({ min: 0, max: offsetMax }) }),
  /** The first record of that time or a later one; else the end. */
  z.strictObject({ timestamp }),
]);

export function placeOf(to: z.output<typeof resetTo>): GroupReset['to'] {
  const isTime = typeof to === 'object' && 'timestamp' in to;
  return isTime ? { timestamp: millisOf(to.timestamp) } : to;
}
