// Messages in what comes by standard input or from files:
//
//     lines    each line a value, or a key and a value with a separator between them
//     ndjson   each line a JSON object (message-json.ts)
//     file     all of it is one value
//
// What cannot be read is refused with its line's number; all lines before it are sent.

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

/** What has come together. */
export type Read = {
  readonly messages: readonly Message[];
  /** Their numbers, from 1 on; none of what is one message as a whole. */
  readonly lines: readonly number[];
};

/** @throws Error of a line that cannot be read; what is before it has come by then. */
export async function* messagesIn(
  input: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<Read> {
  if (options.format === 'file') {
    yield { messages: [{ ...common(options), value: await bytesOfAll(input) }], lines: [] };
    return;
  }
  const readLine = options.format === 'lines' ? lineReader(options) : objectReader(options);
  let number = 0;
  for await (const all of linesOf(input)) {
    const read: { messages: Message[]; lines: number[] } = { messages: [], lines: [] };
    let fault: Error | undefined;
    for (const line of all) {
      number++;
      try {
        const message = readLine(line);
        if (message === undefined) continue;
        read.messages.push(message);
        read.lines.push(number);
      } catch (error) {
        fault = new Error(`line ${number}: ${(error as Error).message}`);
        break;
      }
    }
    yield read;
    if (fault !== undefined) throw fault;
  }
}

/** @returns undefined: the line is none. */
type ReadLine = (line: Buffer) => Message | undefined;

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
  return (line) => {
    if (separator === undefined) return { ...all, value: valueIn(line) };
    const at = line.indexOf(separator);
    if (at < 0) throw new Error(`there is no ${keySeparator} in it`);
    const value = valueIn(line.subarray(at + separator.length));
    return { ...all, key: line.subarray(0, at), value };
  };
}

/** Blank lines are none. */
function objectReader(options: ReadOptions): ReadLine {
  const all = common(options);
  return (line) => {
    const text = line.toString();
    return text.trim() === '' ? undefined : { ...all, ...messageIn(text) };
  };
}
