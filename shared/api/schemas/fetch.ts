// The query of a stateless fetch.

import * as z from 'zod/mini';
import { fetchBytesMax, fetchWaitMillisMax, offsetMax, timestampMax } from '../../limits.ts';
import { integer } from './integer.ts';

export const fetchQuery = z.object({
  /** The first offset wanted. Neither offset nor timestamp: the log start. */
  offset: z.optional(integer({ min: 0, max: offsetMax })),
  /** Milliseconds since 1970: from the first record of that time or a later one. */
  timestamp: z.optional(integer({ min: 0, max: timestampMax })),
  /** A first record, or raw batch, that is larger is still returned. */
  max_bytes: z.optional(integer({ min: 1, max: fetchBytesMax })),
  /** Milliseconds to wait when there is nothing yet. */
  timeout: z.optional(integer({ min: 0, max: fetchWaitMillisMax })),
});
