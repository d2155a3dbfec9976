// The query of a stateless fetch.

import * as z from 'zod';
import { fetchBytesMax, fetchWaitMillisMax, offsetMax, timestampMax } from '../../limits.ts';

export const fetchQuery = z.object({
  /** The first offset wanted. Neither offset nor timestamp: the log start. */
  offset: z.int().min(0).max(offsetMax).optional(),
  /** Milliseconds since 1970: from the first record of that time or a later one. */
  timestamp: z.int().min(0).max(timestampMax).optional(),
  /** A first record, or raw batch, that is larger is still returned. */
  max_bytes: z.int().min(1).max(fetchBytesMax).optional(),
  /** Milliseconds to wait when there is nothing yet. */
  timeout: z.int().min(0).max(fetchWaitMillisMax).optional(),
});
