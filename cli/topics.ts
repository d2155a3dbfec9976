// `sluice topics`: which there are, what is set about them, and where their logs begin and end.

import type { Command } from 'commander';
import { attempt, type Failure, SluiceAggregateError, throwAll } from '../client/admin/failures.ts';
import { ConfigResourceTypes } from '../client/admin/kafka-types.ts';
import { eachOf } from '../client/requests.ts';
import type { Context } from './context.ts';
import { withExamples } from './examples.ts';
import { UsageError } from './faults.ts';
import { pair, place, whole } from './option-values.ts';
import { type Place, placeHelp } from './place.ts';
import { offsetsAt } from './places-of-topic.ts';
import type { Shell } from './shell.ts';
import { aggregateIn, tellDeleted } from './tell-deleted.ts';
import { counted } from './texts.ts';

export function addTopics(program: Command, shell: Shell): void {
  const topics = program.command('topics').description('make, look at, change and delete topics');
  withExamples(
    topics.command('list').description('their names').action(shell.runs(listTopics)),
    'sluice topics list',
    'sluice topics list --json | jq -r .[]',
  );
  const create = topics.command('create <names...>').description('make topics');
  create.option('-p, --partitions <n>', 'how many each has (1)', whole(1));
  create.option('-c, --config <name=value>', 'a setting; may be said several times', pair);
  create.option('--if-not-exists', 'one that is there already is no error');
  create.option('--dry-run', 'only say whether they could be made');
  withExamples(
    create.action(shell.runs(createTopics)),
    'sluice topics create orders --partitions 12',
    'sluice topics create prices --config cleanup.policy=compact --if-not-exists',
  );
  withExamples(
    topics
      .command('describe <topics...>')
      .description('their partitions, and what is set about them')
      .option('--all', 'also what is at its default')
      .action(shell.runs(describeTopics)),
    'sluice topics describe orders --all',
  );
  const alter = topics.command('alter <topic>').description('change what is set about it');
  alter.option('-s, --set <name=value>', 'a setting; may be said several times', pair);
  alter.option('-u, --unset <names...>', 'back to their defaults');
  alter.option('--dry-run', 'only say whether it could be changed');
  withExamples(
    alter.action(shell.runs(alterTopic)),
    'sluice topics alter orders --set retention.ms=86400000',
    'sluice topics alter orders --unset retention.ms',
  );
  const grow = topics.command('grow <topic>').description('give it more partitions');
  grow.requiredOption('-p, --partitions <n>', 'how many there are to be in all', whole(1));
  grow.option('--dry-run', 'only say whether it could grow');
  withExamples(
    grow.action(shell.runs(growTopic)),
    'sluice topics grow orders --partitions 24 # keys may come to other partitions',
  );
  const remove = topics
    .command('delete <topics...>')
    .description('delete topics and their records');
  remove.option('--if-exists', 'one that is not there is no error');
  withExamples(remove.action(shell.runs(deleteTopics)), 'sluice topics delete orders');
  const offsets = topics
    .command('offsets <topic>')
    .description('where its partitions begin and end');
  offsets.option('--at <place>', `and where that is: ${placeHelp}`, place);
  withExamples(
    offsets.action(shell.runs(showOffsets)),
    'sluice topics offsets orders',
    'sluice topics offsets orders --at 2h # the first record of the last two hours',
  );
}

async function listTopics(context: Context): Promise<void> {
  const names = await (await context.admin()).listTopics();
  if (names.length === 0 && !context.isJson) {
    return context.note('no topics: sluice topics create --help');
  }
  await context.show(names, () => names);
}

type CreateOptions = {
  readonly partitions?: number;
  readonly config?: readonly (readonly [string, string])[];
  readonly ifNotExists?: true;
  readonly dryRun?: boolean;
};

/** One by one, to know of each what came of it. Also where some cannot be made, the others are. */
async function createTopics(
  context: Context,
  { partitions, config = [], ifNotExists, dryRun = false }: CreateOptions,
  names: readonly string[],
): Promise<void> {
  const topics = [...new Set(names)];
  const wanted = {
    configEntries: config.map(([name, value]) => ({ name, value })),
    ...(partitions !== undefined && { numPartitions: partitions }),
  };
  const admin = await context.admin();
  const tried = await eachOf(topics, async (topic) => {
    const asked = { topics: [{ topic, ...wanted }], validateOnly: dryRun };
    return { topic, ...(await attempt(admin.createTopics(asked), { topic })) };
  });
  const failures = tried.flatMap((one) => ('failure' in one ? [one.failure] : []));
  const namesOf = (isNew: boolean) =>
    tried.filter((one) => 'done' in one && one.done === isNew).map(({ topic }) => topic);
  const [fresh, there] = [namesOf(true), namesOf(false)];
  const said = [
    ...(fresh.length > 0 ? [`${fresh.join(', ')}: ${dryRun ? 'could be made' : 'made'}`] : []),
    ...(there.length > 0 && ifNotExists ? [`${there.join(', ')}: there already`] : []),
  ];
  await context.done({ made: dryRun ? [] : fresh, there }, ...said);
  throwAll('Topics were not created', failures.flatMap(errorsIn));
  if (there.length > 0 && !ifNotExists) {
    throw new Error(`${there.join(', ')}: there already; --if-not-exists takes that for done`);
  }
}

function errorsIn(failure: Failure): readonly Failure[] {
  return failure instanceof SluiceAggregateError ? failure.errors : [failure];
}

async function describeTopics(
  context: Context,
  { all }: { readonly all?: true },
  names: readonly string[],
): Promise<void> {
  const admin = await context.admin();
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const resources = names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name }));
  const described = await admin.describeConfigs({ resources });
  const found = topics.map(({ name, partitions }, at) => {
    const entries = described.resources[at]?.configEntries ?? [];
    const said = entries.filter(({ isDefault }) => all || !isDefault);
    const configs = said.map(({ configName, configValue, isDefault }) => ({
      name: configName,
      value: configValue,
      isDefault,
    }));
    return { name, partitions: partitions.length, configs };
  });
  await context.show(found, () => {
    return found.flatMap(({ name, partitions, configs }) => [
      `${name}: ${counted(partitions, 'partition')}`,
      ...context.table(configs.map((one) => ({ setting: one.name, value: one.value }))),
    ]);
  });
}

type AlterOptions = {
  readonly set?: readonly (readonly [string, string])[];
  readonly unset?: readonly string[];
  readonly dryRun?: boolean;
};

async function alterTopic(
  context: Context,
  { set = [], unset = [], dryRun = false }: AlterOptions,
  name: string,
): Promise<void> {
  const configEntries = [
    ...set.map(([setting, value]) => ({ name: setting, value })),
    ...unset.map((setting) => ({ name: setting, value: null })),
  ];
  if (configEntries.length === 0) throw new UsageError('say what: --set or --unset');
  const resources = [{ type: ConfigResourceTypes.TOPIC, name, configEntries }];
  await (await context.admin()).incrementalAlterConfigs({ resources, validateOnly: dryRun });
  const what = dryRun ? 'could be changed' : 'changed';
  await context.done({ topic: name, set: Object.fromEntries(set), unset }, `${name}: ${what}`);
}

async function growTopic(
  context: Context,
  { partitions, dryRun = false }: { readonly partitions: number; readonly dryRun?: boolean },
  topic: string,
): Promise<void> {
  const topicPartitions = [{ topic, count: partitions }];
  await (await context.admin()).createPartitions({ topicPartitions, validateOnly: dryRun });
  const what = dryRun ? 'could have' : 'has';
  await context.done({ topic, partitions }, `${topic} ${what} ${counted(partitions, 'partition')}`);
}

async function deleteTopics(
  context: Context,
  { ifExists }: { readonly ifExists?: true },
  names: readonly string[],
): Promise<void> {
  const admin = await context.admin();
  const there = ifExists ? new Set(await admin.listTopics()) : undefined;
  const topics = names.filter((name) => there?.has(name) ?? true);
  const failure = await admin.deleteTopics({ topics }).then(() => undefined, aggregateIn);
  const failed = new Set(failure?.errors.map(({ topic }) => topic));
  const deleted = topics.filter((topic) => !failed.has(topic));
  await tellDeleted(context, deleted, failure);
}

async function showOffsets(
  context: Context,
  { at }: { readonly at?: Place },
  topic: string,
): Promise<void> {
  const admin = await context.admin();
  const ends = await admin.fetchTopicOffsets(topic);
  const places = at && (await offsetsAt(admin, { topic, place: at, ends }, await context.host()));
  const found = ends.map(({ partition, low, high }) => ({
    partition,
    beginning: Number(low),
    end: Number(high),
    ...(places !== undefined && { at: places.get(partition) ?? Number(high) }),
  }));
  await context.showTable(found, { none: `${topic} has no partitions` });
}
