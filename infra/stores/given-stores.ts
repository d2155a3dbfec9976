// A bucket or a table of one's own. What the engine rests on is judged here as far as the app knows
// it: of one that is only named, the rest is its owner's to see to.

import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable, type ITable, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { segmentsPrefix, tableKeyNames, timeToLiveAttribute } from '../../shared/contract.ts';

/** Two engines with one table are one engine; and with one bucket, each would delete what only the
 * other's table names.
 * @param own who holds the store. @param isSame whether another of its class holds the same.
 * @throws TypeError that names the prop: another engine of the app has it. */
export function checkSole<Store extends Construct>(
  prop: string,
  own: Store,
  isSame: (own: Store, other: Store) => boolean,
): void {
  const isOther = (one: unknown): one is Store =>
    one !== own && (one as Store).constructor === own.constructor;
  const others = own.node.root.node.findAll().filter(isOther);
  const holder = others.find((other) => isSame(own, other));
  if (holder === undefined) return;
  const path = holder.node.scope?.node.path;
  throw new TypeError(`${prop} is that of the engine ${path}: it must be this engine's alone`);
}

/** No two buckets have one name, wherever they are. */
export function isSameBucket(one: IBucket, other: IBucket): boolean {
  return one.bucketName === other.bucketName;
}

/** Each region of each account has its own names. Where only the deployment knows the region or the
 * account, it may be the same. */
export function isSameTable(one: ITable, other: ITable): boolean {
  const mayBe = (what: 'account' | 'region') =>
    Token.compareStrings(one.env[what], other.env[what]) !== TokenComparison.DIFFERENT;
  return one.tableName === other.tableName && mayBe('account') && mayBe('region');
}

/** What a rule of the bucket would do to segments, in a few words: those that the app knows by now.
 * They are never tagged, so that a rule about tags is none about them. */
export function lifecycleFaults(bucket: IBucket): string[] {
  const made = bucket.node.defaultChild;
  if (!CfnBucket.isCfnBucket(made)) return [];
  const lifecycle = Stack.of(made).resolve(made.lifecycleConfiguration);
  const rules: readonly CfnBucket.RuleProperty[] = lifecycle?.rules ?? [];
  return rules.filter(isOnSegments).flatMap((rule) => {
    const does = harmOf(rule);
    if (does === undefined) return [];
    const which = `its lifecycle rule for '${rule.prefix ?? ''}*' ${does}`;
    return [`bucket: ${which}: none must expire or archive what is below ${segmentsPrefix}`];
  });
}

function isOnSegments({ status, prefix = '', tagFilters = [] }: CfnBucket.RuleProperty): boolean {
  if (status !== 'Enabled' || typeof prefix !== 'string') return false;
  if (Array.isArray(tagFilters) && tagFilters.length > 0) return false;
  return prefix.startsWith(segmentsPrefix) || segmentsPrefix.startsWith(prefix);
}

/** Of the other classes an object is read at once. */
const archives: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

function harmOf(rule: CfnBucket.RuleProperty): string | undefined {
  if (rule.expirationInDays !== undefined || rule.expirationDate !== undefined) return 'expires';
  const said = [rule.transition ?? [], rule.transitions ?? []].flat();
  const transitions = said as readonly CfnBucket.TransitionProperty[];
  return transitions.some(({ storageClass }) => archives.has(storageClass))
    ? 'archives'
    : undefined;
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
