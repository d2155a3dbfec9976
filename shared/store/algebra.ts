// What may be said to the table: items, updates and conditions, as plain values. One adapter
// compiles them to expressions, the other evaluates them; a differential property holds the two
// together. The algebra is closed and small on purpose: what both cannot do alike is not in it.
//
// - Numbers are safe integers; there is no null (absence says it) and no float.
// - All operands of an update read the item as it was before the update.
// - No attribute is touched twice in one update (for maps: no entry twice, and not the map and an
//   entry of it).
// - A comparison with an absent attribute is false; so is one between different types.

import { assert } from '../assert.ts';

export type Value =
  | string
  | number
  | boolean
  | Uint8Array
  | readonly Value[]
  | { readonly [name: string]: Value };

export type Key = { readonly pk: string; readonly sk: string };
export type Attributes = { readonly [name: string]: Value };
export type Item = Key & Attributes;

export type Operand =
  | { readonly value: Value }
  /** The attribute's value before this update, plus a number when one is given. It must be
   * there. */
  | { readonly attribute: string; readonly plus?: number };

export type Action =
  | { readonly set: string; readonly to: Operand }
  /** The attribute must be a list. */
  | { readonly append: string; readonly values: readonly Value[] }
  /** The attribute must be a list; a count past its end empties it. At most removeFirstMax. */
  | { readonly removeFirst: string; readonly count: number }
  /** The attribute must be a map. */
  | { readonly setEntry: string; readonly entry: string; readonly to: Value }
  /** The attribute must be a map; an absent entry is no error. */
  | { readonly removeEntry: string; readonly entry: string }
  /** An absent attribute is no error. */
  | { readonly remove: string };

export type Comparison = '=' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly item: 'present' | 'absent' }
  | { readonly attribute: string; readonly entry?: string; readonly is: 'present' | 'absent' }
  | {
      readonly attribute: string;
      readonly entry?: string;
      readonly is: Comparison;
      readonly to: string | number | boolean | Uint8Array;
    }
  /** The number of elements of a list, or of bytes; false for what has no size. */
  | { readonly sizeOf: string; readonly is: Comparison; readonly to: number }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] };

export type Write =
  /** The whole item, replacing what is there. */
  | { readonly put: Item; readonly if?: Condition }
  /** Never creates: an absent item refuses it, whatever the condition. */
  | { readonly update: Key; readonly actions: readonly Action[]; readonly if?: Condition }
  /** Of an absent item: done, unless the condition refuses. */
  | { readonly delete: Key; readonly if?: Condition };

export function keyOf(write: Write): Key {
  if ('put' in write) return write.put;
  return 'update' in write ? write.update : write.delete;
}

/** @throws AssertionError when the attribute is not a number: an item of another kind was read. */
export function numberIn(item: Attributes, name: string): number {
  const value = item[name];
  assert(typeof value === 'number', `attribute ${name} must be a number`);
  return value;
}

export function textIn(item: Attributes, name: string): string {
  const value = item[name];
  assert(typeof value === 'string', `attribute ${name} must be a string`);
  return value;
}

export function bytesIn(item: Attributes, name: string): Uint8Array {
  const value = item[name];
  assert(value instanceof Uint8Array, `attribute ${name} must be bytes`);
  return value;
}

export function bytesListIn(item: Attributes, name: string): readonly Uint8Array[] {
  const value = item[name];
  assert(Array.isArray(value), `attribute ${name} must be a list`);
  return value as readonly Uint8Array[];
}

export function mapIn(item: Attributes, name: string): Attributes {
  const value = item[name];
  assert(isMap(value), `attribute ${name} must be a map`);
  return value;
}

/** Safe on null, which is no value, but may be given as one by a mistake. */
export function isMap(value: Value | undefined): value is Attributes {
  if (typeof value !== 'object' || value === null) return false;
  return !Array.isArray(value) && !(value instanceof Uint8Array);
}
