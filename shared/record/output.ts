// What a decompressor of the LZ77 kind has written so far: literals appended, earlier bytes
// repeated. Nothing is written past `bytesMax`, and nothing is repeated from before the block.

export type Output = {
  /** Grows as needed; what is valid are its first `length` bytes. */
  bytes: Uint8Array;
  length: number;
  /** Where the block began: no repeat reaches before it. */
  blockStart: number;
  readonly bytesMax: number;
};

/** Below this a loop is faster than a view and a call. */
const loopBytesMax = 16;

/** @param bytesExpected allocated at once, if bytesMax allows so many. */
export function emptyOutput(bytesExpected: number, bytesMax: number): Output {
  const bytes = new Uint8Array(Math.min(bytesExpected, bytesMax));
  return { bytes, length: 0, blockStart: 0, bytesMax };
}

/** Appends bytes of the input.
 * @returns false: they are not there, or too many. */
export function append(
  output: Output,
  input: Uint8Array,
  position: number,
  length: number,
): boolean {
  if (position + length > input.length || !reserve(output, length)) return false;
  const { bytes, length: at } = output;
  if (length > loopBytesMax) {
    bytes.set(input.subarray(position, position + length), at);
  } else {
    for (let index = 0; index < length; index++) bytes[at + index] = input[position + index] ?? 0;
  }
  output.length = at + length;
  return true;
}

/** Appends bytes that lie `distance` back; with less than `length` of them, again and again.
 * @returns false: there are none so far back, or they are too many. */
export function repeat(output: Output, distance: number, length: number): boolean {
  const at = output.length;
  const from = at - distance;
  if (distance === 0 || from < output.blockStart || !reserve(output, length)) return false;
  const { bytes } = output;
  if (length > loopBytesMax && distance >= length) {
    bytes.copyWithin(at, from, from + length);
  } else {
    for (let index = 0; index < length; index++) bytes[at + index] = bytes[from + index] ?? 0;
  }
  output.length = at + length;
  return true;
}

function reserve(output: Output, more: number): boolean {
  const needed = output.length + more;
  if (needed <= output.bytes.length) return true;
  if (needed > output.bytesMax) return false;
  const grown = new Uint8Array(Math.min(output.bytesMax, 2 * needed));
  grown.set(output.bytes);
  output.bytes = grown;
  return true;
}
