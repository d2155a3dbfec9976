// One run of the program: the command that is at work, and how the parser hands it its words.

import type { Command } from 'commander';
import { Context, type GlobalOptions } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** @param options of the command. @param words that are its arguments, in their order.
 * @returns what the program ends with, of a command that has codes of its own. */
export type Work<Options, Words extends readonly unknown[]> = (
  context: Context,
  options: Options,
  ...words: Words
) => Promise<void> | Promise<number>;

export class Shell {
  readonly terminal: Terminal;
  /** Of the command that is at work. */
  context: Context | undefined;
  /** Of the command that has done its work. */
  exitCode: number = exitCodes.done;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** Whether JSON is asked for, also by words that make no sense. */
  get isJson(): boolean {
    const { words } = this.terminal;
    const end = words.indexOf('--');
    const isSaid = words.slice(0, end < 0 ? words.length : end).includes('--json');
    return this.context?.isJson ?? isSaid;
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
      this.exitCode = (await work(context, command.opts() as Options, ...words)) ?? exitCodes.done;
    };
  }
}
