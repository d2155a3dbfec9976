// What a source brought, read. A record that cannot be read stands in its place among those that
// can, so that one bad message does not cost its batch.
//
// Invariant: two records have the same mark only if the source brought one record twice. So what a
// mark is made of is required of an event: with a part missing, different records would be taken
// for one, and all but the first be lost.

import type { RecordHeader } from '../record/record.ts';

export type Source = 'sqs' | 'sns' | 's3' | 'eventbridge' | 'kinesis' | 'dynamodb';

/** How the source speaks of a record. */
export type Place = {
  /** How a partial batch failure names it (itemIdentifier); undefined: the source retries all or
   * nothing, or the event does not say. Source: "Reporting batch item failures" in the Lambda
   * Developer Guide. */
  readonly identifier: string | undefined;
  /** Those of one lane are in order; undefined: there is no order. Two lanes of one event may have
   * nothing to do with each other. */
  readonly lane: string | undefined;
};

/** What a redelivery bears again. */
export type Mark =
  /** Says which it is, and nothing of order. */
  | { readonly kind: 'event'; readonly id: string }
  /** Rises along its shard: as strings, sequences compare as their numbers do. */
  | { readonly kind: 'shard'; readonly shard: string; readonly sequence: string };

export type SourceRecord = Place & {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
  /** Milliseconds since 1970, up to timestampMax (limits.ts); undefined: the event does not say. */
  readonly timestamp: number | undefined;
  readonly mark: Mark;
};

/** One that cannot be read, and why: its members are named, nothing of what is in them. */
export type BadRecord = Place & { readonly bad: string };

/** Of a source whose events come alone, or are retried as a whole. */
export const noPlace: Place = { identifier: undefined, lane: undefined };
