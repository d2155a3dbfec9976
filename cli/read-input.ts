// Bytes that come in pieces: as a whole, or cut into lines.

/** Of what is read as a whole: as much as a record may ever hold. */
const wholeBytesMax = 64 * 1024 * 1024;

/** @throws Error: it is too much. */
export async function bytesOfAll(input: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of input) {
    length += piece.length;
    if (length > wholeBytesMax) throw new Error(`it is more than ${wholeBytesMax} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const [lineFeed, carriageReturn] = [0x0a, 0x0d];

/** The lines of each piece that has come, at once: they go on together. A line ends with LF or CR
 * LF, the last one with the input; what has no line end and is empty is none.
 * @throws Error: a line is longer than any record. */
export async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer[]> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const piece of input) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, from)) {
      const rest = bytes.subarray(from, end);
      lines.push(lineIn(begun.length === 0 ? rest : Buffer.concat([...begun, rest])));
      begun = [];
      begunBytes = 0;
      from = end + 1;
    }
    if (from < bytes.length) {
      begun.push(bytes.subarray(from));
      begunBytes += bytes.length - from;
      if (begunBytes > wholeBytesMax) throw new Error(`a line is more than ${wholeBytesMax} bytes`);
    }
    if (lines.length > 0) yield lines;
  }
  if (begun.length > 0) yield [lineIn(Buffer.concat(begun))];
}

function lineIn(bytes: Buffer): Buffer {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
}
