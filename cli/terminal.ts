// Where the command line runs: its words, its streams, its files, its signals and what speaks to an
// engine, handed in. What main.ts makes of a process, a test makes of strings and virtual time.

import type { Connection } from '../client/connection.ts';
import type { Host } from '../client/host.ts';
import type { Sluice } from '../client/sluice.ts';
import type { Engine } from './profiles/engine.ts';

export type Terminal = {
  /** What follows the program's name. */
  readonly words: readonly string[];
  /** A variable of the process. @returns undefined: it is not set, or empty. */
  readonly environment: (name: string) => string | undefined;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly files: Files;
  /** Aborted when somebody asks the program to end. Who calls it takes it upon himself to end well;
   * asked twice, the process ends at once. */
  readonly interrupts: () => AbortSignal;
  /** Loaded when something is asked of an engine: it is most of what there is to load. */
  readonly wiring: () => Promise<Wiring>;
};

export type Wiring = {
  readonly host: Host;
  readonly newClient: (engine: Engine) => Sluice;
  /** For what is asked beside the client. */
  readonly newConnection: (engine: Engine) => Connection;
};

export type Input = AsyncIterable<Uint8Array> & { readonly isTerminal: boolean };

export type Output = {
  /** Resolves when there is room for more.
   * @throws OutputClosed */
  readonly write: (content: string | Uint8Array) => Promise<void>;
  readonly isTerminal: boolean;
  /** Whether colours are wanted, and shown. */
  readonly hasColours: boolean;
  /** Letters of a line; undefined: as many as there are. */
  readonly columns: number | undefined;
};

/** Nobody reads any more, as when `head` has what it wants: not an error. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
  override readonly message = 'nobody reads what it says';
}

export type Files = {
  /** @returns undefined: there is no such file. */
  readonly read: (path: string) => FileRead | undefined;
  /** In one step, with the folders that it needs; for its owner alone. */
  readonly write: (path: string, text: string) => void;
  readonly remove: (path: string) => void;
  /** @returns where that is, wherever it is asked for next. */
  readonly absolute: (path: string) => string;
  /** It is opened when the first of its bytes are asked for: there may be more files than may be
   * open at once.
   * @throws Error with a message for people; its bytes throw what reading has failed with. */
  readonly stream: (path: string) => FileStream;
};

export type FileRead = {
  readonly text: string;
  /** Whether others than its owner may read it. */
  readonly isShared: boolean;
};

export type FileStream = {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly size: number;
};
