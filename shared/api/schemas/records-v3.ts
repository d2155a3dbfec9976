// v3's records: each key and value says its own type.

import * as z from 'zod';
import { headersPerRecordMax, timestampMax, v3BatchEntriesMax } from '../../limits.ts';
import { boundedList } from './bounded-list.ts';
import { wellFormed } from './well-formed.ts';

const data = z.strictObject({
  type: z.enum(['BINARY', 'STRING', 'JSON']),
  /** Of the type; null is no key, or a tombstone. */
  data: z.unknown(),
});

const header = z.strictObject({
  name: wellFormed(),
  value: z.string().meta({ contentEncoding: 'base64' }).nullish(),
});

const record = {
  partition_id: z.int().min(0).nullish(),
  headers: boundedList(header, { max: headersPerRecordMax }).nullish(),
  key: data.nullish(),
  value: data.nullish(),
  /** A date and time, or milliseconds since 1970. */
  timestamp: z
    .union([z.iso.datetime({ offset: true }), z.int().min(0).max(timestampMax)])
    .nullish(),
};

export const recordV3 = z.strictObject(record);

/** Checked before its entries are, each of which answers for itself. */
export const batchBody = z.strictObject({
  entries: z
    .array(z.looseObject({ id: z.string().min(1).max(80) }))
    .min(1)
    .max(v3BatchEntriesMax),
});

export const batchEntry = z.strictObject({ ...record, id: z.string() });

export type RecordV3 = z.output<typeof recordV3>;
