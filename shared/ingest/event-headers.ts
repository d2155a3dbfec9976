// The headers of a record that came from a source: first the message's own attributes under their
// own names, then what the source says of it under names that begin with `aws.`. SQS and SNS
// reserve that prefix, so the two do not meet; in an event that somebody made up, the last one of
// a name is ours.
//
// Source: "Message metadata for Amazon SQS" and "Amazon SNS message attributes".

import { isObject } from '../json.ts';
import { headersPerRecordMax } from '../limits.ts';
import type { RecordHeader } from '../record/record.ts';

/** SQS allows ten. SNS has no bound but its message's size; a record's headers have one, and some
 * of them are ours. */
export const attributesMax = headersPerRecordMax - 10;

/** @param texts what the source says, by name without `aws.`; undefined: it does not say. */
export function awsHeaders(
  texts: Readonly<Record<string, string | undefined>>,
): readonly RecordHeader[] {
  return Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : [{ key: `aws.${name}`, value: Buffer.from(text) }],
  );
}

/** @param attributes of a message; undefined or null: it has none.
 * @param bytesOf undefined: the attribute is not one.
 * @returns the headers, or what is wrong. */
export function attributeHeaders(
  attributes: unknown,
  bytesOf: (attribute: unknown) => Uint8Array | undefined,
): readonly RecordHeader[] | string {
  if (attributes === undefined || attributes === null) return [];
  if (!isObject(attributes)) return 'must be an object';
  const entries = Object.entries(attributes);
  if (entries.length > attributesMax) return `must be at most ${attributesMax}`;
  const headers: RecordHeader[] = [];
  for (const [key, attribute] of entries) {
    if (!isHeaderName(key)) return 'a name must be text without control characters';
    const value = bytesOf(attribute);
    if (value === undefined) return 'a value must be text, or base64 if its type is Binary';
    headers.push({ key, value });
  }
  return headers;
}

/** A control character in a name would end a line in logs and in HTTP. */
function isHeaderName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/\p{Cc}/u.test(name);
}

/** A type may have a label of its own after a point: `Binary.png`. */
export function isBinary(type: string): boolean {
  return type === 'Binary' || type.startsWith('Binary.');
}
