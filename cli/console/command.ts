// `sluice console`: the web page to look after an engine with, of whatever engine a profile names.

import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { whole } from '../option-values.ts';
import type { Shell } from '../shell.ts';

export function addConsole(program: Command, shell: Shell): void {
  const command = program.command('console');
  command.description('serve the web console on this machine, for the engine at hand');
  command.option('--port <n>', 'of this machine (a free one)', whole(0, 65_535));
  withExamples(
    command.action(shell.runs(run)),
    'sluice console',
    'sluice console --profile prod # what it asks of the engine is signed as the profile says',
  );
}

async function run(context: Context, { port = 0 }: { readonly port?: number }): Promise<void> {
  const { engine } = context;
  const { serveConsole } = await import('./serve.ts');
  const interrupted = context.terminal.interrupts();
  const server = await serveConsole(engine, { port, host: await context.host() });
  await context.show({ url: server.url }, () => [server.url]);
  await context.note(`the console of ${engine.url}, for whoever has that URL; Ctrl-C ends it`);
  if (!interrupted.aborted) {
    await new Promise((resolve) => interrupted.addEventListener('abort', resolve));
  }
  await server.stop();
}
