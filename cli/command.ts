// How commands are told to the parser: each with what it does, its examples, and the work that its
// words are handed to.

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

/** What a command looks like in use. @param lines a command each, and behind `#` what it does. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  const split = lines.map((line) => line.split(' # '));
  const width = Math.max(...split.map(([words = '']) => words.length));
  const shown = split.map(([words = '', why]) => {
    return why === undefined ? `  $ ${words}` : `  $ ${words.padEnd(width)}  # ${why}`;
  });
  return command.addHelpText('after', `\nExamples:\n${shown.join('\n')}`);
}
