// The table over DynamoDB: the promises, on DynamoDB Local; and the answers that it never gives,
// from a script.

import { afterEach, describe, expect, test } from 'vitest';
import { dynamodbClient } from '../../shared/aws/clients.ts';
import { dynamodbTable } from '../../shared/aws/dynamodb-table.ts';
import type { Table } from '../../shared/store/table.ts';
import { tableContract } from '../contract/table-contract.ts';
import { emulatorCredentials } from '../emulators/credentials.ts';
import { describeWithDynamodbLocal, openDynamodbLocalTable } from '../emulators/dynamodb-local.ts';
import { startScriptedServer } from '../emulators/scripted-server.ts';

describeWithDynamodbLocal(() => {
  tableContract('the DynamoDB table', openDynamodbLocalTable);
});

const key = { pk: 'p', sk: 's' };
const puts = [{ put: key }, { put: { pk: 'p', sk: 't' } }] as const;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

describe('a cancelled transaction', () => {
  test('is refused when one condition did not hold, whatever else was in the way', async () => {
    const found = { pk: { S: 'p' }, sk: { S: 't' }, n: { N: '5' } };
    const { table } = await tableOf(
      cancelled({ Code: 'TransactionConflict' }, { Code: 'ConditionalCheckFailed', Item: found }),
    );
    expect(await table.transact(puts)).toEqual({
      kind: 'refused',
      refusals: [undefined, { kind: 'refused', current: { pk: 'p', sk: 't', n: 5 } }],
    });
  });

  test.each([
    ['TransactionConflict', 'conflict'],
    ['ThrottlingError', 'throttled'],
    ['ProvisionedThroughputExceeded', 'throttled'],
  ])('of which %s alone was in the way is not done: %s', async (Code, reason) => {
    const { table } = await tableOf(cancelled({ Code: 'None' }, { Code }));
    await expect(table.transact(puts)).rejects.toMatchObject({ outcome: 'not-done', reason });
  });

  test('that is under way already is not done', async () => {
    const { table } = await tableOf(failure('TransactionInProgressException'));
    const conflict = { outcome: 'not-done', reason: 'conflict' };
    await expect(table.transact(puts)).rejects.toMatchObject(conflict);
  });
});

test('a write that meets a transaction is not done', async () => {
  const { table } = await tableOf(failure('TransactionConflictException'));
  const conflict = { outcome: 'not-done', reason: 'conflict' };
  await expect(table.write({ put: key })).rejects.toMatchObject(conflict);
});

test('a query goes on over an empty page that is not the last, for what is left', async () => {
  const item = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });
  const pages = [
    { Items: [item('a')], LastEvaluatedKey: item('a') },
    { Items: [], LastEvaluatedKey: item('b') },
    { Items: [item('c')] },
  ];
  const { table, requests } = await tableOf(...pages.map((page) => ({ status: 200, body: page })));
  const items = await table.query({ pk: 'p', limit: 5, strong: true });
  expect(items.map(({ sk }) => sk)).toEqual(['a', 'c']);
  expect(requests.map(({ Limit, ExclusiveStartKey }) => [Limit, ExclusiveStartKey])).toEqual([
    [5, undefined],
    [4, item('a')],
    [4, item('b')],
  ]);
});

test('a query that has its limit asks no more', async () => {
  const item = { pk: { S: 'p' }, sk: { S: 'a' } };
  const page = { Items: [item], LastEvaluatedKey: item };
  const { table, requests } = await tableOf({ status: 200, body: page });
  expect(await table.query({ pk: 'p', limit: 1, strong: false })).toHaveLength(1);
  expect(requests).toMatchObject([{ ConsistentRead: false }]);
});

test('a range whose ends are the wrong way round is empty, and asks nothing', async () => {
  const { table, requests } = await tableOf();
  const range = { pk: 'p', from: '😀', to: '\uffee', limit: 1, strong: true };
  expect(await table.query(range)).toEqual([]);
  expect(requests).toEqual([]);
});

type Answer = { readonly status: number; readonly body: object };
type Request = { readonly [member: string]: unknown };

function failure(name: string, more: object = {}): Answer {
  return { status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, ...more } };
}

function cancelled(...CancellationReasons: readonly object[]): Answer {
  return failure('TransactionCanceledException', { CancellationReasons });
}

/** A table whose server gives these answers, in their order, and then fails. */
async function tableOf(
  ...answers: readonly Answer[]
): Promise<{ readonly table: Table; readonly requests: readonly Request[] }> {
  const left = [...answers];
  const requests: Request[] = [];
  const server = await startScriptedServer(async (request, response) => {
    requests.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
    const { status, body } = left.shift() ?? { status: 500, body: {} };
    response.writeHead(status).end(JSON.stringify(body));
  });
  const client = dynamodbClient({ endpoint: server.endpoint, ...emulatorCredentials });
  closing.push(server.stop, () => client.destroy());
  return { table: dynamodbTable({ client, tableName: 'sluice' }), requests };
}
