// `sluice consume`: a topic's messages on standard output, in a group or in none.

import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { NotFoundError, UsageError } from '../faults.ts';
import { place, whole, wholes } from '../option-values.ts';
import { type Place, placeHelp } from '../place.ts';
import { offsetsAt } from '../places-of-topic.ts';
import type { Shell } from '../shell.ts';
import { counted } from '../texts.ts';
import { formatHelp, formatOf } from './format.ts';
import { MessagePrinter } from './printer.ts';
import { readGroup } from './read-group.ts';
import { type Span, TopicReader } from './read-topic.ts';
import { jsonLineOf } from './record-json.ts';

export function addConsume(program: Command, shell: Shell): void {
  const consume = program.command('consume <topic>').description('print a topic’s messages');
  consume.option('-o, --from <place>', `${placeHelp} (beginning)`, place);
  consume.option('--to <place>', 'before that: the same words (end)', place);
  consume.option('-n, --count <n>', 'so many messages, and no more', whole(1));
  consume.option('-F, --follow', 'go on with what comes, until Ctrl-C');
  consume.option('-p, --partition <n>', 'of that partition; may be said several times', wholes);
  consume.option('-g, --group <name>', 'as one of a group, which keeps how far it is');
  consume.option(
    '--idle <ms>',
    'of a group: end when nothing has come for so long (3000)',
    whole(1),
  );
  consume.option('-f, --format <text>', `${formatHelp} (%s\\n)`);
  withExamples(
    consume.action(shell.runs(run)),
    'sluice consume orders # what there is',
    'sluice consume orders --from end --follow',
    "sluice consume orders --from 2h --format '%p:%o %k = %s\\n'",
    'sluice consume orders --from -10 --json | jq .value # the last ten of each partition',
    'sluice consume orders --group audit --follow # commits what is printed',
  );
}

type Options = {
  readonly from?: Place;
  readonly to?: Place;
  readonly count?: number;
  readonly follow?: true;
  readonly partition?: readonly number[];
  readonly group?: string;
  readonly idle?: number;
  readonly format?: string;
};

const idleMillisDefault = 3_000;

async function run(context: Context, options: Options, topic: string): Promise<void> {
  expectSense(context, options);
  const { format = '%s\\n', count, group } = options;
  const printer = new MessagePrinter({
    topic,
    print: context.isJson ? jsonLineOf : formatOf(format),
    stdout: context.terminal.stdout,
    count,
  });
  if (group === undefined) await runAlone(context, options, topic, printer);
  else await runInGroup(context, { ...options, group }, topic, printer);
  await context.note(`${counted(printer.printed, 'message')} of ${topic}`);
}

function expectSense(context: Context, options: Options): void {
  const { from, to, follow, partition, group, idle, format } = options;
  if (context.isJson && format !== undefined) {
    throw new UsageError('--json and --format: say one of them');
  }
  if (follow && to !== undefined) throw new UsageError('--follow and --to: say one of them');
  if (group === undefined) {
    if (idle !== undefined) throw new UsageError('--idle is of --group');
    return;
  }
  if (partition !== undefined) throw new UsageError('--partition: a group shares them out itself');
  if (to !== undefined) throw new UsageError('--to: a group goes on; say --count or --idle');
  if (follow && idle !== undefined) throw new UsageError('--follow and --idle: say one of them');
  if (from !== undefined && from.kind !== 'beginning' && from.kind !== 'end') {
    throw new UsageError('--from: a group begins at beginning or end; see sluice groups reset');
  }
}

async function runAlone(
  context: Context,
  options: Options,
  topic: string,
  printer: MessagePrinter,
): Promise<void> {
  const { spans, partitions } = await spansOf(context, options, topic);
  const reader = new TopicReader({
    ...{ connection: await context.connection(), admin: await context.admin(), topic },
    interrupted: context.terminal.interrupts(),
    following: options.follow && {
      clock: (await context.host()).clock,
      partitions: options.partition === undefined ? partitions : undefined,
      onAway: ({ message }) => void context.note(`${message}: it waits, and goes on`),
    },
    take: async (partition, messages) => {
      await printer.take(partition, messages);
      return !printer.isFull;
    },
  });
  await reader.read(spans);
}

async function spansOf(
  context: Context,
  { from = { kind: 'beginning' }, to = { kind: 'end' }, follow, partition }: Options,
  topic: string,
): Promise<{ readonly spans: readonly Span[]; readonly partitions: number }> {
  const admin = await context.admin();
  const host = await context.host();
  const all = await admin.fetchTopicOffsets(topic);
  const ends = all.filter((end) => partition?.includes(end.partition) ?? true);
  const other = partition?.find((wanted) => !all.some((end) => end.partition === wanted));
  if (other !== undefined) throw new NotFoundError(`${topic} has no partition ${other}`);
  if (from.kind === 'offset' && ends.every(({ high }) => from.offset > Number(high))) {
    const { offset } = from;
    await context.note(`--from ${offset}: an offset beyond the end; as a time it is @${offset}`);
  }
  const begins = await offsetsAt(admin, { topic, place: from, ends }, host);
  const stops = await offsetsAt(admin, { topic, place: to, ends }, host);
  const spans = ends.map(({ partition: number, high }) => ({
    partition: number,
    from: begins.get(number) ?? Number(high),
    to: follow ? undefined : (stops.get(number) ?? Number(high)),
    end: Number(high),
  }));
  return { spans, partitions: all.length };
}

async function runInGroup(
  context: Context,
  { from, follow, idle, group }: Options & { readonly group: string },
  topic: string,
  printer: MessagePrinter,
): Promise<void> {
  const client = await context.client();
  // A subscription to what is not there waits for it: a name that is spelt wrongly would, too.
  await client.admin().fetchTopicMetadata({ topics: [topic] });
  await readGroup({
    ...{ client, topic, groupId: group, printer },
    clock: (await context.host()).clock,
    fromBeginning: from?.kind !== 'end',
    idleMillis: follow ? undefined : (idle ?? idleMillisDefault),
    interrupted: context.terminal.interrupts(),
  });
}
