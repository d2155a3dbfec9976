// What a request says, in a few bytes: two requests under one Idempotency-Key are the same if these
// are. It is made of the records as they were understood, so that spaces and order in a body do not
// matter.

import { createHash, type Hash } from 'node:crypto';
import type { RecordToProduce } from './records-by-partition.ts';

/** @param records each with its topic where a request names many. */
export function fingerprintOfRecords(
  records: readonly (RecordToProduce & { readonly topic?: string })[],
): string {
  const hash = createHash('sha256');
  for (const { topic, partition, timestamp, key, value, headers } of records) {
    hash.update(JSON.stringify([topic, partition, timestamp, headers.length]));
    addField(hash, key);
    addField(hash, value);
    for (const header of headers) {
      addField(hash, Buffer.from(header.key));
      addField(hash, header.value);
    }
  }
  return hash.digest('base64url');
}

/** Of record batches, in their partitions. */
export function fingerprintOfShares(
  shares: readonly { readonly partition: number; readonly bytes: Uint8Array }[],
): string {
  const hash = createHash('sha256');
  for (const { partition, bytes } of shares) {
    hash.update(`batches/${partition}/`);
    addField(hash, bytes);
  }
  return hash.digest('base64url');
}

/** Its length first, so that no two lists of fields look alike; null has none. */
function addField(hash: Hash, field: Uint8Array | null): void {
  hash.update(`${field?.length ?? 'null'}:`);
  if (field !== null) hash.update(field);
}

/** Of a caller's text: it bounds what callers put into the table's keys. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
