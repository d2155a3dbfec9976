// What the user may choose of the way from events to records. All else is the table in
// source-event.ts.
//
//     {"key": "default"}             what the table says; also if nothing is said
//     {"key": "none"}                records without a key
//     {"key": "$.detail.order-id"}   what is there in the value (key-from.ts)

import { ingestKeyForm, ingestKeyLengthMax } from '../contract.ts';
import { isObject } from '../json.ts';

/** `$`, then the names of members, each after a point. */
export type KeyPath = `$.${string}`;

export type Mapping = { readonly key?: 'default' | 'none' | KeyPath };

export type ParsedMapping =
  | { readonly kind: 'mapping'; readonly mapping: Mapping }
  | { readonly kind: 'refused'; readonly reason: string };

/** @param input plain JSON. */
export function parseMapping(input: unknown): ParsedMapping {
  if (!isObject(input)) return refused('a mapping must be an object');
  const unknown = Object.keys(input).find((name) => name !== 'key');
  if (unknown !== undefined) return refused(`${JSON.stringify(unknown)} is not of a mapping`);
  const { key } = input;
  if (key === undefined) return { kind: 'mapping', mapping: {} };
  if (isKey(key)) return { kind: 'mapping', mapping: { key } };
  return refused("key: must be 'default', 'none', or a path of names like '$.detail.order-id'");
}

function isKey(said: unknown): said is NonNullable<Mapping['key']> {
  return typeof said === 'string' && said.length <= ingestKeyLengthMax && ingestKeyForm.test(said);
}

function refused(reason: string): ParsedMapping {
  return { kind: 'refused', reason };
}
