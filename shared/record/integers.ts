// Big-endian integers, read and written in place. No DataView: a hot path would make one a batch.
//
// Whoever reads has made sure that the bytes are there; past the end they read as zeros.

export function readInt16(bytes: Uint8Array, position: number): number {
  return (readUint16(bytes, position) << 16) >> 16;
}

export function readUint16(bytes: Uint8Array, position: number): number {
  return ((bytes[position] ?? 0) << 8) | (bytes[position + 1] ?? 0);
}

export function readInt32(bytes: Uint8Array, position: number): number {
  return (readUint16(bytes, position) << 16) | readUint16(bytes, position + 2);
}

export function readUint32(bytes: Uint8Array, position: number): number {
  return readInt32(bytes, position) >>> 0;
}

export function readInt48(bytes: Uint8Array, position: number): number {
  return readInt16(bytes, position) * 2 ** 32 + readUint32(bytes, position + 2);
}

/** Exact when it is a safe integer; else some number that is none. */
export function readInt64(bytes: Uint8Array, position: number): number {
  return readInt32(bytes, position) * 2 ** 32 + readUint32(bytes, position + 4);
}

export function writeInt16(bytes: Uint8Array, position: number, value: number): void {
  bytes[position] = value >> 8;
  bytes[position + 1] = value;
}

/** @param value signed or unsigned: their bytes are the same. */
export function writeInt32(bytes: Uint8Array, position: number, value: number): void {
  writeInt16(bytes, position, value >> 16);
  writeInt16(bytes, position + 2, value);
}

/** @param value from -(2^47) to 2^47 - 1. */
export function writeInt48(bytes: Uint8Array, position: number, value: number): void {
  writeInt16(bytes, position, Math.floor(value / 2 ** 32));
  writeInt32(bytes, position + 2, value);
}

/** @param value a safe integer. */
export function writeInt64(bytes: Uint8Array, position: number, value: number): void {
  writeInt32(bytes, position, Math.floor(value / 2 ** 32));
  writeInt32(bytes, position + 4, value);
}
