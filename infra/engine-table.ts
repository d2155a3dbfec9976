// The table: the item that sequences each partition, and all else that processes must agree on.
//
// - On demand: an idle engine pays for no capacity, and a burst needs none planned.
// - A table of one region. A global table settles two regions' writes by "the last one wins", and a
//   partition sequenced in two places would give one offset twice.
// - It is a Table, not a TableV2, which cannot have a key of one's own where the stack names no
//   region.
// - The stream shows what each change left: who follows appends needs a head as it is now.

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  type ITable,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  EventSourceMapping,
  type EventSourceMappingOptions,
  FilterCriteria,
  FilterRule,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import {
  environmentNames,
  followedHead,
  leadingKeys,
  rolledChunk,
  tableKeyNames,
  timeToLiveAttribute,
} from '../shared/contract.ts';
import { rollsGatherMillis } from '../shared/housekeeping-limits.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { EngineFunction, Permission } from './engine-function.ts';
import { checkSole, checkTable, isSameTable } from './given-stores.ts';
import { tableStreamPermissions } from './source-permissions.ts';
import { onItemsOf, tableKeyPermissions } from './table-permissions.ts';

const read = ['dynamodb:GetItem', 'dynamodb:Query'];
const append = ['dynamodb:PutItem', 'dynamodb:UpdateItem'];
const put = ['dynamodb:PutItem'];
const update = ['dynamodb:UpdateItem'];
const remove = ['dynamodb:DeleteItem'];

const { topics, doomed, groups, subscriptions, acls, keys } = leadingKeys;
const partitions = `${leadingKeys.partitionPrefix}*`;
const ofEachGroup = `${leadingKeys.groupPrefix}*`;
const transactions = `${leadingKeys.transactionPrefix}*`;
const routes = `${leadingKeys.routePrefix}*`;
const marks = `${leadingKeys.markPrefix}*`;
const valves = `${leadingKeys.valvePrefix}*`;

const ofTopics = [topics, partitions];
const ofGroups = [groups, ofEachGroup];

export interface EngineTableProps {
  /** @default one is made */
  readonly table?: ITable;
  /** Of one that is made. @default a key that DynamoDB owns */
  readonly tableEncryptionKey?: IKey;
  readonly removalPolicy: RemovalPolicy;
}

export class EngineTable extends Construct {
  readonly table: ITable;

  constructor(scope: Construct, id: string, props: EngineTableProps) {
    super(scope, id);
    if (props.table !== undefined) checkTable(props.table);
    this.table = props.table ?? this.#make(props);
    if (props.table === undefined) return;
    checkSole('table', this, (own, other) => isSameTable(own.table, other.table));
  }

  #make({ removalPolicy, tableEncryptionKey: encryptionKey }: EngineTableProps): Table {
    const encryption = encryptionKey && TableEncryption.CUSTOMER_MANAGED;
    return new Table(this, 'Table', {
      partitionKey: { name: tableKeyNames.partition, type: AttributeType.STRING },
      sortKey: { name: tableKeyNames.sort, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption,
      encryptionKey,
      deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy,
    });
  }

  /** Lets a function look at partitions. */
  grantRead(to: EngineFunction): void {
    this.#grant(to, [{ actions: read }]);
  }

  /** Lets a function look at partitions, append to them and roll their heads. */
  grantAppend(to: EngineFunction): void {
    this.#grant(to, [{ actions: [...read, ...append] }]);
  }

  /** Lets a function make, change and remove topics. A transaction asks for no action of its own,
   * only for those of the writes in it. */
  grantAdminister(to: EngineFunction): void {
    this.#grant(to, [{ actions: [...read, ...append, ...remove] }]);
  }

  /** Lets a function look at topics and their partitions, and look at and write groups: what it
   * reads for a consumer it cannot change. */
  grantCoordinate(to: EngineFunction): void {
    this.#grant(to, [
      { actions: read, conditions: onItemsOf([...ofTopics, ...ofGroups]) },
      { actions: [...append, ...remove], conditions: onItemsOf(ofGroups) },
    ]);
  }

  /** Lets a function find who is to be woken for a topic's appends. */
  grantRoute(to: EngineFunction): void {
    this.#grant(to, [
      { actions: ['dynamodb:Query'], conditions: onItemsOf([routes]) },
      { actions: ['dynamodb:GetItem'], conditions: onItemsOf([ofEachGroup]) },
    ]);
  }

  /** Lets a function look at what subscriptions read and how far they are, move that on, and append
   * dead letters. */
  grantDeliver(to: EngineFunction): void {
    const seen = [...ofTopics, ofEachGroup, subscriptions, transactions];
    const written = [partitions, ofEachGroup, valves, transactions];
    this.#grant(to, [
      { actions: read, conditions: onItemsOf(seen) },
      { actions: append, conditions: onItemsOf(written) },
    ]);
  }

  /** Lets a function look at what subscriptions have left, mark heads as followed, and lead a
   * subscription to a topic that was made anew. */
  grantSweep(to: EngineFunction): void {
    this.#grant(to, [
      { actions: read, conditions: onItemsOf([...ofTopics, ofEachGroup, subscriptions]) },
      { actions: update, conditions: onItemsOf([partitions]) },
      { actions: put, conditions: onItemsOf([subscriptions, routes]) },
      { actions: remove, conditions: onItemsOf([routes, doomed]) },
    ]);
  }

  /** Lets a function append what was not brought before. */
  grantIngest(to: EngineFunction): void {
    this.#grant(to, [
      { actions: read, conditions: onItemsOf([...ofTopics, transactions, marks]) },
      { actions: put, conditions: onItemsOf([partitions, transactions, marks, valves]) },
      { actions: update, conditions: onItemsOf([partitions, valves]) },
    ]);
  }

  /** Lets a function make, change and end subscriptions, look at dead letters, and put them
   * back. */
  grantSubscribe(to: EngineFunction): void {
    const own = [...ofGroups, subscriptions, routes];
    this.#grant(to, [
      { actions: read, conditions: onItemsOf([...ofTopics, ...own, transactions]) },
      { actions: append, conditions: onItemsOf([partitions, ...own, transactions]) },
      { actions: remove, conditions: onItemsOf([doomed, ...own]) },
    ]);
  }

  /** Lets a function make, change and end topics and subscriptions. */
  grantProvision(to: EngineFunction): void {
    const seen = [...ofTopics, ...ofGroups, subscriptions, routes];
    this.#grant(to, [
      { actions: read, conditions: onItemsOf(seen) },
      { actions: update, conditions: onItemsOf([...ofTopics, ofEachGroup]) },
      { actions: [...put, ...remove], conditions: onItemsOf([...seen, doomed]) },
    ]);
  }

  /** Lets a function raise what a log begins with, and rewrite and remove chunks. */
  grantUpkeep(to: EngineFunction): void {
    this.#grant(to, [
      { actions: read, conditions: onItemsOf(ofTopics) },
      { actions: append, conditions: onItemsOf([partitions]) },
      { actions: remove, conditions: onItemsOf([partitions, doomed]) },
    ]);
  }

  /** Lets a function clear away what deleted topics and groups have left, end groups that are
   * forgotten, see what partitions name, and fence them. */
  grantCollect(to: EngineFunction): void {
    this.#grant(to, [
      { actions: read, conditions: onItemsOf([...ofTopics, doomed, ...ofGroups, routes]) },
      { actions: update, conditions: onItemsOf([partitions, doomed, ofEachGroup]) },
      // A target without those whose sessions are over.
      { actions: put, conditions: onItemsOf([ofEachGroup]) },
      { actions: remove, conditions: onItemsOf([...ofTopics, ...ofGroups, routes]) },
    ]);
  }

  /** Lets a function see what callers may do. */
  grantReadAcls(to: EngineFunction): void {
    this.#grant(to, [{ actions: read, conditions: onItemsOf([acls]) }]);
  }

  /** Lets a function see whose an API key is, and note that it was used. */
  grantAuthenticate(to: EngineFunction): void {
    const actions = ['dynamodb:GetItem', ...update];
    this.#grant(to, [{ actions, conditions: onItemsOf([keys]) }]);
  }

  /** Lets a function make, change and end API keys. */
  grantManageKeys(to: EngineFunction): void {
    const actions = [...read, ...append, ...remove];
    this.#grant(to, [{ actions, conditions: onItemsOf([keys]) }]);
  }

  /** Has a function told of the appends to heads that are followed, and of nothing else. What it
   * cannot be told is set aside, so that a shard goes on; a sweep finds what that was about.
   * @returns where it is set aside */
  announceTo(router: EngineFunction): DeadLetterQueue {
    const { sortKey, attribute, value } = followedHead;
    const deadLetters = new DeadLetterQueue(this, 'UnroutedAppends');
    this.#tell(router, 'Appends', {
      deadLetters,
      pattern: {
        eventName: FilterRule.or('INSERT', 'MODIFY'),
        dynamodb: {
          Keys: { [tableKeyNames.sort]: { S: FilterRule.isEqual(sortKey) } },
          NewImage: { [attribute]: { S: FilterRule.isEqual(value) } },
        },
      },
      // Many changes of a partition are told on as one: a batch costs little more than a record.
      how: { batchSize: 1_000, bisectBatchOnError: true, retryAttempts: 10 },
    });
    return deadLetters;
  }

  /** Has a function told of the chunks that rolls put, and not of those that are rewritten. Of a
   * partition it is told by one invocation at a time.
   * @param options.deadLetters where what it cannot be told is set aside
   * @param options.concurrency invocations at once for each shard, 1 to 10 */
  announceRollsTo(
    to: EngineFunction,
    { deadLetters, concurrency }: { deadLetters: DeadLetterQueue; concurrency: number },
  ): void {
    this.#tell(to, 'Rolls', {
      deadLetters,
      pattern: {
        eventName: FilterRule.isEqual('INSERT'),
        dynamodb: {
          Keys: {
            [tableKeyNames.sort]: { S: FilterRule.beginsWith(rolledChunk.sortKeyPrefix) },
          },
        },
      },
      // Nobody waits for it: five minutes' rolls of a partition are one look at it. Those of all
      // that are told of are made whatever one of them fails on, so halves would do no better.
      how: {
        batchSize: 10_000,
        maxBatchingWindow: Duration.millis(rollsGatherMillis),
        parallelizationFactor: concurrency,
        retryAttempts: 2,
      },
    });
  }

  /** DynamoDB lets two read a shard at once, and slows a third down. These are the two.
   * Source: DynamoDB's "Change data capture for DynamoDB Streams". */
  #tell(to: EngineFunction, id: string, { deadLetters, pattern, how }: Telling): void {
    to.allow(tableStreamPermissions(this.table));
    new EventSourceMapping(this, id, {
      target: to.function,
      eventSourceArn: this.table.tableStreamArn,
      // Of a shard that was there before the mapping nothing is missed.
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [FilterCriteria.filter(pattern)],
      onFailure: deadLetters.takesFrom(to),
      ...how,
    });
  }

  #grant(to: EngineFunction, permissions: readonly Omit<Permission, 'resources'>[]): void {
    const resources = [this.table.tableArn];
    const ofTable = permissions.map((permission) => ({ ...permission, resources }));
    const writes = permissions.some(({ actions }) => actions.some((one) => !read.includes(one)));
    to.allow([...ofTable, ...tableKeyPermissions(this.table, { writes })], {
      [environmentNames.tableName]: this.table.tableName,
    });
  }
}

interface Telling {
  readonly deadLetters: DeadLetterQueue;
  /** Of the changes that are told. */
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly how: Omit<EventSourceMappingOptions, 'eventSourceArn' | 'startingPosition'>;
}
