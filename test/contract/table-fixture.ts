// What the chapters of the table's contract share: a table that may hold anything already, so that
// every test writes under a pk of its own.

import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Condition, Item, Key, Value, Write } from '../../shared/store/algebra.ts';
import type { Table } from '../../shared/store/table.ts';

/** The table under test; to be called inside a test, since it is opened before the first. */
export type UseTable = () => Table;

export const strong = { strong: true } as const;

export function freshPk(): string {
  return `contract#${randomUUID()}`;
}

export function freshKey(): Key {
  return { pk: freshPk(), sk: 'item' };
}

export function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** Any bytes as plain Uint8Arrays: adapters may answer with Buffers. */
export function plain<Of extends Value | undefined>(value: Of): Of {
  return plainValue(value) as Of;
}

function plainValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, plainValue(of)]));
}

export async function read(table: Table, key: Key): Promise<Item | undefined> {
  return plain(await table.get({ pk: key.pk, sk: key.sk }, strong));
}

/** Writes, and expects the write to be done and the table to hold what it answered. */
export async function done(table: Table, write: Write, key: Key): Promise<Item | undefined> {
  const result = await table.write(write);
  expect(result.kind).toBe('done');
  const item = 'item' in result ? plain(result.item) : undefined;
  expect(await read(table, key)).toEqual(item);
  return item;
}

/** Writes, and expects a refusal that shows what is there and changes nothing. */
export async function refused(table: Table, write: Write, key: Key): Promise<void> {
  const before = await read(table, key);
  const result = await table.write(write);
  expect(result.kind).toBe('refused');
  expect('current' in result && plain(result.current)).toEqual(before);
  expect(await read(table, key)).toEqual(before);
}

/** A write that changes nothing of `item` and asks the condition. */
export function ask(item: Item, condition: Condition): Write {
  return { put: item, if: condition };
}
