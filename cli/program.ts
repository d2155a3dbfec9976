// The program: its commands, and the options that all of them take.

import { Command } from 'commander';
import { addAcls } from './acls.ts';
import { addBench } from './bench.ts';
import { addCompletion } from './completion.ts';
import { addConsole } from './console/command.ts';
import { addConsume } from './consume/consume.ts';
import { addEmbeddedTools } from './embedded-tools.ts';
import { withExamples } from './examples.ts';
import { exitCodesHelp } from './exit-codes.ts';
import { addGroups } from './groups.ts';
import { complaintText } from './kafka-words.ts';
import { addKeys } from './keys.ts';
import { addProduce } from './produce/produce.ts';
import { addProfiles } from './profiles/commands.ts';
import { defaultUrl } from './profiles/engine.ts';
import type { Shell } from './shell.ts';
import { addSubscriptions } from './subscriptions.ts';
import { addTopics } from './topics.ts';

/** @param version as --version says it. */
export async function programOf(shell: Shell, version: string): Promise<Command> {
  const program = new Command('sluice');
  program.description('The message engine with no servers, from the command line.');
  program.version(version, '-V, --version');
  program.option('--profile <name>', 'which engine, by a name of yours (SLUICE_PROFILE)');
  program.option('--url <url>', `or by its URL (SLUICE_URL); default ${defaultUrl}`);
  program.option('--key <id.secret>', 'an API key; better in SLUICE_KEY, or a profile');
  program.option('--iam', 'sign requests with credentials of AWS');
  program.option('--json', 'one JSON value, or a line of JSON each, on standard output');
  inherited(program, shell);
  addTopics(program, shell);
  addProduce(program, shell);
  addConsume(program, shell);
  addGroups(program, shell);
  addSubscriptions(program, shell);
  const keys = addKeys(program, shell);
  addAcls(program, shell);
  addBench(program, shell);
  addConsole(program, shell);
  addEmbeddedTools(program, shell, keys);
  addProfiles(program, shell);
  await addCompletion(program, shell);
  withExamples(
    program,
    'sluice serve # an engine on this machine',
    'sluice topics create orders --partitions 4',
    'echo hello | sluice produce orders',
    'sluice consume orders --follow',
    'sluice groups lag billing --profile prod',
  );
  program.addHelpText('after', `\n${exitCodesHelp}`);
  return program;
}

/** Commands that are made afterwards take these over. */
function inherited(program: Command, shell: Shell): void {
  const { words, stdout, stderr } = shell.terminal;
  program
    .exitOverride()
    .showHelpAfterError('(add --help for what it may be told)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      // What it cannot write, whoever reads has no use for.
      writeOut: (text) => void stdout.write(text).catch(() => undefined),
      // In JSON it is said as all else is that goes wrong.
      writeErr: (text) => void (shell.isJson || stderr.write(text).catch(() => undefined)),
      outputError: (text, write) => write(complaintText(text, words)),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => stdout.hasColours,
      getErrHasColors: () => stderr.hasColours,
    });
}
