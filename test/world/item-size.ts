// The size by which items are billed. Source: Amazon DynamoDB Developer Guide, "DynamoDB item sizes
// and formats": names count as much as values do, and so do both keys.

import type { Attributes, Value } from '../../shared/store/algebra.ts';

/** One strong read unit; a weak read of as much is half of one. */
export const readUnitBytes = 4_096;

const documentBytes = 3;
const elementBytes = 1;

/** In bytes, key included. */
export function itemBytes(item: Attributes): number {
  let total = 0;
  for (const [name, value] of Object.entries(item)) {
    total += Buffer.byteLength(name) + valueBytes(value);
  }
  return total;
}

function valueBytes(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberBytes(value);
  if (typeof value === 'boolean') return 1;
  if (value instanceof Uint8Array) return value.length;
  let total = documentBytes;
  if (Array.isArray(value)) {
    for (const element of value) total += elementBytes + valueBytes(element);
    return total;
  }
  const entries = Object.entries(value);
  return total + entries.length * elementBytes + itemBytes(value as Attributes);
}

/** One byte for two significant digits (zeros at the end are none), one for the exponent, and one
 * for the sign of a negative number. */
function numberBytes(value: number): number {
  const digits = String(Math.abs(value)).replace(/0+$/, '').length;
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
}
