// One run of the program: the command that is at work, and how the parser hands it its words.

import type { Command } from 'commander';
import { Context, type GlobalOptions } from './context.ts';
import type { Terminal } from './terminal.ts';

/** @param options of the command. @param words that are its arguments, in their order. */
export type Work<Options, Words extends readonly unknown[]> = (
  context: Context,
  options: Options,
  ...words: Words
) => Promise<void>;

export class Shell {
  readonly terminal: Terminal;
  /** Of the command that is at work. */
  context: Context | undefined;
  /** Of a command that has codes of its own. */
  exitCode = 0;
  /** What such a command ends with when it fails; undefined: by what has failed. */
  failsWith: number | undefined;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** The command's action. */
  runs<Options = object, Words extends readonly unknown[] = readonly []>(
    work: Work<Options, Words>,
  ): (...given: unknown[]) => Promise<void> {
    return async (...given) => {
      const command = given.at(-1) as Command;
      const context = new Context(this.terminal, command.optsWithGlobals<GlobalOptions>());
      this.context = context;
      const words = command.processedArgs as unknown as Words;
      await work(context, command.opts() as Options, ...words);
    };
  }
}
