// A bucket or a table of one's own. What the engine rests on is judged here as far as the app knows
// it: of one that is only named, the rest is its owner's to see to.

import { Stack } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable, type ITable, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { tableKeyNames, timeToLiveAttribute } from '../shared/contract.ts';

/** Two engines with one table are one engine; and with one bucket, each would delete what only the
 * other's table names.
 * @param own who holds the store. @param nameOf it, in whoever is of the same class.
 * @throws TypeError that names the prop: another engine of the app has it. */
export function checkSole<Store extends Construct>(
  prop: string,
  own: Store,
  nameOf: (store: Store) => string,
): void {
  const isOther = (one: unknown): one is Store =>
    one !== own && (one as Store).constructor === own.constructor;
  const others = own.node.root.node.findAll().filter(isOther);
  const holder = others.find((other) => nameOf(other) === nameOf(own));
  if (holder === undefined) return;
  const path = holder.node.scope?.node.path;
  throw new TypeError(`${prop} is that of the engine ${path}: it must be this engine's alone`);
}

/** @throws TypeError that names the prop, what is wrong with it, and what it must be. */
export function checkTable(table: ITable): void {
  const made = table.node.defaultChild;
  if (CfnTable.isCfnTable(made) || CfnGlobalTable.isCfnGlobalTable(made)) checkMade(made);
  if (table.tableStreamArn !== undefined) return;
  throw new TypeError(
    'table has no tableStreamArn: it must be given, as Table.fromTableAttributes',
  );
}

function checkMade(table: CfnTable | CfnGlobalTable): void {
  const stack = Stack.of(table);
  const attributes: readonly CfnTable.AttributeDefinitionProperty[] = stack.resolve(
    table.attributeDefinitions,
  );
  const keys: readonly CfnTable.KeySchemaProperty[] = stack.resolve(table.keySchema);
  const keyOf = (type: string) => {
    const name = keys.find(({ keyType }) => keyType === type)?.attributeName;
    const of = attributes.find(({ attributeName }) => attributeName === name);
    return of === undefined ? 'none' : `'${of.attributeName}' (${of.attributeType})`;
  };
  const stream = stack.resolve(table.streamSpecification)?.streamViewType ?? 'none';
  const expiry = stack.resolve(table.timeToLiveSpecification);
  check('partition key', keyOf('HASH'), `'${tableKeyNames.partition}' (S)`);
  check('sort key', keyOf('RANGE'), `'${tableKeyNames.sort}' (S)`);
  // The old image is only more to read.
  const isStream = stream === StreamViewType.NEW_AND_OLD_IMAGES;
  check('stream', isStream ? StreamViewType.NEW_IMAGE : stream, StreamViewType.NEW_IMAGE);
  const expiring = expiry?.enabled ? `'${expiry.attributeName}'` : 'none';
  check('timeToLiveAttribute', expiring, `'${timeToLiveAttribute}'`);
  if (!CfnGlobalTable.isCfnGlobalTable(table)) return;
  // Two regions' writes are settled by "the last one wins": one offset would be given twice.
  check('number of regions', String(stack.resolve(table.replicas).length), '1');
}

function check(what: string, found: string, wanted: string): void {
  if (found === wanted) return;
  throw new TypeError(`table: its ${what} is ${found}: it must be ${wanted}`);
}
