// The update algebra, evaluated on plain values: what a write does to the item that is there. An
// embedded table and a simulated one apply this; one that compiles the algebra must agree with it.
//
// - Pure: neither the write nor the item is changed, and what did not change is shared, not copied.
//   It runs once for every append, so nothing here walks a value that the write does not bring.
// - Names may be any text, an object's own ("constructor") too: only own properties are looked at.
// - A write that the algebra does not allow is our own mistake, and an assertion.

import { assert, unreachable } from '../assert.ts';
import {
  type Action,
  type Attributes,
  type Comparison,
  type Condition,
  type Item,
  isMap,
  type Value,
  type Write,
} from './algebra.ts';
import { checkActions, checkCondition } from './check-write.ts';
import type { WriteResult } from './table.ts';
import { compareUtf8 } from './utf8-order.ts';

/** @param current the item under the write's key, if there is one.
 * @throws AssertionError for a write that the algebra does not allow of that item. */
export function evaluate(write: Write, current: Item | undefined): WriteResult {
  if (write.if !== undefined) checkCondition(write.if);
  if ('update' in write) {
    checkActions(write.actions);
    if (current === undefined) return { kind: 'refused', current };
  }
  if (write.if !== undefined && !holds(write.if, current)) return { kind: 'refused', current };
  if ('put' in write) {
    assertValue(write.put);
    return { kind: 'done', item: write.put };
  }
  if ('delete' in write || current === undefined) return { kind: 'done', item: undefined };
  return { kind: 'done', item: updated(current, write.actions) };
}

function holds(condition: Condition, item: Item | undefined): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, item));
  if ('any' in condition) return condition.any.some((part) => holds(part, item));
  if ('item' in condition) return (condition.item === 'present') === (item !== undefined);
  if (item === undefined) return 'attribute' in condition && condition.is === 'absent';
  if ('sizeOf' in condition) {
    const size = sizeOf(own(item, condition.sizeOf));
    return size !== undefined && orderIs(condition.is, size - condition.to);
  }
  const value = at(item, condition.attribute, condition.entry);
  if (!('to' in condition)) return (condition.is === 'present') === (value !== undefined);
  const order = compare(value, condition.to);
  return order !== undefined && orderIs(condition.is, order);
}

function orderIs(comparison: Comparison, order: number): boolean {
  switch (comparison) {
    case '=':
      return order === 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return unreachable(comparison);
  }
}

/** Below, at or above 0 as `one` is before, equal to or after `other`; undefined: of two types. */
function compare(one: Value | undefined, other: Value): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'string' && typeof other === 'string') return compareUtf8(one, other);
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other);
  if (typeof one === 'boolean' && typeof other === 'boolean') return Number(one) - Number(other);
  return undefined;
}

/** Text counts its bytes, a map its entries, as they do in DynamoDB. */
function sizeOf(value: Value | undefined): number | undefined {
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  if (typeof value === 'string') return Buffer.byteLength(value);
  return isMap(value) ? Object.keys(value).length : undefined;
}

type Draft = { [name: string]: Value };

function updated(item: Item, actions: readonly Action[]): Item {
  const next: Draft = { ...item };
  for (const action of actions) apply(action, item, next);
  return next as Item;
}

/** @param item what operands are read from: the item as it was before the update. */
function apply(action: Action, item: Item, next: Draft): void {
  if ('set' in action) {
    next[action.set] = 'value' in action.to ? valid(action.to.value) : copied(item, action.to);
  } else if ('append' in action) {
    next[action.append] = [...listIn(item, action.append), ...valid(action.values)];
  } else if ('removeFirst' in action) {
    next[action.removeFirst] = listIn(item, action.removeFirst).slice(action.count);
  } else if ('setEntry' in action) {
    const map = mapIn(next, action.setEntry);
    next[action.setEntry] = { ...map, [action.entry]: valid(action.to) };
  } else if ('removeEntry' in action) {
    const { [action.entry]: _, ...rest } = mapIn(next, action.removeEntry);
    next[action.removeEntry] = rest;
  } else if ('remove' in action) {
    delete next[action.remove];
  } else {
    unreachable(action);
  }
}

function copied(item: Item, from: { readonly attribute: string; readonly plus?: number }): Value {
  const value = own(item, from.attribute);
  assert(value !== undefined, 'an operand must be there');
  if (from.plus === undefined) return value;
  assert(typeof value === 'number', 'only numbers are added to');
  const sum = value + from.plus;
  assert(Number.isSafeInteger(sum), 'a sum must be a safe integer');
  return sum;
}

function listIn(item: Attributes, name: string): readonly Value[] {
  const value = own(item, name);
  assert(Array.isArray(value), 'only a list is appended to, or shortened');
  return value as readonly Value[];
}

function mapIn(item: Attributes, name: string): Attributes {
  const value = own(item, name);
  assert(isMap(value), 'only a map has entries');
  return value;
}

function at(item: Item, attribute: string, entry: string | undefined): Value | undefined {
  const value = own(item, attribute);
  if (entry === undefined) return value;
  return isMap(value) ? own(value, entry) : undefined;
}

function own(map: Attributes, name: string): Value | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

function valid<Of extends Value>(value: Of): Of {
  assertValue(value);
  return value;
}

/** Text that is not well formed, and numbers that are not safe integers, no store keeps exactly. */
function assertValue(value: Value): void {
  if (typeof value === 'number') assert(Number.isSafeInteger(value), 'numbers are safe integers');
  else if (typeof value === 'string') assert(value.isWellFormed(), 'text is well-formed Unicode');
  else if (Array.isArray(value)) for (const element of value) assertValue(element);
  else if (isMap(value)) for (const name in value) assertValue(value[name] as Value);
  else assert(typeof value === 'boolean' || value instanceof Uint8Array, 'there is no such value');
}
