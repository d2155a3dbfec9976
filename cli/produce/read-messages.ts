// Messages in what comes by standard input or from files:
//
//     lines    each line a value, or a key and a value with a separator between them
//     ndjson   each line a JSON object (message-json.ts)
//     file     all of it is one value
//
// What cannot be read is refused with its line's number, before anything of its line is sent.

import type { IHeaders, Message } from '../../client/producer/messages.ts';
import { bytesOfAll, linesOf } from '../read-input.ts';
import { messageIn } from './message-json.ts';

export const formats = ['lines', 'ndjson', 'file'] as const;
export type Format = (typeof formats)[number];

export type ReadOptions = {
  readonly format: Format;
  /** Between key and value; undefined: lines have no keys. */
  readonly keySeparator?: string | undefined;
  /** A line's value that stands for none: a tombstone. */
  readonly nullMarker?: string | undefined;
  /** Of all messages; what a line says itself wins. */
  readonly key?: string | undefined;
  readonly headers?: IHeaders | undefined;
  readonly partition?: number | undefined;
};

/** Those of what has come together. */
export async function* messagesIn(
  input: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<Message[]> {
  if (options.format === 'file') {
    yield [{ ...common(options), value: await bytesOfAll(input) }];
    return;
  }
  const read = options.format === 'lines' ? lineReader(options) : objectReader(options);
  let number = 0;
  for await (const lines of linesOf(input)) {
    yield lines.flatMap((line) => read(line, ++number));
  }
}

type ReadLine = (line: Buffer, number: number) => readonly Message[];

function common({ key, headers, partition }: ReadOptions): Omit<Message, 'value'> {
  return {
    ...(key !== undefined && { key }),
    ...(headers !== undefined && { headers }),
    ...(partition !== undefined && { partition }),
  };
}

function lineReader(options: ReadOptions): ReadLine {
  const { keySeparator, nullMarker } = options;
  const separator = keySeparator === undefined ? undefined : Buffer.from(keySeparator);
  const marker = nullMarker === undefined ? undefined : Buffer.from(nullMarker);
  const valueIn = (bytes: Buffer) => (marker?.equals(bytes) ? null : bytes);
  const all = common(options);
  return (line, number) => {
    if (separator === undefined) return [{ ...all, value: valueIn(line) }];
    const at = line.indexOf(separator);
    if (at < 0) throw new Error(`line ${number}: there is no ${keySeparator} in it`);
    const value = valueIn(line.subarray(at + separator.length));
    return [{ ...all, key: line.subarray(0, at), value }];
  };
}

/** Blank lines are none. */
function objectReader(options: ReadOptions): ReadLine {
  const all = common(options);
  return (line, number) => {
    const text = line.toString();
    if (text.trim() === '') return [];
    try {
      return [{ ...all, ...messageIn(text) }];
    } catch (error) {
      throw new Error(`line ${number}: ${(error as Error).message}`);
    }
  };
}
