// What every CloudEvent has. The rest of it is its sender's, and is stored as it came.
// Source: CloudEvents 1.0.2, "Required attributes" and "Partitioning extension".

import * as z from 'zod/mini';
import { recordsPerRequestMax } from '../../limits.ts';
import { boundedList } from './bounded-list.ts';

const required = () => z.string().check(z.minLength(1));

export const cloudEvent = z.lazy(() =>
  z.looseObject({
    specversion: z.literal('1.0'),
    id: required(),
    source: required(),
    type: required(),
    partitionkey: z.optional(z.string()),
  }),
);

export const cloudEventBatch = z.lazy(() =>
  boundedList(cloudEvent, { min: 1, max: recordsPerRequestMax }),
);
