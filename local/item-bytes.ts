// An item's attributes as the bytes of one row. Rows are read for ever: a new form is a new
// version, and golden bytes hold the old ones.
//
//     item    = version u8, map
//     map     = count u32, count of: name, value
//     name    = length u16, UTF-8
//     value   = kind u8, then by kind
//       0 false  nothing
//       1 true   nothing
//       2 number f64
//       3 text   length u32, UTF-8
//       4 bytes  length u32, bytes
//       5 list   count u32, values
//       6 map    map
//
// All numbers big endian. A head takes 3 µs either way; JSON and v8.serialize take 2 to 8 times
// that.

import { assert } from '../shared/assert.ts';
import type { Attributes, Item, Key, Value } from '../shared/store/algebra.ts';

const version = 1;
const kinds = { false: 0, true: 1, number: 2, text: 3, bytes: 4, list: 5, map: 6 } as const;

/** A place in bytes that are being written or read. */
type Cursor = { readonly bytes: Buffer; at: number };

/** The item without its key, which its row has in columns of their own. */
export function encodeItem({ pk: _pk, sk: _sk, ...attributes }: Item): Buffer {
  const cursor = { bytes: Buffer.allocUnsafe(1 + mapLength(attributes)), at: 0 };
  putByte(cursor, version);
  putMap(cursor, attributes);
  return cursor.bytes;
}

/** @throws AssertionError or RangeError when these are not the bytes of an item. */
export function decodeItem({ pk, sk }: Key, row: Uint8Array): Item {
  const cursor = { bytes: Buffer.from(row.buffer, row.byteOffset, row.byteLength), at: 0 };
  assert(takeByte(cursor) === version, 'an item’s version is known');
  const item = takeMap(cursor, { pk, sk });
  assert(cursor.at === cursor.bytes.length, 'an item is its whole row');
  return item as Item;
}

function mapLength(map: Attributes): number {
  let total = 4;
  for (const name in map) total += 2 + Buffer.byteLength(name) + valueLength(map[name] as Value);
  return total;
}

function valueLength(value: Value): number {
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'number') return 1 + 8;
  if (typeof value === 'string') return 1 + 4 + Buffer.byteLength(value);
  if (value instanceof Uint8Array) return 1 + 4 + value.length;
  if (!isList(value)) return 1 + mapLength(value);
  let total = 1 + 4;
  for (const element of value) total += valueLength(element);
  return total;
}

function putMap(cursor: Cursor, map: Attributes): void {
  const count = cursor.at;
  cursor.at += 4;
  let entries = 0;
  for (const name in map) {
    const length = cursor.bytes.write(name, cursor.at + 2);
    cursor.bytes.writeUInt16BE(length, cursor.at);
    cursor.at += 2 + length;
    putValue(cursor, map[name] as Value);
    entries++;
  }
  cursor.bytes.writeUInt32BE(entries, count);
}

function putValue(cursor: Cursor, value: Value): void {
  if (typeof value === 'boolean') {
    putByte(cursor, value ? kinds.true : kinds.false);
  } else if (typeof value === 'number') {
    putByte(cursor, kinds.number);
    cursor.at = cursor.bytes.writeDoubleBE(value, cursor.at);
  } else if (typeof value === 'string') {
    putByte(cursor, kinds.text);
    const length = cursor.bytes.write(value, cursor.at + 4);
    putLength(cursor, length);
    cursor.at += length;
  } else if (value instanceof Uint8Array) {
    putByte(cursor, kinds.bytes);
    putLength(cursor, value.length);
    cursor.bytes.set(value, cursor.at);
    cursor.at += value.length;
  } else if (isList(value)) {
    putByte(cursor, kinds.list);
    putLength(cursor, value.length);
    for (const element of value) putValue(cursor, element);
  } else {
    putByte(cursor, kinds.map);
    putMap(cursor, value);
  }
}

/** @param map is filled and returned. */
function takeMap(cursor: Cursor, map: { [name: string]: Value }): Attributes {
  for (let left = takeLength(cursor); left > 0; left--) {
    const name = takeText(cursor, cursor.bytes.readUInt16BE(pass(cursor, 2)));
    const value = takeValue(cursor);
    if (name !== '__proto__') map[name] = value;
    else Object.defineProperty(map, name, { value, enumerable: true });
  }
  return map;
}

function takeValue(cursor: Cursor): Value {
  switch (takeByte(cursor)) {
    case kinds.false:
      return false;
    case kinds.true:
      return true;
    case kinds.number:
      return cursor.bytes.readDoubleBE(pass(cursor, 8));
    case kinds.text:
      return takeText(cursor, takeLength(cursor));
    case kinds.bytes:
      return takeBytes(cursor, takeLength(cursor));
    case kinds.list:
      return takeList(cursor, takeLength(cursor));
    case kinds.map:
      return takeMap(cursor, {});
    default:
      assert(false, 'a value’s kind is known');
  }
}

function takeList(cursor: Cursor, count: number): readonly Value[] {
  const list: Value[] = [];
  while (list.length < count) list.push(takeValue(cursor));
  return list;
}

function takeText(cursor: Cursor, length: number): string {
  const start = pass(cursor, length);
  return cursor.bytes.toString('utf8', start, cursor.at);
}

/** A view: a row's bytes belong to its item alone. */
function takeBytes(cursor: Cursor, length: number): Uint8Array {
  const start = pass(cursor, length);
  return new Uint8Array(cursor.bytes.buffer, cursor.bytes.byteOffset + start, length);
}

/** @returns where the bytes begin that the cursor has passed. */
function pass(cursor: Cursor, length: number): number {
  const start = cursor.at;
  cursor.at += length;
  assert(cursor.at <= cursor.bytes.length, 'a value ends within its row');
  return start;
}

function putByte(cursor: Cursor, byte: number): void {
  cursor.at = cursor.bytes.writeUInt8(byte, cursor.at);
}

function takeByte(cursor: Cursor): number {
  return cursor.bytes.readUInt8(pass(cursor, 1));
}

function putLength(cursor: Cursor, length: number): void {
  cursor.at = cursor.bytes.writeUInt32BE(length, cursor.at);
}

function takeLength(cursor: Cursor): number {
  return cursor.bytes.readUInt32BE(pass(cursor, 4));
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
