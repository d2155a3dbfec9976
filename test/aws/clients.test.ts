// The clients end what hangs, try once, and tell what was never sent from what may have been done.
// Servers that hang do so for ever, so that the limits, small here, are what ends the calls.

import type { RequestListener, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { type ClientOptions, dynamodbClient, s3Client } from '../../shared/aws/clients.ts';
import { dynamodbTable } from '../../shared/aws/dynamodb-table.ts';
import { s3Objects } from '../../shared/aws/s3-objects.ts';
import type { Objects } from '../../shared/store/objects.ts';
import type { Table } from '../../shared/store/table.ts';
import { emulatorCredentials } from '../emulators/credentials.ts';
import { startScriptedServer } from '../emulators/scripted-server.ts';

const key = { pk: 'p', sk: 's' };
const objectKey = 'segments/00/object';
const notDone = { name: 'StoreError', outcome: 'not-done', reason: 'unavailable' };
const unknown = { name: 'StoreError', outcome: 'unknown', reason: 'unavailable' };

const impatient = { callMillisMax: 400 };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

describe('a server that takes the request and never answers', () => {
  const never: RequestListener = () => {};

  test('leaves a write unknown', async () => {
    const { table, objects } = await storesAt(never, impatient);
    await expect(table.write({ put: key })).rejects.toMatchObject(unknown);
    await expect(table.transact([{ put: key }])).rejects.toMatchObject(unknown);
    await expect(putOf(objects, 1)).rejects.toMatchObject(unknown);
    await expect(objects.delete([objectKey])).rejects.toMatchObject(unknown);
  });

  test('leaves a read not done', async () => {
    const { table, objects } = await storesAt(never, impatient);
    const range = { pk: 'p', limit: 1, strong: true };
    await expect(table.get(key, { strong: true })).rejects.toMatchObject(notDone);
    await expect(table.query(range)).rejects.toMatchObject(notDone);
    await expect(readOf(objects)).rejects.toMatchObject(notDone);
    await expect(objects.list({ prefix: '', limit: 1 })).rejects.toMatchObject(notDone);
  });
});

describe('an answer that begins and does not end', () => {
  test('ends the call when it stalls', async () => {
    const { table, objects } = await storesAt((_, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('{');
    }, impatient);
    await expect(table.write({ put: key })).rejects.toMatchObject(unknown);
    await expect(readOf(objects)).rejects.toMatchObject(notDone);
  });

  test('ends the call when it drips: no byte gives it new time', async () => {
    const { table, objects } = await storesAt((_, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    }, impatient);
    await expect(table.write({ put: key })).rejects.toMatchObject(unknown);
    await expect(readOf(objects)).rejects.toMatchObject(notDone);
  });

  test('fails the call when it breaks off', async () => {
    const { table, objects } = await storesAt((_, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('{', () => response.destroy());
    });
    await expect(table.write({ put: key })).rejects.toMatchObject(unknown);
    await expect(readOf(objects)).rejects.toMatchObject(notDone);
  });
});

describe('a connection', () => {
  test('that is refused sent nothing', async () => {
    const { table, objects } = stores(await closedEndpoint());
    await expect(table.write({ put: key })).rejects.toMatchObject(notDone);
    await expect(putOf(objects, 1)).rejects.toMatchObject(notDone);
  });

  test('that is reset under a request leaves a write unknown', async () => {
    const { table, objects } = await storesAt((request) => request.socket.resetAndDestroy());
    await expect(table.write({ put: key })).rejects.toMatchObject(unknown);
    await expect(putOf(objects, 1)).rejects.toMatchObject(unknown);
  });

  test('that none was free for in time sent nothing', async () => {
    const held = Promise.withResolvers<ServerResponse>();
    const options = { socketsMax: 1, connectMillisMax: 500 };
    const { table } = await storesAt((_, response) => held.resolve(response), options);
    const first = table.write({ put: key });
    const response = await held.promise;
    await expect(table.write({ put: key })).rejects.toMatchObject(notDone);
    response.end('{}');
    expect(await first).toEqual({ kind: 'done', item: key });
  });
});

test('a call that failed is not tried again', async () => {
  let requests = 0;
  const { table, objects } = await storesAt((_, response) => {
    requests++;
    response.writeHead(500).end();
  });
  await expect(table.write({ put: key })).rejects.toMatchObject(unknown);
  await expect(readOf(objects)).rejects.toMatchObject(notDone);
  expect(requests).toBe(2);
});

test('puts of megabytes go over one connection that stays open', async () => {
  const connections = new Set<unknown>();
  const { objects } = await storesAt((request, response) => {
    connections.add(request.socket);
    request.resume().on('end', () => response.end());
  });
  expect(await putOf(objects, 3_000_000)).toBe('stored');
  expect(await putOf(objects, 3_000_000)).toBe('stored');
  expect(connections.size).toBe(1);
});

type Stores = { readonly table: Table; readonly objects: Objects };

async function storesAt(listener: RequestListener, options: ClientOptions = {}): Promise<Stores> {
  const server = await startScriptedServer(listener);
  closing.push(server.stop);
  return stores(server.endpoint, options);
}

function stores(endpoint: string, options: ClientOptions = {}): Stores {
  const settings = { endpoint, ...emulatorCredentials, ...options };
  const [tableClient, objectsClient] = [dynamodbClient(settings), s3Client(settings)];
  closing.push(
    () => tableClient.destroy(),
    () => objectsClient.destroy(),
  );
  return {
    table: dynamodbTable({ client: tableClient, tableName: 'sluice' }),
    objects: s3Objects({ client: objectsClient, bucketName: 'segments' }),
  };
}

function putOf(objects: Objects, length: number): Promise<string> {
  return objects.put({ key: objectKey, parts: [new Uint8Array(length)], crc32c: 0 });
}

function readOf(objects: Objects): Promise<Uint8Array | undefined> {
  return objects.read({ key: objectKey, position: 0, length: 10 });
}

/** A port on which somebody listened a moment ago. */
async function closedEndpoint(): Promise<string> {
  const server = await startScriptedServer(() => {});
  await server.stop();
  return server.endpoint;
}
