// Names that may come next, where a command takes the name of something that is there: asked of
// the engine at hand, and of the profiles. Somebody has pressed a key and waits: an engine that
// does not answer soon, or not at all, is no error, and has no names.

import type { Argument, Command, Option } from 'commander';
import type { Admin } from '../client/admin/admin.ts';
import { Context, type GlobalOptions } from './context.ts';
import { readConfig } from './profiles/config.ts';
import type { Terminal } from './terminal.ts';

const answerMillisMax = 1_000;

type Ask = (admin: Admin, signal: AbortSignal) => Promise<readonly string[]>;

const topics: Ask = (admin, signal) => admin.listTopics({ signal });
const groups: Ask = async (admin, signal) => {
  return (await admin.listGroups({ signal })).groups.map(({ groupId }) => groupId);
};
const subscriptions: Ask = async (admin, signal) => {
  return (await admin.subscriptions.list({ signal })).map(({ name }) => name);
};

/** By the names of arguments, and of options. */
const asks: ReadonlyMap<string, Ask> = new Map([
  ...(['topic', 'topics', 'dead-letter-topic'] as const).map((name) => [name, topics] as const),
  ...(['group', 'groups'] as const).map((name) => [name, groups] as const),
  ['subscription', subscriptions],
]);

/** The names become the choices of what takes one.
 * @param typed up to the word that is to be completed, with it. */
export async function addNames(
  program: Command,
  terminal: Terminal,
  typed: readonly string[],
): Promise<void> {
  for (const taker of takersOf(commandIn(program, typed), typed)) {
    if (taker.name() === 'profile') {
      taker.choices(Object.keys(readConfig(terminal).profiles));
      continue;
    }
    const ask = asks.get(taker.name());
    if (ask === undefined) continue;
    program.parseOptions([...typed.slice(0, -1)]);
    const context = new Context(terminal, program.opts<GlobalOptions>());
    taker.choices([...(await answerOf(context, ask))]);
  }
}

function commandIn(program: Command, typed: readonly string[]): Command {
  return typed.slice(0, -1).reduce((command, word) => {
    return command.commands.find((one) => one.name() === word) ?? command;
  }, program);
}

/** The option whose value comes next, else what the command is given. */
function takersOf(command: Command, typed: readonly string[]): readonly (Argument | Option)[] {
  const [before = '', word = ''] = typed.slice(-2);
  if (word.startsWith('-')) return [];
  const option = command.options.find(({ long, short }) => [long, short].includes(before));
  return option === undefined || option.isBoolean() ? command.registeredArguments : [option];
}

async function answerOf(context: Context, ask: Ask): Promise<readonly string[]> {
  const { clock } = await context.host();
  const admin = (await context.client()).admin({ retry: { retries: 0 } });
  const late = new AbortController();
  const answer = ask(admin, late.signal);
  const settled = answer.then(
    () => undefined,
    () => undefined,
  );
  clock.sleep(answerMillisMax, settled).then(() => late.abort());
  return answer;
}
