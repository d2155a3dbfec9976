// The table's values as DynamoDB writes them, and back.
//
//     string <-> S     number <-> N     boolean <-> BOOL
//     bytes  <-> B     list   <-> L     map     <-> M
//
// Numbers are safe integers both ways: DynamoDB keeps 38 digits, and one that passed 2^53 would
// come back as its neighbour. Sets and NULL are not in the algebra; one that is read is somebody
// else's.

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { assert } from '../assert.ts';
import type { Attributes, Item, Value } from '../store/algebra.ts';

export type AttributeValues = Record<string, AttributeValue>;

export function toAttributeValue(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: wellFormed(value) };
  if (typeof value === 'number') return { N: String(safeInteger(value)) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Uint8Array) return { B: value };
  if (isList(value)) return { L: value.map(toAttributeValue) };
  return { M: toAttributeValues(value) };
}

/** Names are set as own properties: one called `__proto__` is a name like any other. */
export function toAttributeValues(attributes: Attributes): AttributeValues {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, toAttributeValue(value)]),
  );
}

export function toItem(values: AttributeValues): Item {
  const item = fromAttributeValues(values);
  assert(hasKey(item), 'an item of the table has its key');
  return item;
}

function fromAttributeValue(value: AttributeValue): Value {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return safeInteger(Number(value.N));
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.B !== undefined) return value.B;
  if (value.L !== undefined) return value.L.map(fromAttributeValue);
  assert(value.M !== undefined, `a type that the engine does not write: ${Object.keys(value)}`);
  return fromAttributeValues(value.M);
}

function fromAttributeValues(values: AttributeValues): Attributes {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, fromAttributeValue(value)]),
  );
}

function safeInteger(number: number): number {
  assert(Number.isSafeInteger(number), `a number of the table is a safe integer, not ${number}`);
  return number;
}

function wellFormed(text: string): string {
  assert(text.isWellFormed(), 'text of the table is well-formed Unicode');
  return text;
}

function isList(value: readonly Value[] | Attributes): value is readonly Value[] {
  return Array.isArray(value);
}

function hasKey(attributes: Attributes): attributes is Item {
  return typeof attributes['pk'] === 'string' && typeof attributes['sk'] === 'string';
}
