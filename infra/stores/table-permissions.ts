// What a role lets be done to the table: to which items, function by function, and what is asked
// about the table's own key.
//
// No role reaches an item that its function has nothing to do with. Whoever got hold of one that
// appends could else write himself an API key, or an ACL. A transaction and a batch ask for the
// actions of what is in them, and each item counts.

import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type consoleFunctionName, type HandlerName, leadingKeys } from '../../shared/contract.ts';
import type { Permission } from '../engine-function.ts';

const read = ['dynamodb:GetItem', 'dynamodb:Query'];
const get = ['dynamodb:GetItem'];
const query = ['dynamodb:Query'];
const put = ['dynamodb:PutItem'];
const update = ['dynamodb:UpdateItem'];
const append = [...put, ...update];
const remove = ['dynamodb:DeleteItem'];

const { topics, doomed, producers, groups, subscriptions, acls, keys } = leadingKeys;
const partitions = `${leadingKeys.partitionPrefix}*`;
const ofEachProducer = `${leadingKeys.producerPrefix}*`;
const idempotencyKeys = `${leadingKeys.idempotencyKeyPrefix}*`;
const transactions = `${leadingKeys.transactionPrefix}*`;
const ofEachGroup = `${leadingKeys.groupPrefix}*`;
const routes = `${leadingKeys.routePrefix}*`;
const marks = `${leadingKeys.markPrefix}*`;
const valves = `${leadingKeys.valvePrefix}*`;

const ofTopics = [topics, partitions];
const ofGroups = [groups, ofEachGroup];
const ofSubscriptions = [...ofGroups, subscriptions, routes];
const ofProducers = [producers, ofEachProducer];
const provisioned = [...ofTopics, ...ofSubscriptions];

type ItemPermission = Omit<Permission, 'resources' | 'wildcard'>;

/** What a function does to the table; and what it does to ACLs, where there are some. One that
 * serves files does nothing. */
export type TableUse = Exclude<HandlerName, typeof consoleFunctionName> | 'readAcls' | 'manageAcls';

export const itemPermissions: Readonly<Record<TableUse, readonly ItemPermission[]>> = {
  /** It tells producers who they are, too, and commits what a group has read with what was made of
   * it. */
  produce: [
    on([...ofTopics, transactions, ofEachGroup], read),
    on([partitions, ...ofProducers, idempotencyKeys, transactions, valves], put),
    on([partitions, ...ofProducers, ofEachGroup, valves], update),
  ],
  fetch: [on(ofTopics, read)],
  /** What it reads for a consumer it cannot change. */
  groups: [on([...ofTopics, ...ofGroups], read), on(ofGroups, [...append, ...remove])],
  /** It looks at dead letters, and puts them back. */
  subscriptions: [
    on([...ofTopics, ...ofSubscriptions, transactions], read),
    on([partitions, ...ofSubscriptions, transactions], append),
    on([doomed, ...ofSubscriptions], remove),
  ],
  topics: [
    // A partition that is added is marked if subscriptions follow its topic.
    on([...ofTopics, routes], read),
    on(ofTopics, update),
    on([...ofTopics, doomed], [...put, ...remove]),
  ],
  route: [on([routes], query), on([ofEachGroup], get)],
  /** It appends dead letters, too. */
  deliver: [
    on([...ofTopics, ofEachGroup, subscriptions, transactions], read),
    on([partitions, ofEachGroup, valves, transactions], append),
  ],
  /** It marks heads as followed, and leads a subscription to a topic that was made anew. */
  sweep: [
    on([...ofTopics, ofEachGroup, subscriptions], read),
    on([partitions], update),
    on([subscriptions, routes], put),
    on([routes, doomed], remove),
  ],
  ingest: [
    on([...ofTopics, transactions, marks], read),
    on([partitions, transactions, marks, valves], put),
    on([partitions, valves], update),
  ],
  provision: [
    on(provisioned, read),
    on([...ofTopics, ofEachGroup], update),
    on([...provisioned, doomed], [...put, ...remove]),
  ],
  /** It raises what a log begins with, and rewrites and removes chunks. */
  upkeep: [on(ofTopics, read), on([partitions], append), on([partitions, doomed], remove)],
  /** It clears away what deleted topics and groups have left, ends groups that are forgotten, sees
   * what partitions name, and fences them. */
  collect: [
    on([...ofTopics, doomed, ...ofGroups, routes], read),
    on([partitions, doomed, ofEachGroup], update),
    // A target without those whose sessions are over.
    on([ofEachGroup], put),
    on([...ofTopics, ...ofGroups, routes], remove),
  ],
  /** It notes that a key was used. */
  authorize: [on([keys], [...get, ...update])],
  keys: [on([keys], [...read, ...append, ...remove])],
  readAcls: [on([acls], read)],
  manageAcls: [on([acls], [...read, ...put, ...remove])],
};

export function isRead({ actions }: ItemPermission): boolean {
  return actions.every((action) => read.includes(action));
}

/** Every partition key that a request names is one of those. A request that named none would pass
 * "every", so there must be one.
 * Sources: DynamoDB's "Using IAM policy conditions for fine-grained access control"; IAM's "Set
 * operators for multivalued context keys". */
function on(partitionKeys: readonly string[], actions: string[]): ItemPermission {
  const conditions = {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitionKeys },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
  return { actions, conditions };
}

const keyToRead = ['kms:Decrypt', 'kms:DescribeKey'];
const keyToWrite = [...keyToRead, 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

/** None where DynamoDB has a key of its own. It uses one of the account's in the name of whoever
 * calls, so that a role without leave of the key can do nothing with the table.
 * Source: DynamoDB's "DynamoDB encryption usage notes"; the actions are those of CDK's own grants
 * of a Table. */
export function tableKeyPermissions(
  { encryptionKey: key }: ITable,
  { writes }: { readonly writes: boolean },
): readonly Permission[] {
  const actions = writes ? keyToWrite : keyToRead;
  return key === undefined ? [] : [{ actions, resources: [key.keyArn] }];
}
