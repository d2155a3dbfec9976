// The queries about how large topics are.

import * as z from 'zod/mini';
import { offsetMax, partitionsPerTopicMax } from '../../limits.ts';
import { integer } from './integer.ts';

/** Of one reply: a hundred bytes each. */
const segmentsMax = 1_000;
export const segmentsDefault = 100;
export const sizedPartitionsDefault = 100;

export const segmentsQuery = z.object({
  /** Of the first segment wanted, any offset. None: the log start. */
  offset: z.optional(integer({ min: 0, max: offsetMax })),
  limit: z.optional(integer({ min: 1, max: segmentsMax })),
});

export const sizesQuery = z.object({
  /** The first one wanted. */
  partition: z.optional(integer({ min: 0, max: partitionsPerTopicMax })),
  /** Partitions. */
  limit: z.optional(integer({ min: 1, max: partitionsPerTopicMax })),
});
