// `sluice completion SHELL`: a script that lets a shell ask this program, by the hidden command
// `complete`, what may come next. What makes the scripts of other shells than bash, and what finds
// what may come, is loaded by these two alone.

import { Argument, type Command } from 'commander';
import { bashScript } from './bash-script.ts';
import { addNames } from './complete-names.ts';
import type { Context } from './context.ts';
import { UsageError } from './faults.ts';
import type { Shell } from './shell.ts';

const examples = `
Examples:
  $ source <(sluice completion bash)                     # for this shell
  $ sluice completion zsh > ~/.zfunc/_sluice             # for each zsh
  $ sluice completion fish > ~/.config/fish/completions/sluice.fish`;

const name = 'completion';
const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** @param program with all its other commands. */
export async function addCompletion(program: Command, shell: Shell): Promise<void> {
  const { terminal } = shell;
  const [first, , ...typed] = terminal.words;
  if (first !== 'complete') {
    program
      .command(name)
      .addArgument(new Argument('<shell>', 'whose').choices(shells))
      .description('print what completes commands in a shell')
      .addHelpText('after', examples)
      .action(shell.runs(print));
    return;
  }
  // Without names there are commands and options.
  await addNames(program, terminal, typed).catch(() => undefined);
  const { default: tab } = await import('@bomb.sh/tab/commander');
  tab(program, { completionCommandName: name });
}

async function print(context: Context, _: object, shell: (typeof shells)[number]): Promise<void> {
  if (context.isJson) throw new UsageError('completion has nothing to say in JSON');
  if (shell === 'bash') return context.terminal.stdout.write(bashScript);
  const { script } = await import('@bomb.sh/tab');
  script(shell, 'sluice', 'sluice');
}
