// `sluice completion SHELL`: a script that lets a shell ask this program, by the hidden command
// `complete`, what may come next. What makes the script is loaded by these two alone.

import type { Command } from 'commander';
import { addNames } from './complete-names.ts';
import type { Terminal } from './terminal.ts';

const examples = `
Examples:
  $ source <(sluice completion bash)                     # for this shell
  $ sluice completion zsh > ~/.zfunc/_sluice             # for each zsh
  $ sluice completion fish > ~/.config/fish/completions/sluice.fish`;

const name = 'completion';

/** @param program with all its other commands. */
export async function addCompletion(program: Command, terminal: Terminal): Promise<void> {
  const [first, , ...typed] = terminal.words;
  if (first !== name && first !== 'complete') {
    program
      .command(`${name} <shell>`)
      .description('print what completes commands in bash, zsh, fish or powershell')
      .addHelpText('after', examples);
    return;
  }
  if (first === 'complete') {
    // Without names there are commands and options.
    await addNames(program, terminal, typed).catch(() => undefined);
  }
  const { default: tab } = await import('@bomb.sh/tab/commander');
  tab(program, { completionCommandName: name });
  const made = program.commands.find((command) => command.name() === name);
  made?.description('print what completes commands').addHelpText('after', examples);
}
