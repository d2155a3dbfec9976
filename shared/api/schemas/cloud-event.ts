// What every CloudEvent has. The rest of it is its sender's, and is stored as it came.
// Source: CloudEvents 1.0.2, "Required attributes" and "Partitioning extension".

import * as z from 'zod';
import { recordsPerRequestMax } from '../../limits.ts';
import { boundedList } from './bounded-list.ts';

const required = z.string().min(1);

export const cloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: required,
  source: required,
  type: required,
  partitionkey: z.string().optional(),
});

export const cloudEventBatch = boundedList(cloudEvent, { min: 1, max: recordsPerRequestMax });
