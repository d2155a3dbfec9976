// What the user may choose of the way from events to records. All else is the table in
// source-event.ts.
//
//     {"key": "default"}             what the table says; also if nothing is said
//     {"key": "none"}                records without a key
//     {"key": "$.detail.order-id"}   what is there in the value (key-from.ts)

import { isObject } from './members.ts';

/** `$`, then the names of members, each after a point. */
export type KeyPath = `$.${string}`;

export type Mapping = { readonly key?: 'default' | 'none' | KeyPath };

export type ParsedMapping =
  | { readonly kind: 'mapping'; readonly mapping: Mapping }
  | { readonly kind: 'refused'; readonly reason: string };

/** A path is followed for every record; no name in the events of AWS comes near. In characters. */
export const keyPathLengthMax = 1_000;

/** @param input plain JSON. */
export function parseMapping(input: unknown): ParsedMapping {
  if (!isObject(input)) return refused('a mapping must be an object');
  const unknown = Object.keys(input).find((name) => name !== 'key');
  if (unknown !== undefined) return refused(`${JSON.stringify(unknown)} is not of a mapping`);
  const { key } = input;
  if (key === undefined) return { kind: 'mapping', mapping: {} };
  if (key === 'default' || key === 'none' || isKeyPath(key)) {
    return { kind: 'mapping', mapping: { key } };
  }
  return refused("key: must be 'default', 'none', or a path of names like '$.detail.order-id'");
}

/** JSONPath's brackets and wildcards are refused, not taken for letters of a name: such a path
 * would find nothing, and every record be without a key. */
function isKeyPath(said: unknown): said is KeyPath {
  if (typeof said !== 'string' || said.length > keyPathLengthMax) return false;
  return /^\$(?:\.[^.[\]*]+)+$/.test(said);
}

function refused(reason: string): ParsedMapping {
  return { kind: 'refused', reason };
}
