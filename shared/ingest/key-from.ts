// The key that a mapping chooses for a record. A path leads into the record's value, read as JSON,
// through objects by their members' names; what it finds is the key:
//
//     "text"                    text            also the empty one
//     12, 1.0, 9007199254740993 12, 1.0, ...    as it is written: no digit is lost
//     true                      true
//
// Anything else has no key: nothing there, null, an object, an array, a value that is not JSON.
// For S3, EventBridge and DynamoDB the value is JSON that was written anew from an event which
// Lambda had parsed, so numbers beyond 2^53 have lost digits before they come here.

import { isUtf8 } from 'node:buffer';
import { exactJson } from '../json.ts';
import { decodeUtf8 } from '../utf8.ts';
import type { Mapping } from './mapping.ts';
import { memberOf } from './members.ts';
import type { SourceRecord } from './source-record.ts';

export type KeyFrom = (record: SourceRecord) => Uint8Array | null;

export function keyFrom({ key = 'default' }: Mapping): KeyFrom {
  switch (key) {
    case 'default':
      return (record) => record.key;
    case 'none':
      return () => null;
    default: {
      const names = key.split('.').slice(1);
      return ({ value }) => keyAt(names, value);
    }
  }
}

function keyAt(names: readonly string[], value: Uint8Array | null): Uint8Array | null {
  if (value === null || !isUtf8(value)) return null;
  const found = names.reduce(memberOf, parse(decodeUtf8(value)));
  if (typeof found === 'string' && found.isWellFormed()) return Buffer.from(found);
  return typeof found === 'boolean' ? Buffer.from(String(found)) : null;
}

/** JSON with its numbers as text. @returns undefined: it is not JSON, or so deep that the parser's
 *   stack ends. */
function parse(text: string): unknown {
  try {
    return exactJson.parse(text, numberText);
  } catch {
    return undefined;
  }
}

function numberText(_key: string, value: unknown, { source }: { readonly source?: string }) {
  return typeof value === 'number' ? source : value;
}
