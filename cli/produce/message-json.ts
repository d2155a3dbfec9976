// A message as a line of JSON, as `sluice consume --json` prints it:
//
//     {"value","key"?,"headers"?,"timestamp"?,"partition"?}
//
// `valueBase64` and `keyBase64` are for what is not text, and {"base64"} in a header. A value or
// key that is neither text nor null is sent as JSON, its numbers as they are written. What else is
// there (topic, offset) is passed over.

import type { IHeaders, Message } from '../../client/producer/messages.ts';
import { decodeBase64 } from '../../shared/base64.ts';
import { timestampMax } from '../../shared/limits.ts';
import { dateIn } from '../place.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Some editors begin a file with it. */
const byteOrderMark = '\ufeff';

/** @param line as text. @throws Error that names the field. */
export function messageIn(line: string): Message {
  const text = line.startsWith(byteOrderMark) ? line.slice(1) : line;
  const found: unknown = JSON.parse(text);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    throw new Error('must be a JSON object: {"value":"..."}');
  }
  const fields = found as Fields;
  const key = contentIn(text, fields, 'key');
  const value = contentIn(text, fields, 'value');
  if (value === undefined) throw new Error('value: must be there (null is a tombstone)');
  const { headers, partition, timestamp } = fields;
  return {
    ...(key !== undefined && { key }),
    value,
    ...(headers !== undefined && { headers: headersIn(headers) }),
    ...(partition !== undefined && { partition: partitionIn(partition) }),
    ...(timestamp !== undefined && timestamp !== null && { timestamp: timestampIn(timestamp) }),
  };
}

function contentIn(
  text: string,
  fields: Fields,
  name: 'key' | 'value',
): Message['value'] | undefined {
  const base64 = fields[`${name}Base64`];
  if (base64 !== undefined) return bytesIn(`${name}Base64`, base64);
  const found = fields[name];
  if (found === undefined || found === null || typeof found === 'string') return found;
  return JSON.stringify((asWritten(text) as Fields)[name]);
}

/** What is parsed with the source at hand, and what is stringified as it was written. Source: TC39,
 * "JSON.parse source text access"; Node has it since 22. */
const json = JSON as unknown as {
  readonly parse: (
    text: string,
    revive: (name: string, value: unknown, context: { readonly source: string }) => unknown,
  ) => unknown;
  readonly rawJSON: (source: string) => unknown;
};

/** A number may have more digits than one of this language, and mean other things by its form. */
function asWritten(text: string): unknown {
  return json.parse(text, (_, value, { source }) => {
    return typeof value === 'number' ? json.rawJSON(source) : value;
  });
}

function bytesIn(field: string, text: unknown): Buffer {
  const bytes = typeof text === 'string' ? decodeBase64(text) : undefined;
  if (bytes !== undefined) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  throw new Error(`${field}: must be base64`);
}

/** By name: text, `{"base64"}`, null, or a list of them. */
function headersIn(found: unknown): IHeaders {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    throw new Error('headers: must be an object');
  }
  const entries = Object.entries(found).map(([name, value]) => {
    return [
      name,
      Array.isArray(value) ? value.map((one) => one && headerIn(name, one)) : headerIn(name, value),
    ] as const;
  });
  return Object.fromEntries(entries) as IHeaders;
}

function headerIn(name: string, value: unknown): string | Buffer | null {
  if (value === null || typeof value === 'string') return value;
  const { base64 } = value as { readonly base64?: unknown };
  if (base64 !== undefined) return bytesIn(`headers.${name}.base64`, base64);
  throw new Error(`headers.${name}: must be text, or {"base64": …}`);
}

function partitionIn(found: unknown): number {
  if (Number.isSafeInteger(found) && (found as number) >= 0) return found as number;
  throw new Error('partition: must be a whole number');
}

/** Milliseconds since 1970, as a number or as text, or a date. */
function timestampIn(found: unknown): number {
  const millis = typeof found === 'string' ? millisIn(found) : found;
  const isOne = typeof millis === 'number' && Number.isInteger(millis) && millis >= 0;
  if (isOne && millis <= timestampMax) return millis;
  throw new Error('timestamp: must be milliseconds since 1970, or a date: 2026-01-31T10:00Z');
}

function millisIn(text: string): number | undefined {
  return /^\d{1,16}$/.test(text) ? Number(text) : dateIn(text);
}
