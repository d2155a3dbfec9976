// `sluice acls`: who may do what. Words are Kafka's, in any case: `--operation read`.

import { type Command, Option } from 'commander';
import type { AclEntry, AclFilter } from '../client/admin/acls.ts';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  ResourcePatternTypes,
} from '../client/admin/kafka-types.ts';
import {
  type AclOperation,
  aclOperations,
  filterOperations,
  type Pattern,
  type Permission,
  patterns,
  permissions,
  wordFor,
} from './acl-words.ts';
import type { Context } from './context.ts';
import { withExamples } from './examples.ts';
import { UsageError } from './faults.ts';
import { eachWord, principal, word } from './option-values.ts';
import type { Shell } from './shell.ts';
import { counted } from './texts.ts';

export function addAcls(program: Command, shell: Shell): void {
  const acls = program.command('acls').description('who may do what');
  withExamples(
    withResource(acls.command('list').description('those that the options mean (all)'))
      .option('--principal <name>', 'User:shop', principal)
      .option('--operation <name>', 'READ, WRITE, …', word(filterOperations))
      .addOption(permission())
      .action(shell.runs(listAcls)),
    'sluice acls list --principal User:shop',
    'sluice acls list --topic orders --pattern match # all that count for the topic orders',
  );
  withExamples(
    withResource(acls.command('create').description('allow something, or deny it'))
      .requiredOption('--principal <name>', 'User:shop; User:* is everyone', principal)
      .requiredOption(
        '--operation <names>',
        'READ,WRITE: one ACL for each',
        eachWord(aclOperations),
      )
      .addOption(permission().default('ALLOW', 'allow'))
      .action(shell.runs(createAcls)),
    'sluice acls create --topic orders --principal User:shop --operation WRITE,DESCRIBE',
    'sluice acls create --topic shop. --pattern prefixed --principal User:shop --operation ALL',
  );
  withExamples(
    withResource(acls.command('delete').description('take away all that the options mean'))
      .option('--principal <name>', 'User:shop', principal)
      .option('--operation <name>', 'READ, WRITE, …', word(filterOperations))
      .addOption(permission())
      .option('--all', 'where no option says which')
      .action(shell.runs(deleteAcls)),
    'sluice acls delete --principal User:shop --topic orders',
  );
}

function withResource(command: Command): Command {
  return command
    .option('--topic <name>', 'of a topic; * is all')
    .option('--group <name>', 'of a consumer group')
    .option('--cluster', 'of the engine itself')
    .addOption(oneOf(patterns, '--pattern <kind>', 'what the name is (literal)'));
}

function permission(): Option {
  return oneOf(permissions, '--permission <kind>', 'what is said');
}

/** Which they are is said by the help, and completes. */
function oneOf(words: readonly string[], flags: string, help: string): Option {
  const shown = words.map((one) => one.toLowerCase());
  return new Option(flags, help).choices(shown).argParser(word(words));
}

type ResourceOptions = {
  readonly topic?: string;
  readonly group?: string;
  readonly cluster?: true;
  readonly pattern?: Pattern;
};

type FilterOptions = ResourceOptions & {
  readonly principal?: string;
  readonly operation?: AclOperation;
  readonly permission?: Permission;
};

/** @returns undefined: no resource is said. */
function resourceOf({ topic, group, cluster, pattern = 'LITERAL' }: ResourceOptions) {
  const said = [topic, group, cluster].filter((one) => one !== undefined);
  if (said.length > 1) throw new UsageError('--topic, --group and --cluster: say one of them');
  if (said.length === 0) return undefined;
  const resourceType =
    topic !== undefined
      ? AclResourceTypes.TOPIC
      : group !== undefined
        ? AclResourceTypes.GROUP
        : AclResourceTypes.CLUSTER;
  return {
    resourceType,
    resourceName: topic ?? group ?? 'kafka-cluster',
    resourcePatternType: ResourcePatternTypes[pattern],
  };
}

function filterOf(options: FilterOptions): AclFilter {
  const { principal, operation = 'ANY', permission = 'ANY', pattern = 'ANY' } = options;
  const any = {
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes[pattern],
  };
  return {
    ...(resourceOf(options) ?? any),
    ...(principal !== undefined && { principal }),
    operation: AclOperationTypes[operation],
    permissionType: AclPermissionTypes[permission],
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
  readonly operation: readonly AclOperation[];
  readonly permission: Permission;
};

async function createAcls(context: Context, options: CreateOptions): Promise<void> {
  const resource = resourceOf(options);
  if (resource === undefined) throw new UsageError('say of what: --topic, --group or --cluster');
  const { principal, permission } = options;
  const acl = options.operation.map((operation): AclEntry => {
    return {
      ...resource,
      principal,
      host: '*',
      operation: AclOperationTypes[operation],
      permissionType: AclPermissionTypes[permission],
    };
  });
  await (await context.admin()).createAcls({ acl });
  await context.done(acl.map(rowOf), `${counted(acl.length, 'ACL')} of ${principal}: made`);
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
