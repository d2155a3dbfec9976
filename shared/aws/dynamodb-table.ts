// The table over DynamoDB: one call of the port is one request, tried once (a query may take more:
// DynamoDB ends a page at 1 MB). Refusals come back with the item that refused, in the same answer;
// one without an item was refused because there is none.
//
// Source: the Amazon DynamoDB API Reference, UpdateItem, TransactWriteItems and Query.

import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DeleteItemInput,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemInput,
  QueryCommand,
  type QueryInput,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemInput,
} from '@aws-sdk/client-dynamodb';
import { assert } from '../assert.ts';
import { tableKeyNames } from '../contract.ts';
import { transactItemsMax } from '../limits.ts';
import type { Item, Key, Write } from '../store/algebra.ts';
import type { Range, Refusal, Table, TransactResult, WriteResult } from '../store/table.ts';
import { compareUtf8 } from '../store/utf8-order.ts';
import { type AttributeValues, toAttributeValues, toItem } from './attribute-values.ts';
import { compileCondition, compileUpdate } from './expressions.ts';
import { cancellationFailure, readFailure, writeFailure } from './store-errors.ts';

/** @param access.client as dynamodbClient (clients.ts) makes it: retries off, every call ended. */
export function dynamodbTable(access: TableAccess): Table {
  return {
    get: (key, { strong }) => get(access, key, strong),
    query: (range) => query(access, range),
    write: (write) => writeOne(access, write),
    transact: (writes) => transact(access, writes),
  };
}

type TableAccess = { readonly client: DynamoDBClient; readonly tableName: string };

async function get(access: TableAccess, key: Key, strong: boolean): Promise<Item | undefined> {
  const command = new GetItemCommand({
    TableName: access.tableName,
    Key: keyValues(key),
    ConsistentRead: strong,
  });
  const { Item: found } = await access.client.send(command).catch(throwReadFailure);
  return found && toItem(found);
}

/** A page may be short, or empty, and not the last: only a missing LastEvaluatedKey says that. */
async function query(access: TableAccess, range: Range): Promise<readonly Item[]> {
  assert(range.limit >= 1, 'a query asks for an item at least');
  if (isEmpty(range)) return [];
  const items: Item[] = [];
  const input = queryInput(access.tableName, range);
  let after: AttributeValues | undefined;
  do {
    const command = new QueryCommand({
      ...input,
      Limit: range.limit - items.length,
      ExclusiveStartKey: after,
    });
    const page = await access.client.send(command).catch(throwReadFailure);
    items.push(...(page.Items ?? []).map(toItem));
    after = page.LastEvaluatedKey;
  } while (after !== undefined && items.length < range.limit);
  return items;
}

/** DynamoDB refuses a BETWEEN whose bounds are the wrong way round. */
function isEmpty({ from, to }: Range): boolean {
  if (from === undefined || to === undefined) return false;
  return compareUtf8(from, to) > 0;
}

function queryInput(tableName: string, range: Range): QueryInput {
  const { pk, from, to } = range;
  const values: AttributeValues = { ':pk': { S: pk } };
  if (from !== undefined) values[':from'] = { S: from };
  if (to !== undefined) values[':to'] = { S: to };
  return {
    TableName: tableName,
    KeyConditionExpression: `#pk=:pk${sortCondition(range)}`,
    ExpressionAttributeNames: {
      '#pk': tableKeyNames.partition,
      ...((from !== undefined || to !== undefined) && { '#sk': tableKeyNames.sort }),
    },
    ExpressionAttributeValues: values,
    ScanIndexForward: range.descending !== true,
    ConsistentRead: range.strong,
  };
}

/** One condition on the sort key is all that a query takes. */
function sortCondition({ from, to }: Range): string {
  if (from !== undefined && to !== undefined) return ' AND #sk BETWEEN :from AND :to';
  if (from !== undefined) return ' AND #sk>=:from';
  return to === undefined ? '' : ' AND #sk<=:to';
}

async function writeOne(access: TableAccess, write: Write): Promise<WriteResult> {
  try {
    return { kind: 'done', item: await sendWrite(access, write) };
  } catch (failure) {
    if (failure instanceof ConditionalCheckFailedException) return refusal(failure.Item);
    throw writeFailure(failure);
  }
}

/** @returns what is there afterwards. */
async function sendWrite(
  { client, tableName }: TableAccess,
  write: Write,
): Promise<Item | undefined> {
  if ('put' in write) {
    await client.send(new PutItemCommand(putInput(tableName, write)));
    return write.put;
  }
  if ('delete' in write) {
    await client.send(new DeleteItemCommand(deleteInput(tableName, write)));
    return undefined;
  }
  const input = updateInput(tableName, write);
  const command = new UpdateItemCommand({ ...input, ReturnValues: 'ALL_NEW' });
  const { Attributes: updated } = await client.send(command);
  assert(updated !== undefined, 'an update that asks for all attributes gets them');
  return toItem(updated);
}

async function transact(access: TableAccess, writes: readonly Write[]): Promise<TransactResult> {
  const { length } = writes;
  assert(length >= 1 && length <= transactItemsMax, `a transaction of ${length} writes`);
  const items = writes.map((write) => transactItem(access.tableName, write));
  try {
    await access.client.send(new TransactWriteItemsCommand({ TransactItems: items }));
    return { kind: 'done' };
  } catch (failure) {
    if (!(failure instanceof TransactionCanceledException)) throw writeFailure(failure);
    return cancelled(failure);
  }
}

/** One condition that does not hold decides, whatever else was in the way: it was looked at, and
 * trying again asks it again.
 * @throws StoreError 'not-done' when no condition was at fault. */
function cancelled(failure: TransactionCanceledException): TransactResult {
  const reasons = failure.CancellationReasons ?? [];
  if (!reasons.some(isRefusal)) {
    throw cancellationFailure(
      reasons.map(({ Code }) => Code ?? ''),
      failure,
    );
  }
  const refusals = reasons.map((reason) => (isRefusal(reason) ? refusal(reason.Item) : undefined));
  return { kind: 'refused', refusals };
}

function isRefusal({ Code }: CancellationReason): boolean {
  return Code === 'ConditionalCheckFailed';
}

function transactItem(tableName: string, write: Write): TransactWriteItem {
  if ('put' in write) return { Put: putInput(tableName, write) };
  if ('delete' in write) return { Delete: deleteInput(tableName, write) };
  return { Update: updateInput(tableName, write) };
}

type Of<Kind extends string> = Extract<Write, { readonly [kind in Kind]: unknown }>;

function putInput(tableName: string, { put, if: condition }: Of<'put'>) {
  return {
    TableName: tableName,
    Item: toAttributeValues(put),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ...compileCondition(condition),
  } as const satisfies PutItemInput;
}

function updateInput(tableName: string, { update, actions, if: condition }: Of<'update'>) {
  return {
    TableName: tableName,
    Key: keyValues(update),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ...compileUpdate(actions, condition),
  } as const satisfies UpdateItemInput;
}

function deleteInput(tableName: string, { delete: key, if: condition }: Of<'delete'>) {
  return {
    TableName: tableName,
    Key: keyValues(key),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ...compileCondition(condition),
  } as const satisfies DeleteItemInput;
}

function refusal(current: AttributeValues | undefined): Refusal {
  return { kind: 'refused', current: current && toItem(current) };
}

function keyValues({ pk, sk }: Key): AttributeValues {
  return toAttributeValues({ pk, sk });
}

function throwReadFailure(failure: unknown): never {
  throw readFailure(failure);
}
