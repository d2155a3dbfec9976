// What the help of each command ends with: itself, in use.

import type { Command } from 'commander';

/** What a command looks like in use. @param lines a command each, and behind `#` what it does. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  const split = lines.map((line) => line.split(' # '));
  const width = Math.max(...split.map(([words = '']) => words.length));
  const shown = split.map(([words = '', why]) => {
    return why === undefined ? `  $ ${words}` : `  $ ${words.padEnd(width)}  # ${why}`;
  });
  return command.addHelpText('after', `\nExamples:\n${shown.join('\n')}`);
}
