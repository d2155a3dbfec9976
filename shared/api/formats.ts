// The formats in which keys and values are said in JSON, and the bytes that are stored for them:
//
//   binary   a string of base64        the bytes
//   json     any JSON value            that JSON, compact, as UTF-8
//   text     a string                  its UTF-8
//
// In every format null is null: no key, or a tombstone. Bytes that were produced in one format may
// be fetched in another, if they can be said in it.

import { isUtf8 } from 'node:buffer';
import { decodeBase64 } from '../base64.ts';
import { EngineError } from '../errors.ts';
import { jsonBytes } from './json-text.ts';

export const formats = ['binary', 'json', 'text'] as const;

export type Format = (typeof formats)[number];

/** @throws EngineError MALFORMED_FIELD for a value that is not of the format. */
export function bytesOf(format: Format, value: unknown, field: () => string): Uint8Array | null {
  if (value === null || value === undefined) return null;
  if (format === 'json') return jsonBytes(value);
  if (typeof value !== 'string') throw malformedField(field(), 'must be a string or null');
  return format === 'text' ? textBytes(value, field) : base64Bytes(value, field);
}

/** @throws EngineError MALFORMED_FIELD. */
export function base64Bytes(text: string, field: () => string): Uint8Array {
  const bytes = decodeBase64(text);
  if (bytes === undefined) throw malformedField(field(), 'must be base64 (RFC 4648, padded)');
  return bytes;
}

/** A lone surrogate has no UTF-8: it would be stored as another character. */
function textBytes(text: string, field: () => string): Uint8Array {
  if (!text.isWellFormed()) throw malformedField(field(), 'must be well-formed Unicode');
  return Buffer.from(text);
}

/** The bytes as a piece of JSON.
 * @throws EngineError FORMAT_MISMATCH when they cannot be said in the format. */
export function jsonOf(format: Format, bytes: Uint8Array | null, field: () => string): string {
  if (bytes === null) return 'null';
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'binary') return `"${buffer.toString('base64')}"`;
  if (!isUtf8(buffer)) throw mismatch(field(), 'UTF-8');
  const text = buffer.toString('utf8');
  if (format === 'text') return JSON.stringify(text);
  if (!isJson(text)) throw mismatch(field(), 'JSON');
  return text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function malformedField(field: string, fault: string): EngineError {
  return new EngineError('MALFORMED_FIELD', `${field}: ${fault}`, { field });
}

function mismatch(field: string, form: string): EngineError {
  return new EngineError('FORMAT_MISMATCH', `${field}: what is stored is not ${form}`, { field });
}
