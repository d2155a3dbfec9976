// `sluice subscriptions`: a topic's records given to a function, a queue or an endpoint; how far
// that is, stopping it, and what becomes of what it has given up. What may be set about one is in
// subscription-options.ts.

import type { Command } from 'commander';
import type { ChangedSubscription } from '../client/admin/subscription-types.ts';
import type {
  CreateSubscriptionOptions,
  SeekSubscriptionOptions,
} from '../client/admin/subscriptions.ts';
import { recordFields } from './consume/record-json.ts';
import type { Context } from './context.ts';
import { withExamples } from './examples.ts';
import { UsageError } from './faults.ts';
import { withNumbers } from './offsets.ts';
import { place, whole } from './option-values.ts';
import { type Place, placeHelp } from './place.ts';
import type { Shell } from './shell.ts';
import {
  type SettingOptions,
  settingRows,
  settingsIn,
  withSettings,
} from './subscription-options.ts';
import { type TargetOptions, targetIn, targetText, withTarget } from './subscription-target.ts';
import { counted, durationText, timeText } from './texts.ts';

export function addSubscriptions(program: Command, shell: Shell): void {
  const all = program
    .command('subscriptions')
    .description('give records to functions, queues and endpoints');
  withExamples(
    all.command('list').description('all, by name').action(shell.runs(list)),
    'sluice subscriptions list',
  );
  withExamples(
    all
      .command('describe <subscription>')
      .description('what is set about it, how far it is, and what holds it up')
      .action(shell.runs(describe)),
    'sluice subscriptions describe mail',
  );
  const create = all.command('create <name>').description('begin to give a topic’s records');
  create.requiredOption('-t, --topic <name>', 'whose records');
  create.option('--group <name>', 'which keeps how far it is (that of its name)');
  create.option('--from <place>', 'where it begins: beginning, end or a time (end)', place);
  withExamples(
    withSettings(withTarget(create)).action(shell.runs(createOne)),
    'sluice subscriptions create mail --topic orders --lambda send-mail --from beginning',
    'sluice subscriptions create audit --topic orders --https https://audit.test --batch-size 10',
  );
  withExamples(
    withSettings(withTarget(all.command('alter <subscription>')))
      .description('change what is set about it; default: back to the default')
      .action(shell.runs(alter)),
    'sluice subscriptions alter mail --max-concurrency 2 --max-records-per-second default',
    'sluice subscriptions alter mail --lambda send-mail:live',
  );
  for (const verb of ['pause', 'resume'] as const) {
    withExamples(
      all
        .command(`${verb} <subscription>`)
        .description(verb === 'pause' ? 'deliver nothing more' : 'go on delivering')
        .action(shell.runs((context, _, name: string) => pauseOrResume(context, verb, name))),
      `sluice subscriptions ${verb} mail`,
    );
  }
  const seek = all.command('seek <subscription>').description('let it go on elsewhere in the log');
  seek.requiredOption('--to <place>', placeHelp, place);
  seek.option('-p, --partition <n>', 'of that partition (all)', whole());
  withExamples(seek.action(shell.runs(seekTo)), 'sluice subscriptions seek mail --to 2h');
  addEnds(all, shell);
}

function addEnds(all: Command, shell: Shell): void {
  withExamples(
    all
      .command('rotate-secret <subscription>')
      .description('sign what goes to an endpoint with a new secret, shown this once')
      .action(shell.runs(rotateSecret)),
    'sluice subscriptions rotate-secret audit',
  );
  withExamples(
    all
      .command('delete <subscription>')
      .description('end it, and the group that kept how far it is')
      .action(shell.runs(remove)),
    'sluice subscriptions delete mail',
  );
  withExamples(
    all
      .command('dead-letters <subscription>')
      .description('what it has given up, the oldest first')
      .option('-n, --limit <n>', 'records (20)', whole(1, 100))
      .action(shell.runs(deadLetters)),
    'sluice subscriptions dead-letters mail --limit 5',
    'sluice subscriptions dead-letters mail --json | jq -r .[].reason',
  );
  withExamples(
    all
      .command('redrive <subscription>')
      .description('give again what it has given up')
      .option('-n, --limit <n>', 'records (all)', whole(1))
      .action(shell.runs(redrive)),
    'sluice subscriptions redrive mail --limit 100',
  );
}

async function list(context: Context): Promise<void> {
  const found = await (await context.admin()).subscriptions.list();
  const rows = found.map(({ name, topic, groupId, state, target }) => {
    return { name, topic, group: groupId, state, target: targetText(target) };
  });
  await context.showTable(rows, { values: found, none: 'no subscriptions' });
}

async function describe(context: Context, _: object, name: string): Promise<void> {
  const found = await (await context.admin()).subscriptions.describe(name);
  const { topic, groupId, state, target, createdAt } = found;
  const partitions = found.partitions.map(withNumbers);
  await context.show({ ...found, partitions }, () => [
    `${name}: ${topic} to ${targetText(target)}, ${state}`,
    `group ${groupId}, made ${timeText(createdAt)}`,
    ...context.table(settingRows(found)),
    '',
    ...context.table(
      partitions.map((one) => ({
        partition: one.partition,
        committed: one.committedOffset,
        end: one.logEndOffset,
        lag: one.lag,
        behind: durationText(one.lagMs),
        attempts: one.attempts,
        'retry at': timeText(one.retryAt),
        'last error': one.lastError,
      })),
    ),
  ]);
}

type StartingPosition = NonNullable<CreateSubscriptionOptions['startingPosition']>;

type CreateOptions = SettingOptions &
  TargetOptions & { readonly topic: string; readonly group?: string; readonly from?: Place };

async function createOne(context: Context, options: CreateOptions, name: string): Promise<void> {
  const target = targetIn(options);
  if (target === undefined) throw new UsageError('say to whom: --lambda, --sqs or --https');
  const { topic, group, from } = options;
  const startingPosition = from && (await startOf(context, from));
  const { subscriptions } = await context.admin();
  const made = await subscriptions.create({
    ...{ name, topic, target, ...settingsIn(options) },
    ...(group !== undefined && { groupId: group }),
    ...(startingPosition !== undefined && { startingPosition }),
  });
  await tellChange(context, made, `${name} begins to give ${topic} to ${targetText(target)}`);
}

async function startOf(context: Context, from: Place): Promise<StartingPosition> {
  const to = await toOf(context, from);
  if (typeof to === 'string' || 'timestamp' in to) return to;
  throw new UsageError('--from: a subscription begins at beginning, end or a time; then seek it');
}

/** @throws UsageError of what only a reader knows to find. */
async function toOf(context: Context, at: Place): Promise<SeekSubscriptionOptions['to']> {
  switch (at.kind) {
    case 'beginning':
      return 'earliest';
    case 'end':
      return 'latest';
    case 'offset':
      return { offset: String(at.offset) };
    case 'time':
      return { timestamp: at.millis };
    case 'ago':
      return { timestamp: (await context.host()).clock.now() - at.millis };
    case 'last':
      throw new UsageError(
        '-N: a subscription finds no place before its end; say an offset, or a time',
      );
  }
}

async function alter(
  context: Context,
  options: SettingOptions & TargetOptions,
  name: string,
): Promise<void> {
  const settings = settingsIn(options);
  const target = targetIn(options);
  if (target === undefined && Object.keys(settings).length === 0) {
    throw new UsageError('say what: --batch-size, --max-concurrency, … (see --help)');
  }
  const { subscriptions } = await context.admin();
  const changed = await subscriptions.change(name, { ...settings, ...(target && { target }) });
  await tellChange(context, changed, `${name} is changed, within a second`);
}

/** A secret that was drawn is data: it is in this answer alone. */
async function tellChange(
  context: Context,
  changed: ChangedSubscription,
  said: string,
): Promise<void> {
  const { secret } = changed;
  await context.show(changed, () => (secret === undefined ? [] : [secret]));
  if (context.isJson) return;
  await context.note(secret === undefined ? said : `${said}; its secret is not shown again`);
}

async function pauseOrResume(
  context: Context,
  verb: 'pause' | 'resume',
  name: string,
): Promise<void> {
  const changed = await (await context.admin()).subscriptions[verb](name);
  await context.done(changed, `${name} is ${changed.state}`);
}

type SeekOptions = { readonly to: Place; readonly partition?: number };

async function seekTo(
  context: Context,
  { to, partition }: SeekOptions,
  name: string,
): Promise<void> {
  const where = { to: await toOf(context, to), ...(partition !== undefined && { partition }) };
  const found = await (await context.admin()).subscriptions.seek(name, where);
  const sought = found.map(withNumbers);
  const rows = sought.map((one) => ({ partition: one.partition, offset: one.offset }));
  await context.showTable(rows, { values: sought, none: 'nothing to move' });
}

async function rotateSecret(context: Context, _: object, name: string): Promise<void> {
  const secret = await (await context.admin()).subscriptions.rotateSecret(name);
  await context.show({ name, secret }, () => [secret]);
  await context.note(`${name} signs with it from now on; it is not shown again`);
}

async function remove(context: Context, _: object, name: string): Promise<void> {
  await (await context.admin()).subscriptions.delete(name);
  await context.done({ deleted: name }, `${name} is gone`);
}

async function deadLetters(
  context: Context,
  options: { readonly limit?: number },
  name: string,
): Promise<void> {
  const found = await (await context.admin()).subscriptions.deadLetters(name, options);
  const values = found.map(({ key, value, ...letter }) => {
    return { ...withNumbers(letter), ...recordFields({ key, value }) };
  });
  const rows = found.map((one) => ({
    from: `${one.sourceTopic}-${one.sourcePartition}`,
    offset: Number(one.sourceOffset),
    attempts: one.attempts,
    failed: timeText(one.failedAt),
    key: one.key?.toString().slice(0, 40),
    reason: one.reason,
  }));
  await context.showTable(rows, { values, none: 'nothing was given up' });
}

async function redrive(
  context: Context,
  options: { readonly limit?: number },
  name: string,
): Promise<void> {
  const found = await (await context.admin()).subscriptions.redrive(name, options);
  const more = found.done ? '' : '; there is more';
  await context.done(found, `${counted(found.redriven, 'record')} put back${more}`);
}
