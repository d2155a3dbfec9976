// Reads events for tests, and says of records in text what they hold in bytes.

import { assert } from '../../shared/assert.ts';
import type { Mapping } from '../../shared/ingest/mapping.ts';
import { readSourceEvent, type SourceEvent } from '../../shared/ingest/source-event.ts';
import type { BadRecord, SourceRecord } from '../../shared/ingest/source-record.ts';

export function readKnown(event: unknown, mapping: Mapping = {}): SourceEvent {
  const read = readSourceEvent(event, mapping);
  assert(read.kind === 'event', 'the source is known');
  return read.event;
}

export type RecordInText = Omit<SourceRecord, 'key' | 'value' | 'headers'> & {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string | null>>;
};

/** All of them in text. @throws AssertionError when one is bad. */
export function recordsInText(event: unknown, mapping: Mapping = {}): readonly RecordInText[] {
  return readKnown(event, mapping).records.map((record) => {
    assert(!('bad' in record), 'every record can be read');
    const headers = record.headers.map(({ key, value }) => [key, textOf(value)] as const);
    return {
      ...record,
      key: textOf(record.key),
      value: textOf(record.value),
      headers: Object.fromEntries(headers),
    };
  });
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('utf8');
}

/** What is wrong with the first record, and where the source has it. */
export function firstBad(event: unknown): BadRecord {
  const [record] = readKnown(event).records;
  assert(record !== undefined && 'bad' in record, 'the first record cannot be read');
  return record;
}
