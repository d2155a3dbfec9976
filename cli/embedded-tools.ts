// Commands that speak to no engine, but are one, or work on its stores: the programs of local/ and
// price/, with the same flags, which they read themselves. Each is loaded when it is asked for.

import type { Command } from 'commander';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { CheckFailed, UsageError } from './faults.ts';
import type { Shell } from './shell.ts';

export function addEmbeddedTools(program: Command, shell: Shell, keys: Command): void {
  passedOn(program.command('serve [flags...]'))
    .description('run a whole engine on this machine: serve --help')
    .action(shell.runs(serve));
  passedOn(program.command('fsck [flags...]'))
    .description('whether index and objects of a store say the same: fsck --help')
    .action(shell.runs(fsck));
  passedOn(program.command('price [flags...]'))
    .description('what a workload costs in a month, in an account: price --help')
    .action(shell.runs(price));
  passedOn(keys.command('offline [flags...]'))
    .description('make keys at the table itself, its engine stopped: so the first one is made')
    .action(shell.runs(offlineKeys));
}

/** What follows is the tool's own, also --help. */
function passedOn(command: Command): Command {
  return command.allowUnknownOption().allowExcessArguments().helpOption(false);
}

type Read<Options> =
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'fault'; readonly text: string };

type Tool<Options> = {
  /** As it is called, for its help. */
  readonly program: string;
  readonly read: (
    parameters: readonly string[],
    environment: NamedVariables,
    program: string,
  ) => Read<Options>;
  readonly examples: readonly string[];
};

/** @returns undefined: its help was asked for, and given.
 * @throws UsageError */
async function optionsIn<Options>(
  { terminal, isJson }: Context,
  flags: readonly string[],
  { program, read, examples }: Tool<Options>,
): Promise<Options | undefined> {
  // Both are told of --json: it is the program's, and the tool's.
  const parameters = isJson ? [...flags, '--json'] : flags;
  const found = read(parameters, variables(terminal), program);
  switch (found.kind) {
    case 'options':
      return found.options;
    case 'help': {
      const shown = examples.map((line) => `  $ ${line}`).join('\n');
      await terminal.stdout.write(`${found.text}\n\nExamples:\n${shown}\n`);
      return undefined;
    }
    case 'fault':
      throw new UsageError(found.text);
  }
}

type NamedVariables = { readonly [name: string]: string | undefined };

/** As an object that has them when they are looked for. */
function variables({ environment }: Context['terminal']): NamedVariables {
  return new Proxy({}, { get: (_, name) => environment(String(name)) });
}

async function serve(context: Context, _: object, flags: readonly string[]): Promise<void> {
  if (context.isJson) throw new UsageError('serve has nothing to say in JSON');
  const { readOptions } = await import('../local/options.ts');
  const options = await optionsIn(context, flags, {
    program: 'sluice serve',
    read: readOptions,
    examples: [
      'sluice serve',
      'sluice serve --data ./data --port 9000',
      'sluice serve --memory # all is gone at the end',
    ],
  });
  if (options === undefined) return;
  const { stdout, interrupts } = context.terminal;
  const engine = await import('../local/serve.ts');
  await engine.serve(options, () => abortOf(interrupts()), {
    say: (text) => void stdout.write(`${text}\n`).catch(() => undefined),
    warn: (text) => void context.note(`sluice: ${text}`),
  });
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

async function fsck(context: Context, _: object, flags: readonly string[]): Promise<number> {
  const [{ readFsckOptions }, text] = await Promise.all([
    import('../local/fsck-options.ts'),
    import('../local/fsck-text.ts'),
  ]);
  try {
    const options = await optionsIn(context, flags, {
      program: 'sluice fsck',
      read: readFsckOptions,
      examples: [
        'sluice fsck --data ./data # 0: healthy, 1: leftovers, 2: damage, 3: it could not look',
        'sluice fsck --bucket sluice --table sluice --deep --json',
      ],
    });
    if (options === undefined) return exitCodes.done;
    const { check } = await import('../local/check.ts');
    const checked = await check(options);
    const lines = options.isJson ? text.documentOf(checked) : text.linesOf(checked);
    for (const piece of text.inPieces(lines)) await context.terminal.stdout.write(piece);
    return text.exitCodeOf(checked.report);
  } catch (error) {
    // Also that nobody reads what it has found: then nothing is said of it.
    throw new CheckFailed(text.exitCodes.failed, error);
  }
}

async function price(context: Context, _: object, flags: readonly string[]): Promise<void> {
  const { readPriceOptions } = await import('../price/options.ts');
  const options = await optionsIn(context, flags, {
    program: 'sluice price',
    read: readPriceOptions,
    examples: [
      'sluice price --sends 10 --records 100',
      'sluice price --sends 2000 --records 100 --busy-hours 1 --json | jq .bill.dollars',
    ],
  });
  if (options === undefined) return;
  const { answerTo } = await import('../price/answer.ts');
  await context.terminal.stdout.write(`${await answerTo(options)}\n`);
}

async function offlineKeys(context: Context, _: object, flags: readonly string[]): Promise<void> {
  const { readKeysOptions } = await import('../local/keys-options.ts');
  const options = await optionsIn(context, flags, {
    program: 'sluice keys offline',
    read: readKeysOptions,
    examples: [
      'sluice keys offline create --principal User:admin --data ./data > key.txt',
      'sluice keys offline list --table sluice',
    ],
  });
  if (options === undefined) return;
  const [{ askKeys }, { reasonOf }] = await Promise.all([
    import('../local/ask-keys.ts'),
    import('../local/reasons.ts'),
  ]);
  const said = await askKeys(options).catch((error: Error) => {
    throw new Error(reasonOf(error));
  });
  await context.show(said.document, () => said.lines);
  if (said.note !== undefined) await context.note(said.note);
}
