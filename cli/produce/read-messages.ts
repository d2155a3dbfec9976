// Messages in what comes by standard input or from files:
//
//     lines    each line a value, or a key and a value with a separator between them
//     ndjson   each line a JSON object, as `sluice consume --json` prints it: value, key, headers,
//              timestamp, partition; valueBase64 and keyBase64 for what is not text. A value
//              that is neither text nor null is sent as JSON. What else is there (topic, offset)
//              is passed over.
//     file     all of it is one value
//
// What cannot be read is refused with its line's number, before anything of its line is sent.

import type { IHeaders, Message } from '../../client/producer/messages.ts';
import { decodeBase64 } from '../../shared/base64.ts';
import { bytesOfAll, linesOf } from '../read-input.ts';

export const formats = ['lines', 'ndjson', 'file'] as const;
export type Format = (typeof formats)[number];

export type ReadOptions = {
  readonly format: Format;
  /** Between key and value; undefined: lines have no keys. */
  readonly keySeparator?: string | undefined;
  /** A line's value that stands for none: a tombstone. */
  readonly nullMarker?: string | undefined;
  /** Of all messages; what a line says itself wins. */
  readonly key?: string | undefined;
  readonly headers?: IHeaders | undefined;
  readonly partition?: number | undefined;
};

/** Those of what has come together. */
export async function* messagesIn(
  input: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<Message[]> {
  if (options.format === 'file') {
    yield [{ ...common(options), value: await bytesOfAll(input) }];
    return;
  }
  const read = options.format === 'lines' ? lineReader(options) : objectReader(options);
  let number = 0;
  for await (const lines of linesOf(input)) {
    yield lines.flatMap((line) => read(line, ++number));
  }
}

type ReadLine = (line: Buffer, number: number) => readonly Message[];

function common({ key, headers, partition }: ReadOptions): Omit<Message, 'value'> {
  return {
    ...(key !== undefined && { key }),
    ...(headers !== undefined && { headers }),
    ...(partition !== undefined && { partition }),
  };
}

function lineReader(options: ReadOptions): ReadLine {
  const { keySeparator, nullMarker } = options;
  const separator = keySeparator === undefined ? undefined : Buffer.from(keySeparator);
  const marker = nullMarker === undefined ? undefined : Buffer.from(nullMarker);
  const valueIn = (bytes: Buffer) => (marker?.equals(bytes) ? null : bytes);
  const all = common(options);
  return (line, number) => {
    if (separator === undefined) return [{ ...all, value: valueIn(line) }];
    const at = line.indexOf(separator);
    if (at < 0) throw new Error(`line ${number}: there is no ${keySeparator} in it`);
    const value = valueIn(line.subarray(at + separator.length));
    return [{ ...all, key: line.subarray(0, at), value }];
  };
}

/** Blank lines are none. */
function objectReader(options: ReadOptions): ReadLine {
  const all = common(options);
  return (line, number) => {
    const text = line.toString();
    if (text.trim() === '') return [];
    try {
      return [{ ...all, ...messageIn(JSON.parse(text)) }];
    } catch (error) {
      throw new Error(`line ${number}: ${(error as Error).message}`);
    }
  };
}

type Fields = Readonly<Record<string, unknown>>;

function messageIn(found: unknown): Message {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    throw new Error('must be a JSON object: {"value":"..."}');
  }
  const fields = found as Fields;
  const key = contentIn(fields, 'key');
  const value = contentIn(fields, 'value');
  if (value === undefined) throw new Error('value: must be there (null is a tombstone)');
  const { headers, partition, timestamp } = fields;
  return {
    ...(key !== undefined && { key }),
    value,
    ...(headers !== undefined && { headers: headersIn(headers) }),
    ...(partition !== undefined && { partition: partitionIn(partition) }),
    ...(timestamp !== undefined && { timestamp: timestampIn(timestamp) }),
  };
}

function contentIn(fields: Fields, name: 'key' | 'value'): Message['value'] | undefined {
  const base64 = fields[`${name}Base64`];
  if (base64 !== undefined) return bytesIn(`${name}Base64`, base64);
  const found = fields[name];
  if (found === undefined || found === null || typeof found === 'string') return found;
  return JSON.stringify(found);
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

/** Milliseconds since 1970, or a date's text. */
function timestampIn(found: unknown): number {
  const millis =
    typeof found === 'string' && !/^\d+$/.test(found) ? Date.parse(found) : Number(found);
  if (Number.isSafeInteger(millis) && millis >= 0) return millis;
  throw new Error('timestamp: must be milliseconds since 1970, or a date');
}
