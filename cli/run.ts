// One run of the program: from words to an exit code. Whatever goes wrong is said here, once, on
// standard error; as a line of JSON where JSON is asked for.

import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { faultOf, UsageError } from './faults.ts';
import { complaintText } from './kafka-words.ts';
import { programOf } from './program.ts';
import { Shell } from './shell.ts';
import { OutputClosed, type Terminal } from './terminal.ts';
import { printable } from './texts.ts';

/** @returns the exit code. @throws what is wrong with this program itself. */
export async function run(terminal: Terminal, version: string): Promise<number> {
  const shell = new Shell(terminal);
  try {
    const program = await programOf(shell, version);
    await program.parseAsync([...wordsIn(terminal)], { from: 'user' });
    return shell.exitCode;
  } catch (error) {
    if (error instanceof OutputClosed) return exitCodes.done;
    if (!(error instanceof CommanderError)) return tell(shell, error);
    if (error.exitCode === 0) return exitCodes.done;
    // What it had to say to people, the parser has said.
    return shell.isJson ? tell(shell, usageErrorOf(error, terminal)) : exitCodes.usage;
  }
}

/** Of `help topics create` the parser itself would take the first word alone. */
function wordsIn({ words: [first, ...rest] }: Terminal): readonly string[] {
  if (first === undefined) return [];
  return first === 'help' && rest.length > 1 ? [...rest, '--help'] : [first, ...rest];
}

function usageErrorOf({ code, message }: CommanderError, { words }: Terminal): UsageError {
  if (code === 'commander.help') return new UsageError('a command is missing: --help shows them');
  return new UsageError(
    complaintText(message, words)
      .replace(/^sluice: /, '')
      .trimEnd(),
  );
}

async function tell({ terminal, context, isJson }: Shell, error: unknown): Promise<number> {
  const { message, advice, detail, exitCode } = faultOf(error, context?.url);
  const { stderr } = terminal;
  const said = isJson
    ? JSON.stringify({ error: { message, ...(advice && { advice }), ...detail, exitCode } })
    : peopleSay({ message, advice, isColoured: stderr.hasColours });
  await stderr.write(`${said}\n`).catch(() => undefined);
  return exitCode;
}

function peopleSay({
  message,
  advice,
  isColoured,
}: {
  readonly message: string;
  readonly advice: string | undefined;
  readonly isColoured: boolean;
}): string {
  const name = isColoured ? '\u001b[31msluice:\u001b[39m' : 'sluice:';
  const lines = message.split('\n').map(printable);
  return [`${name} ${lines.join('\n')}`, ...(advice === undefined ? [] : [`  ${advice}`])].join(
    '\n',
  );
}
