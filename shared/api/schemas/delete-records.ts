// The query that deletes a partition's first records.

import * as z from 'zod/mini';
import { logEnd } from '../../engine/delete-records.ts';
import { offsetMax } from '../../limits.ts';
import { integer } from './integer.ts';

export const deleteRecordsQuery = z.object({
  /** The first offset that stays; -1: all that there is now goes. */
  before_offset: integer({ min: logEnd, max: offsetMax }),
});
