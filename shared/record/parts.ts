// Batches of several partitions in one body: a line of JSON that says what they are, then the bytes
// of each, back to back, in the order in which the line names them. So one request carries what a
// producer has for all partitions of a topic, and one reply what a member's partitions hold.
//
//     parts = head, line feed, part*
//     head  = JSON, an object, in one line

/** Of a request's head: 1,000 partitions take two thirds of it, and with a whole body it is yet
 * what Lambda takes. */
export const partsHeadBytesMax = 64 * 1024;

const lineFeed = 0x0a;

/** @param head has no line feed as JSON, whatever its strings hold. */
export function encodeParts(head: object, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const line = Buffer.from(`${JSON.stringify(head)}\n`);
  return Buffer.concat([line, ...parts]);
}

/** The bytes of the line, and what lies behind it; undefined: no line ends within
 * `headBytesMax`. */
export function splitHead(
  bytes: Uint8Array,
  headBytesMax: number,
): { readonly head: Uint8Array; readonly rest: Uint8Array } | undefined {
  const end = bytes.subarray(0, headBytesMax + 1).indexOf(lineFeed);
  if (end < 0) return undefined;
  return { head: bytes.subarray(0, end), rest: bytes.subarray(end + 1) };
}

/** Views of parts of these lengths; undefined: they do not fill the bytes exactly. */
export function splitParts(
  rest: Uint8Array,
  lengths: readonly number[],
): readonly Uint8Array[] | undefined {
  let at = 0;
  const parts = lengths.map((length) => {
    at += length;
    return rest.subarray(at - length, at);
  });
  return at === rest.length ? parts : undefined;
}
