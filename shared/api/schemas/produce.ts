// Bodies of v2's produce requests. Keys and values are of the request's format (formats.ts), so
// their schema says nothing of them. 1,000 records take 0.2 ms here, a tenth of their JSON.parse
// and decoding: no check by hand is worth its lines.

import * as z from 'zod';
import { headersPerRecordMax, recordsPerRequestMax, timestampMax } from '../../limits.ts';
import { boundedList } from './bounded-list.ts';

const base64 = z.string().meta({ contentEncoding: 'base64' });

const header = z.strictObject({ key: z.string(), value: base64.nullable() });

const record = {
  key: z.unknown().optional(),
  /** null is a tombstone, so it must be said. */
  value: z.unknown(),
  headers: boundedList(header, { max: headersPerRecordMax }).nullish(),
  /** Milliseconds since 1970. */
  timestamp: z.int().min(0).max(timestampMax).nullish(),
};

/** Which partitions there are, the engine knows. */
const topicRecord = z.strictObject({ ...record, partition: z.int().min(0).nullish() });

const partitionRecord = z.strictObject(record);

const bounds = { min: 1, max: recordsPerRequestMax };

export const produceToTopicBody = z.strictObject({ records: boundedList(topicRecord, bounds) });

export const produceToPartitionBody = z.strictObject({
  records: boundedList(partitionRecord, bounds),
});

export type RecordBody = z.output<typeof topicRecord>;
