// The table: the item that sequences each partition, and all else that processes must agree on.
//
// - On demand: an idle engine pays for no capacity, and a burst needs none planned.
// - A table of one region. A global table settles two regions' writes by "the last one wins", and a
//   partition sequenced in two places would give one offset twice.
// - The stream shows what each change left: who follows appends needs a head as it is now.

import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import {
  environmentNames,
  leadingKeys,
  tableKeyNames,
  timeToLiveAttribute,
} from '../shared/contract.ts';
import type { EngineFunction, Permission } from './engine-function.ts';

const read = ['dynamodb:GetItem', 'dynamodb:Query'];
const append = ['dynamodb:PutItem', 'dynamodb:UpdateItem'];
const remove = ['dynamodb:DeleteItem'];

const ofTopics = [leadingKeys.topics, `${leadingKeys.partitionPrefix}*`];
const ofGroups = [leadingKeys.groups, `${leadingKeys.groupPrefix}*`];

export interface EngineTableProps {
  readonly removalPolicy: RemovalPolicy;
}

export class EngineTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: EngineTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: tableKeyNames.partition, type: AttributeType.STRING },
      sortKey: { name: tableKeyNames.sort, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.removalPolicy !== RemovalPolicy.DESTROY,
      removalPolicy: props.removalPolicy,
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

  #grant(to: EngineFunction, permissions: readonly Omit<Permission, 'resources'>[]): void {
    const resources = [this.table.tableArn];
    to.allow(
      { [environmentNames.tableName]: this.table.tableName },
      permissions.map((permission) => ({ ...permission, resources })),
    );
  }
}

/** Every partition key that a request names is one of those. A request that named none would pass
 * "every", so there must be one.
 * Sources: DynamoDB's "Using IAM policy conditions for fine-grained access control"; IAM's "Set
 * operators for multivalued context keys". */
function onItemsOf(partitionKeys: readonly string[]): Permission['conditions'] {
  return {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitionKeys },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
}
