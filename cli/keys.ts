// `sluice keys`: API keys, who may call an engine. A new secret is the one thing on standard
// output, once. The first key comes before anybody may ask: `keys offline` makes it at the table
// itself.

import type { Command } from 'commander';
import type { ApiKey, DrawnKey, KeyOperation } from '../client/admin/keys.ts';
import { keyOperations } from './acl-words.ts';
import type { Context } from './context.ts';
import { withExamples } from './examples.ts';
import { UsageError } from './faults.ts';
import { type Expiry, eachWord, expiry, principal } from './option-values.ts';
import type { Shell } from './shell.ts';
import { timeText } from './texts.ts';

export function addKeys(program: Command, shell: Shell): Command {
  const keys = program.command('keys').description('API keys: who may call the engine');
  withExamples(
    keys.command('list').description('all, without their secrets').action(shell.runs(listKeys)),
    'sluice keys list',
  );
  const create = keys.command('create').description('make one; its secret is shown this once');
  create.requiredOption(
    '--principal <name>',
    'whose requests are made with it: User:shop',
    principal,
  );
  create.option('--description <text>', 'what it is for');
  create.option(
    '--operations <names>',
    'what it is narrowed to: READ,WRITE',
    eachWord(keyOperations),
  );
  create.option('--expires <time>', 'when it ends: a time, 90d, never (in a year)', expiry);
  withExamples(
    create.action(shell.runs(createKey)),
    'sluice keys create --principal User:shop --operations WRITE',
    'sluice keys create --principal User:shop > key.txt',
  );
  const rotate = keys.command('rotate <id>');
  rotate.description('draw a new secret, beside the last one');
  rotate.option(
    '--previous-expires <time>',
    'when the last one ends: a time, 2h (in a day)',
    expiry,
  );
  rotate.option(
    '--expires <time>',
    'when the new one ends: a time, 90d, never (in a year)',
    expiry,
  );
  withExamples(rotate.action(shell.runs(rotateKey)), 'sluice keys rotate 3f2a9c');
  withExamples(
    keys
      .command('delete <id>')
      .description('whoever has it is a stranger from now on')
      .action(shell.runs(deleteKey)),
    'sluice keys delete 3f2a9c',
  );
  return keys;
}

async function listKeys(context: Context): Promise<void> {
  const keys = await (await context.admin()).keys.list();
  await context.showTable(keys.map(rowOf), { values: keys, none: 'no keys' });
}

function rowOf({ id, principal, operations, lastUsedOn, secrets, description }: ApiKey) {
  const live = secrets.filter((secret) => secret.live);
  const ends = live.map(({ expiresAt }) => (expiresAt === null ? 'never' : timeText(expiresAt)));
  return {
    ...{ id, principal, operations: operations?.join() ?? 'all' },
    ends: live.length === 0 ? 'over' : ends.join(', '),
    used: lastUsedOn ?? 'never',
    description,
  };
}

type CreateOptions = {
  readonly principal: string;
  readonly description?: string;
  readonly operations?: readonly KeyOperation[];
  readonly expires?: Expiry;
};

async function createKey(context: Context, { expires, ...options }: CreateOptions): Promise<void> {
  const expiresAt = await momentOf(context, expires);
  const drawn = await (await context.admin()).keys.create({
    ...options,
    ...(expiresAt !== undefined && { expiresAt }),
  });
  await tell(context, drawn);
}

type RotateOptions = { readonly previousExpires?: Expiry; readonly expires?: Expiry };

async function rotateKey(
  context: Context,
  { previousExpires, expires }: RotateOptions,
  id: string,
): Promise<void> {
  const previousExpiresAt = await momentOf(context, previousExpires);
  if (previousExpiresAt === null) {
    throw new UsageError('--previous-expires: a secret that is followed by another ends');
  }
  const expiresAt = await momentOf(context, expires);
  const drawn = await (await context.admin()).keys.rotate(id, {
    ...(previousExpiresAt !== undefined && { previousExpiresAt }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
  await tell(context, drawn);
}

/** @returns null: never; undefined: nothing is said. */
async function momentOf(
  context: Context,
  at: Expiry | undefined,
): Promise<number | null | undefined> {
  if (at === undefined) return undefined;
  if (at.kind === 'never') return null;
  return at.kind === 'time' ? at.millis : (await context.host()).clock.now() + at.millis;
}

async function tell(context: Context, drawn: DrawnKey): Promise<void> {
  await context.show(drawn, () => [drawn.key]);
  await context.note(`${drawn.id} of ${drawn.principal}; its secret is not shown again`);
}

async function deleteKey(context: Context, _: object, id: string): Promise<void> {
  const { keys } = await context.admin();
  // A key that is spelt wrongly must not be taken for one that is gone.
  await keys.describe(id);
  await keys.delete(id);
  await context.done({ deleted: id }, `${id} is gone`);
}
