// `sluice acls`: who may do what. Words are Kafka's, in any case: `--operation read`.

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AclEntry, AclFilter } from '../client/admin/acls.ts';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  ResourcePatternTypes,
} from '../client/admin/kafka-types.ts';
import type { Context } from './context.ts';
import { withExamples } from './examples.ts';
import { UsageError } from './faults.ts';
import { list } from './option-values.ts';
import type { Shell } from './shell.ts';
import { counted } from './texts.ts';

export function addAcls(program: Command, shell: Shell): void {
  const acls = program.command('acls').description('who may do what');
  withExamples(
    withResource(acls.command('list').description('those that the options mean (all)'))
      .option('--principal <name>', 'User:shop')
      .option('--operation <name>', 'READ, WRITE, …', wordOf(AclOperationTypes))
      .addOption(permission())
      .action(shell.runs(listAcls)),
    'sluice acls list --principal User:shop',
    'sluice acls list --topic orders --pattern match # all that count for the topic orders',
  );
  withExamples(
    withResource(acls.command('create').description('allow something, or deny it'))
      .requiredOption('--principal <name>', 'User:shop; User:* is everyone')
      .requiredOption('--operation <names>', 'READ,WRITE: one ACL for each', list)
      .addOption(permission('allow'))
      .action(shell.runs(createAcls)),
    'sluice acls create --topic orders --principal User:shop --operation WRITE,DESCRIBE',
    'sluice acls create --topic shop. --pattern prefixed --principal User:shop --operation ALL',
  );
  withExamples(
    withResource(acls.command('delete').description('take away all that the options mean'))
      .option('--principal <name>', 'User:shop')
      .option('--operation <name>', 'READ, WRITE, …', wordOf(AclOperationTypes))
      .addOption(permission())
      .option('--all', 'where no option says which')
      .action(shell.runs(deleteAcls)),
    'sluice acls delete --principal User:shop --topic orders',
  );
}

function withResource(command: Command): Command {
  const patterns = ['literal', 'prefixed', 'match', 'any'];
  return command
    .option('--topic <name>', 'of a topic; * is all')
    .option('--group <name>', 'of a consumer group')
    .option('--cluster', 'of the engine itself')
    .addOption(new Option('--pattern <kind>', 'what the name is (literal)').choices(patterns));
}

function permission(byDefault?: string): Option {
  const option = new Option('--permission <kind>', 'what is said').choices(['allow', 'deny']);
  return byDefault === undefined ? option : option.default(byDefault);
}

function wordOf<Words extends Readonly<Record<string, number>>>(words: Words) {
  return (text: string): Words[keyof Words] => {
    const number = words[text.toUpperCase()];
    if (number !== undefined && number !== 0) return number as Words[keyof Words];
    throw new InvalidArgumentError(`It must be one of ${Object.keys(words).slice(1).join(', ')}.`);
  };
}

type ResourceOptions = {
  readonly topic?: string;
  readonly group?: string;
  readonly cluster?: true;
  readonly pattern?: 'literal' | 'prefixed' | 'match' | 'any';
};

type FilterOptions = ResourceOptions & {
  readonly principal?: string;
  readonly operation?: AclOperationTypes;
  readonly permission?: 'allow' | 'deny';
};

/** @returns undefined: no resource is said. */
function resourceOf({ topic, group, cluster, pattern = 'literal' }: ResourceOptions) {
  const said = [topic, group, cluster].filter((one) => one !== undefined);
  if (said.length > 1) throw new UsageError('--topic, --group and --cluster: say one of them');
  if (said.length === 0) return undefined;
  const resourceType =
    topic !== undefined
      ? AclResourceTypes.TOPIC
      : group !== undefined
        ? AclResourceTypes.GROUP
        : AclResourceTypes.CLUSTER;
  const words = wordOf(ResourcePatternTypes);
  return {
    resourceType,
    resourceName: topic ?? group ?? 'kafka-cluster',
    resourcePatternType: words(pattern),
  };
}

function permissionOf(permission: 'allow' | 'deny' | undefined): AclPermissionTypes {
  if (permission === undefined) return AclPermissionTypes.ANY;
  return permission === 'allow' ? AclPermissionTypes.ALLOW : AclPermissionTypes.DENY;
}

function filterOf(options: FilterOptions): AclFilter {
  const { principal, operation = AclOperationTypes.ANY, permission, pattern } = options;
  const any = {
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: wordOf(ResourcePatternTypes)(pattern ?? 'any'),
  };
  return {
    ...(resourceOf(options) ?? any),
    ...(principal !== undefined && { principal }),
    operation,
    permissionType: permissionOf(permission),
  };
}

async function listAcls(context: Context, options: FilterOptions): Promise<void> {
  const { resources } = await (await context.admin()).describeAcls(filterOf(options));
  const entries = resources.flatMap(({ acls, ...resource }) => {
    return acls.map((acl) => ({ ...resource, ...acl }));
  });
  await context.showTable(entries.map(rowOf), { none: 'no ACLs' });
}

type CreateOptions = ResourceOptions & {
  readonly principal: string;
  readonly operation: readonly string[];
  readonly permission: 'allow' | 'deny';
};

async function createAcls(context: Context, options: CreateOptions): Promise<void> {
  const resource = resourceOf(options);
  if (resource === undefined) throw new UsageError('say of what: --topic, --group or --cluster');
  const { principal, permission } = options;
  const acl = options.operation.map((word): AclEntry => {
    const operation = operationIn(word);
    return {
      ...resource,
      principal,
      host: '*',
      operation,
      permissionType: permissionOf(permission),
    };
  });
  await (await context.admin()).createAcls({ acl });
  await context.done(acl.map(rowOf), `${counted(acl.length, 'ACL')} of ${principal}: made`);
}

function operationIn(word: string): AclOperationTypes {
  try {
    return wordOf(AclOperationTypes)(word);
  } catch (error) {
    throw new UsageError(`--operation ${word}: ${(error as Error).message}`);
  }
}

async function deleteAcls(
  context: Context,
  { all, ...options }: FilterOptions & { readonly all?: true },
): Promise<void> {
  if (!all && Object.keys(options).length === 0) {
    throw new UsageError('this is all of them: say which, or --all');
  }
  const filters = [filterOf(options)];
  const { filterResponses } = await (await context.admin()).deleteAcls({ filters });
  const gone = filterResponses.flatMap(({ matchingAcls }) => matchingAcls).map(rowOf);
  await context.showTable(gone, { none: 'there are none of these' });
}

function rowOf(entry: AclEntry) {
  return {
    principal: entry.principal,
    permission: wordFor(AclPermissionTypes, entry.permissionType),
    operation: wordFor(AclOperationTypes, entry.operation),
    resource: wordFor(AclResourceTypes, entry.resourceType),
    name: entry.resourceName,
    pattern: wordFor(ResourcePatternTypes, entry.resourcePatternType),
  };
}

function wordFor(words: Readonly<Record<string, number>>, number: number): string {
  return Object.keys(words).find((word) => words[word] === number) ?? 'UNKNOWN';
}
