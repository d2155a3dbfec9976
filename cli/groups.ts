// `sluice groups`: who reads together, how far they are, and moving them.

import type { Command } from 'commander';
import { AssignerProtocol } from '../client/assigner-protocol.ts';
import type { GroupDescription } from '../client/describe-groups.ts';
import type { Context } from './context.ts';
import { withExamples } from './examples.ts';
import { NotFoundError, UsageError } from './faults.ts';
import { withNumbers } from './offsets.ts';
import { place, wholes } from './option-values.ts';
import { type Place, placeHelp } from './place.ts';
import { farText, offsetsAt } from './places-of-topic.ts';
import type { Shell } from './shell.ts';
import { aggregateIn, tellDeleted } from './tell-deleted.ts';
import { counted, durationText } from './texts.ts';

export function addGroups(program: Command, shell: Shell): void {
  const groups = program.command('groups').description('consumer groups: how far they are');
  withExamples(
    groups.command('list').description('their names').action(shell.runs(listGroups)),
    'sluice groups list',
  );
  withExamples(
    groups
      .command('describe <groups...>')
      .description('their state, and what each member reads')
      .action(shell.runs(describeGroups)),
    'sluice groups describe billing',
  );
  withExamples(
    groups
      .command('lag <group>')
      .description('how far it is behind, in records and in time')
      .action(shell.runs(showLag)),
    'sluice groups lag billing',
    'sluice groups lag billing --json | jq .totalLag',
  );
  const reset = groups.command('reset <group>');
  reset.description('let it go on elsewhere; nobody may be in it');
  reset.option('-t, --topic <name>', 'of that topic (all that the group has read)');
  reset.option('-p, --partition <n>', 'of that partition (all); needs --topic', wholes);
  reset.requiredOption('--to <place>', placeHelp, place);
  reset.option('--dry-run', 'only say where that is');
  withExamples(
    reset.action(shell.runs(resetGroup)),
    'sluice groups reset billing --to beginning',
    'sluice groups reset billing --topic orders --to 2026-01-31T10:00Z --dry-run',
  );
  withExamples(
    groups
      .command('delete <groups...>')
      .description('forget what they have committed; nobody may be in them')
      .action(shell.runs(deleteGroups)),
    'sluice groups delete billing',
  );
}

async function listGroups(context: Context): Promise<void> {
  const { groups } = await (await context.admin()).listGroups();
  const names = groups.map(({ groupId }) => groupId);
  if (names.length === 0 && !context.isJson) return context.note('no groups');
  await context.show(names, () => names);
}

async function describeGroups(
  context: Context,
  _: object,
  names: readonly string[],
): Promise<void> {
  const { groups } = await (await context.admin()).describeGroups(names);
  const missing = groups.filter(({ state }) => state === 'Dead').map(({ groupId }) => groupId);
  if (missing.length > 0) throw new NotFoundError(`there is no group ${missing.join(', ')}`);
  const found = groups.map(({ groupId, state, protocol, members }) => {
    return { group: groupId, state, protocol, members: members.map(memberOf) };
  });
  await context.show(found, () => {
    return found.flatMap(({ group, state, members }) => [
      `${group}: ${state}, ${counted(members.length, 'member')}`,
      ...context.table(members.map(({ member, reads }) => ({ member, reads: readsText(reads) }))),
    ]);
  });
}

function memberOf({ memberId, memberAssignment }: GroupDescription['members'][number]) {
  const reads = AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {};
  return { member: memberId, reads };
}

function readsText(reads: Readonly<Record<string, readonly number[]>>): string {
  const topics = Object.entries(reads).map(([topic, all]) => `${topic} ${all.join(',')}`);
  return topics.join('; ') || 'nothing';
}

async function showLag(context: Context, _: object, group: string): Promise<void> {
  const found = await (await context.admin()).lag(group);
  const { totalLag, maxLagMs } = found;
  const partitions = found.partitions.map(withNumbers);
  await context.show({ ...found, partitions }, () => [
    `${group}: ${counted(totalLag, 'record')} behind, ${durationText(maxLagMs)}`,
    ...context.table(
      partitions.map(({ topic, partition, offset, logEndOffset, lag, lagMs, memberId }) => ({
        ...{ topic, partition, committed: offset, end: logEndOffset, lag },
        ...{ behind: durationText(lagMs), member: memberId },
      })),
    ),
  ]);
}

type ResetOptions = {
  readonly topic?: string;
  readonly partition?: readonly number[];
  readonly to: Place;
  readonly dryRun?: boolean;
};

/** As offsets, so that what is told is what is done: the end may have moved on since. */
async function resetGroup(
  context: Context,
  { topic, partition, to, dryRun }: ResetOptions,
  groupId: string,
): Promise<void> {
  if (partition !== undefined && topic === undefined) {
    throw new UsageError('--partition needs --topic');
  }
  const admin = await context.admin();
  const committed = await admin.fetchOffsets({ groupId });
  const topics = topic === undefined ? committed.map((one) => one.topic) : [topic];
  if (topics.length === 0) {
    throw new NotFoundError(`${groupId} has committed nothing: say --topic, and it begins there`);
  }
  const rows = [];
  for (const name of topics) {
    const all = await admin.fetchTopicOffsets(name);
    const ends = all.filter((end) => partition?.includes(end.partition) ?? true);
    const other = partition?.find((wanted) => !all.some((end) => end.partition === wanted));
    if (other !== undefined) throw new NotFoundError(`${name} has no partition ${other}`);
    const places = await offsetsAt(admin, { topic: name, place: to, ends }, await context.host());
    const far = farText(name, to, ends);
    if (far !== undefined) await context.note(far);
    const partitions = ends.map((end) => {
      return { partition: end.partition, offset: String(places.get(end.partition) ?? end.high) };
    });
    if (!dryRun) await admin.setOffsets({ groupId, topic: name, partitions });
    rows.push(...partitions.map((one) => withNumbers({ topic: name, ...one })));
  }
  await context.showTable(rows, { none: 'nothing to move' });
}

async function deleteGroups(context: Context, _: object, names: readonly string[]): Promise<void> {
  const admin = await context.admin();
  const failure = await admin.deleteGroups(names).then(() => undefined, aggregateIn);
  const failed = new Set(failure?.groups.map(({ groupId }) => groupId));
  await tellDeleted(
    context,
    names.filter((name) => !failed.has(name)),
    failure,
  );
}
