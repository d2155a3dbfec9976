// A record, as producers give it and as consumers get it.
//
// Keys and values are opaque bytes; null is "none", and a null value is a tombstone in a compacted
// topic.

export type RecordHeader = { readonly key: string; readonly value: Uint8Array | null };

export type RecordToWrite = {
  /** Milliseconds since 1970; -1: none. At most timestampMax (limits.ts). */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
};

export type LogRecord = RecordToWrite & { readonly offset: number };
