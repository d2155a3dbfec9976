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
  rolledChunk,
  tableKeyNames,
  timeToLiveAttribute,
} from '../../shared/contract.ts';
import { rollsGatherMillis } from '../../shared/housekeeping-limits.ts';
import { DeadLetterQueue } from '../dead-letter-queue.ts';
import type { EngineFunction } from '../engine-function.ts';
import { tableStreamPermissions } from '../source-permissions.ts';
import { checkSole, checkTable, isSameTable } from './given-stores.ts';
import {
  isRead,
  itemPermissions,
  type TableUse,
  tableKeyPermissions,
} from './table-permissions.ts';

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

  /** Lets a function do what it is for, or what it does about ACLs, and no more. */
  grant(to: EngineFunction, use: TableUse): void {
    const resources = [this.table.tableArn];
    const permissions = itemPermissions[use].map((one) => ({ ...one, resources }));
    const writes = !itemPermissions[use].every(isRead);
    to.allow([...permissions, ...tableKeyPermissions(this.table, { writes })], {
      [environmentNames.tableName]: this.table.tableName,
    });
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
}

interface Telling {
  readonly deadLetters: DeadLetterQueue;
  /** Of the changes that are told. */
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly how: Omit<EventSourceMappingOptions, 'eventSourceArn' | 'startingPosition'>;
}
