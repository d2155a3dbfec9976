// v3's records: each key and value says its own type.

import * as z from 'zod/mini';
import { headersPerRecordMax, timestampMax, v3BatchEntriesMax } from '../../limits.ts';
import { base64 } from './base64.ts';
import { boundedList } from './bounded-list.ts';
import { integer } from './integer.ts';
import { wellFormed } from './well-formed.ts';

const data = () =>
  z.strictObject({
    type: z.enum(['BINARY', 'STRING', 'JSON']),
    /** Of the type; null is no key, or a tombstone. */
    data: z.unknown(),
  });

const header = () =>
  z.strictObject({
    name: wellFormed(),
    value: z.nullish(base64),
  });

const record = () => ({
  partition_id: z.nullish(integer({ min: 0 })),
  headers: z.nullish(boundedList(header(), { max: headersPerRecordMax })),
  key: z.nullish(data()),
  value: z.nullish(data()),
  /** A date and time, or milliseconds since 1970. */
  timestamp: z.nullish(
    z.union([z.iso.datetime({ offset: true }), integer({ min: 0, max: timestampMax })]),
  ),
});

export const recordV3 = z.lazy(() => z.strictObject(record()));

/** Checked before its entries are, each of which answers for itself. */
export const batchBody = z.lazy(() =>
  z.strictObject({
    entries: z
      .array(z.looseObject({ id: z.string().check(z.minLength(1), z.maxLength(80)) }))
      .check(z.minLength(1), z.maxLength(v3BatchEntriesMax)),
  }),
);

export const batchEntry = z.lazy(() => z.strictObject({ ...record(), id: z.string() }));

export type RecordV3 = z.output<typeof recordV3>;
