// What messages are read from: files, one after another, or standard input where none is said. Each
// is opened when its turn comes, and what goes wrong with one is told with its name.

import type { Terminal } from '../terminal.ts';
import type { Read } from './read-messages.ts';
import type { Chunk } from './send-all.ts';

export type NamedInput = {
  /** For people. */
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
};

export type Inputs = {
  readonly all: readonly NamedInput[];
  /** undefined: nobody knows. */
  readonly bytesInAll: number | undefined;
};

/** What cannot be read, or not be understood. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(input: string, cause: unknown) {
    super(`${input}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** @throws Error: one of the files is not there. */
export function inputsOf(
  { stdin, files }: Pick<Terminal, 'stdin' | 'files'>,
  paths: readonly string[],
): Inputs {
  if (paths.length === 0) {
    return { all: [{ name: 'standard input', bytes: stdin }], bytesInAll: undefined };
  }
  const streams = paths.map((path) => ({ name: path, ...files.stream(path) }));
  return { all: streams, bytesInAll: streams.reduce((sum, { size }) => sum + size, 0) };
}

/** @throws InputError */
export async function* readEach(
  inputs: readonly NamedInput[],
  read: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Read>,
): AsyncGenerator<Chunk> {
  for (const { name: input, bytes } of inputs) {
    try {
      for await (const { messages, lines } of read(bytes)) {
        yield { messages, origin: { input, lines } };
      }
    } catch (error) {
      throw new InputError(input, error);
    }
  }
}
