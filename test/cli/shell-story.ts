// The command line and an engine in one world, in virtual time: what is typed, and what it prints
// on which stream and ends with.

import { posix } from 'node:path';
import type { Engine } from '../../cli/profiles/engine.ts';
import { run } from '../../cli/run.ts';
import { type Files, type Output, OutputClosed, type Terminal } from '../../cli/terminal.ts';
import { clientOptions, impatient } from '../../cli/wiring.ts';
import type { AccessControl } from '../../shared/api/access.ts';
import { newWire, type Wire } from '../client/wire.ts';

export type Said = {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Of standard output: one value. */
  readonly json: () => unknown;
  /** Of standard output: a value each. */
  readonly lines: () => unknown[];
};

export type Around = {
  /** Pieces of standard input. */
  readonly stdin?: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
  /** undefined: the variable is not set. @default HOME alone */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Aborted, somebody has asked it to end. */
  readonly interrupted?: AbortSignal;
  /** Nobody reads standard output after so many writes. */
  readonly readsWrites?: number;
  /** Nor standard error. */
  readonly readsErrors?: number;
  /** It cannot be written, rather than that nobody reads it. */
  readonly isDiskFull?: boolean;
  readonly isTerminal?: boolean;
  /** Whether standard input is somebody who types. */
  readonly isTyped?: boolean;
  /** Told of what is written to standard output. */
  readonly onWrite?: (written: string) => void;
};

export type ShellStory = {
  readonly wire: Wire;
  /** By path: what is there, and whether others may read it. */
  readonly files: Map<string, { text: string; isShared: boolean }>;
  /** Engines that were spoken to. */
  readonly engines: Engine[];
  /** Until it ends. @param line as it is typed after `sluice`; blanks part words. */
  readonly sluice: Type;
  /** What is typed while other things happen: time passes by `run` alone. */
  readonly begin: Type;
  /** Lets time pass until it is settled. */
  readonly run: <Answer>(work: () => Promise<Answer>) => Promise<Answer>;
};

/** `said`: up to now. */
type Used = Terminal & { readonly said: () => Said };

type Type = (line: string | readonly string[], around?: Around) => Promise<Said>;

const home = '/people/ada';
const folder = '/people/ada/shop';

export async function newShell(access?: AccessControl, over?: Wire): Promise<ShellStory> {
  const wire = over ?? (await newWire(1, access));
  const files: ShellStory['files'] = new Map();
  const engines: Engine[] = [];
  const terminal = (words: readonly string[], around: Around = {}): Used => {
    const { interrupted = new AbortController().signal, environment = {} } = around;
    const stdout = recorder(around);
    const { readsErrors: readsWrites } = around;
    const stderr = recorder({ ...around, readsWrites, onWrite: undefined });
    return {
      words,
      environment: (name) => ({ HOME: home, ...environment })[name],
      stdin: Object.assign(piecesOf(around.stdin ?? []), { isTerminal: around.isTyped ?? false }),
      stdout,
      stderr,
      files: filesIn(files),
      interrupts: () => interrupted,
      wiring: async () => ({
        host: wire.host,
        newClient: (engine) => {
          engines.push(engine);
          return wire.newClient(clientOptions(engine), impatient(wire.host));
        },
        newConnection: (engine) => wire.newConnection(clientOptions(engine), impatient(wire.host)),
      }),
      said: () => saidOf(stdout.text(), stderr.text()),
    };
  };
  const begin: Type = async (line, around) => {
    const words = typeof line === 'string' ? line.split(' ') : line;
    const used = terminal(words, around);
    const code = await run(used, '1.2.3');
    return { ...used.said(), code };
  };
  const passing: ShellStory['run'] = (work) => wire.world.time.run(work());
  const sluice: Type = (line, around) => passing(() => begin(line, around));
  return { wire, files, engines, sluice, begin, run: passing };
}

function saidOf(out: string, err: string): Said {
  const lines = () => out.split('\n').filter((line) => line !== '');
  return {
    ...{ code: 0, out, err },
    json: () => JSON.parse(out),
    lines: () => lines().map((line) => JSON.parse(line)),
  };
}

function recorder({
  readsWrites = Number.POSITIVE_INFINITY,
  isDiskFull = false,
  isTerminal = false,
  onWrite,
}: Pick<Around, 'isDiskFull' | 'isTerminal'> & {
  readonly readsWrites?: number | undefined;
  readonly onWrite?: Around['onWrite'] | undefined;
}): Output & { text(): string } {
  const written: Buffer[] = [];
  return {
    write: async (content) => {
      if (written.length >= readsWrites) {
        throw isDiskFull ? new Error('ENOSPC: no space left on device') : new OutputClosed();
      }
      written.push(Buffer.from(content as string));
      onWrite?.(String(content));
    },
    ...{ isTerminal, hasColours: isTerminal, columns: 100 },
    // As it is, also where it is no text.
    text: () => Buffer.concat(written).toString(),
  };
}

async function* piecesOf(pieces: NonNullable<Around['stdin']>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece as string);
}

function filesIn(files: ShellStory['files']): Files {
  return {
    read: (path) => files.get(path),
    write: (path, text) => void files.set(path, { text, isShared: false }),
    remove: (path) => void files.delete(path),
    absolute: (path) => posix.resolve(folder, path),
    stream: (path) => {
      const file = files.get(path);
      if (file === undefined) throw new Error(`${path}: there is no such file`);
      return { bytes: piecesOf([file.text]), size: file.text.length };
    },
  };
}
