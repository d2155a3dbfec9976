#!/usr/bin/env node
// The program `sluice`: this process, its streams, its files and its signals, made into what the
// command line works with (terminal.ts). It ends with one of the codes of exit-codes.ts.

import {
  createReadStream,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import manifest from '../client/package.json' with { type: 'json' };
import { type Files, type Output, OutputClosed, type Terminal } from './terminal.ts';

const words = process.argv.slice(2);

function terminalHere(): Terminal {
  return {
    words,
    environment: (name) => process.env[name] || undefined,
    // Looked at, it is opened.
    get stdin() {
      const { stdin } = process;
      const iterator = () => stdin[Symbol.asyncIterator]();
      return { isTerminal: stdin.isTTY === true, [Symbol.asyncIterator]: iterator };
    },
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    files,
    interrupts,
    wiring: async () => (await import('./wiring.ts')).wiring,
  };
}

function outputTo(stream: NodeJS.WriteStream): Output {
  const { NO_COLOR, TERM } = process.env;
  // Each write tells its own caller.
  stream.on('error', () => undefined);
  const isTerminal = stream.isTTY === true;
  return {
    write: (content) => {
      return new Promise((resolve, reject) => {
        stream.write(content, (error) => {
          if (error) reject(isClosed(error) ? new OutputClosed() : error);
          else resolve();
        });
      });
    },
    isTerminal,
    hasColours: isTerminal && !NO_COLOR && TERM !== 'dumb',
    columns: stream.columns,
  };
}

function isClosed(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'EOF' || code === 'ERR_STREAM_DESTROYED';
}

/** What was written without being waited for is on its way, in its order. */
function emptied(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

let interrupted: AbortController | undefined;

/** The second signal meets nobody who listens, and ends the process. */
function interrupts(): AbortSignal {
  if (interrupted === undefined) {
    const controller = new AbortController();
    interrupted = controller;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => controller.abort());
    }
  }
  return interrupted.signal;
}

const othersMode = 0o077;

const files: Files = {
  read: (path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    // Windows keeps no such bits.
    const isShared = process.platform !== 'win32' && (found.mode & othersMode) !== 0;
    return { text: readFileSync(path, 'utf8'), isShared };
  },
  write: (path, text) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, path);
  },
  remove: (path) => rmSync(path, { force: true }),
  absolute: (path) => resolve(path),
  stream: (path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) throw new Error(`${path}: there is no such file`);
    return { bytes: piecesOf(path), size: found.size };
  },
};

async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}

if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
  // Nothing of all else needs to be loaded.
  console.log(manifest.version);
} else {
  const { run } = await import('./run.ts');
  const exitCode = await run(terminalHere(), manifest.version);
  await Promise.all([process.stdout, process.stderr].map(emptied));
  process.exit(exitCode);
}
