// A key, a value or a header of a record: bytes, of which nobody has said what they are. They are
// read as JSON or as text only where they are that to the last byte; else they are hex. What they
// hold is only ever shown as text.

export type Shown = 'json' | 'text' | 'hex';

/** How large a JSON text may be to be read: what is larger would hold up the page. */
const jsonBytesMax = 1_000_000;
/** How deep it may be, and how long with its indent, in characters: every line of what is deep has
 * all of its depth before it, and a few kilobytes make gigabytes. */
const jsonDepthMax = 100;
const indentedLengthMax = 4_000_000;
const hexColumns = 16;

/** @param base64 as the API has bytes. @returns null: there are none. */
export function bytesOf(base64: string | null): Uint8Array | null {
  if (base64 === null) return null;
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** @returns undefined: they are no UTF-8, or hold what no text does. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return unprintable.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Controls other than tab and line ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** JSON of an object or a list, with an indent; a bare number or word is as well read as text.
 * Numbers stay as they are written: what JavaScript cannot hold is not rounded.
 * @returns undefined: they are none, or would be too deep or too long. */
export function jsonOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > jsonBytesMax) return undefined;
  const text = textOf(bytes);
  if (text === undefined || !/^\s*[[{]/.test(text)) return undefined;
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return indented(text);
}

/** @param json that is well formed. @returns undefined: it would be too deep or too long. */
function indented(json: string): string | undefined {
  let out = '';
  let depth = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (token === '{' || token === '[') {
      depth++;
      out += token + line(depth);
    } else if (token === '}' || token === ']') {
      depth--;
      out += line(depth) + token;
    } else if (token === ',') {
      out += token + line(depth);
    } else if (token === ':') {
      out += ': ';
    } else {
      out += /^[{[]/.test(token) ? token.replace(/\s/g, '') : token;
    }
    if (depth > jsonDepthMax || out.length > indentedLengthMax) return undefined;
  }
  return out;
}

const line = (depth: number) => `\n${'  '.repeat(depth)}`;

/** Offset, bytes, and what of them is ASCII, sixteen a line. */
export function hexOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += hexColumns) {
    const row = [...bytes.subarray(at, at + hexColumns)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const ascii = row.map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    );
    const place = at.toString(16).padStart(8, '0');
    lines.push(`${place}  ${hex.padEnd(hexColumns * 3 - 1)}  ${ascii.join('')}`);
  }
  return lines.join('\n');
}

/** How they are best read. */
export function formOf(bytes: Uint8Array): Shown {
  if (jsonOf(bytes) !== undefined) return 'json';
  return textOf(bytes) === undefined ? 'hex' : 'text';
}

/** @returns undefined: they cannot be read so. */
export function shownAs(bytes: Uint8Array, form: Shown): string | undefined {
  return { json: jsonOf, text: textOf, hex: hexOf }[form](bytes);
}

/** Of a row of a table: one line, cut. Bytes that are no text are their first ones in hex.
 * @param lengthMax in characters. */
export function briefOf(bytes: Uint8Array, lengthMax = 120): string {
  // A character has four bytes at most; the last one may be cut, and one more says that there are.
  const head = bytes.subarray(0, (lengthMax + 2) * 4);
  const text = textOf(bytes.length > head.length ? wholeCharacters(head) : head);
  if (text !== undefined) return cut(text.replace(/\s+/g, ' '), lengthMax);
  const hex = [...bytes.subarray(0, 24)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `0x${hex.join('')}${bytes.length > 24 ? '…' : ''}`;
}

/** Without a last one that is cut. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  for (let back = 1; back <= 4 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      end = bytes.length - back;
      break;
    }
  }
  return bytes.subarray(0, end);
}

function cut(text: string, lengthMax: number): string {
  const characters = [...text];
  return characters.length <= lengthMax ? text : `${characters.slice(0, lengthMax).join('')}…`;
}

/** Bytes that somebody has typed in hex, spaces and a first `0x` or not. @returns undefined: they
 * are none. */
export function hexIn(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, '').replace(/^0x/i, '');
  if (digits.length % 2 !== 0 || !/^[\da-f]*$/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
