// A record as v2 gives it: to a stateless fetch and to a poll alike.

import type { PartitionName } from '../../ids.ts';
import type { LogRecord } from '../../record/record.ts';
import { type Format, jsonOf } from '../formats.ts';

/** JSON, written by hand: keys and values that are JSON are not parsed for it.
 * @throws EngineError FORMAT_MISMATCH: its key or value cannot be said in the format. */
export function recordText(
  { topic, partition }: PartitionName,
  format: Format,
  record: LogRecord,
): string {
  const { offset, timestamp } = record;
  const said = `${topic}-${partition}, offset ${offset}`;
  const key = jsonOf(format, record.key, () => `key of ${said}`);
  const value = jsonOf(format, record.value, () => `value of ${said}`);
  const place = `"topic":${JSON.stringify(topic)},"partition":${partition}`;
  const rest = `"offset":${offset},"timestamp":${timestamp}${headersMember(record)}`;
  return `{${place},"key":${key},"value":${value},${rest}}`;
}

/** Those of a record without any are left out. */
function headersMember({ headers }: LogRecord): string {
  if (headers.length === 0) return '';
  const texts = headers.map(({ key, value }) => {
    const base64 = jsonOf('binary', value, () => key);
    return `{"key":${JSON.stringify(key)},"value":${base64}}`;
  });
  return `,"headers":[${texts.join(',')}]`;
}
