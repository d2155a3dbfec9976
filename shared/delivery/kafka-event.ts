// The event by which Lambda's own Kafka event source gives records to a function, so that functions
// written for Kafka run unchanged. An HTTPS endpoint gets the same, and a queue each record of it
// as a message of its own, as EventBridge Pipes sends them.
//
// A key or a value that is null is left out. A header's value is a list of bytes; one that is null
// is an empty list, since the form has no word for it.
//
// Source: Lambda's "Self-managed Apache Kafka" event; a tombstone's form as its users report it.

import { encodeBase64 } from '../base64.ts';
import type { PartitionName } from '../ids.ts';
import type { LogRecord } from '../record/record.ts';

export type TimestampType = 'CREATE_TIME' | 'LOG_APPEND_TIME';

/** What stands in the place of Kafka's brokers. */
const bootstrapServers = 'sluice:443';

/** A record of the event, as JSON: ASCII alone, whatever its names and bytes are. */
export function recordText(
  { topic, partition }: PartitionName,
  { offset, timestamp, key, value, headers }: LogRecord,
  timestampType: TimestampType,
): string {
  return JSON.stringify({
    topic,
    partition,
    offset,
    timestamp,
    timestampType,
    ...(key === null ? {} : { key: encodeBase64(key) }),
    ...(value === null ? {} : { value: encodeBase64(value) }),
    headers: headers.map((header) => ({ [header.key]: [...(header.value ?? [])] })),
  }).replaceAll(/[\u0080-\uffff]/g, escaped);
}

/** What its text has at least: it may be more than twice as much. */
export function leastTextBytes({ key, value, headers }: LogRecord): number {
  const ofHeaders = headers.reduce((sum, { value: bytes }) => sum + 2 * (bytes?.length ?? 0), 0);
  return ofHeaders + (4 * ((key?.length ?? 0) + (value?.length ?? 0))) / 3;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** @param texts of records of that partition (recordText). */
export function eventText({ topic, partition }: PartitionName, texts: readonly string[]): string {
  const records = `{${JSON.stringify(`${topic}-${partition}`)}:[${texts.join(',')}]}`;
  const servers = JSON.stringify(bootstrapServers);
  return `{"eventSource":"SelfManagedKafka","bootstrapServers":${servers},"records":${records}}`;
}
