// Table and bucket are made where they are absent; what is there already is left alone.

import { afterEach, expect, test } from 'vitest';
import { dynamodbClient, s3Client } from '../../shared/aws/clients.ts';
import { createBucket, createTable } from '../../shared/aws/create-stores.ts';
import { emulatorCredentials } from '../emulators/credentials.ts';
import { startScriptedServer } from '../emulators/scripted-server.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

test.each(['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'])('%s is no error', async (code) => {
  const client = s3Client(await answering(`<Error><Code>${code}</Code></Error>`));
  await createBucket(client, 'segments');
});

test('a table that is there is no error', async () => {
  const client = dynamodbClient(await answering('{"__type":"ResourceInUseException"}'));
  await createTable(client, 'sluice');
});

test('anything else is', async () => {
  const noBucket = s3Client(await answering('<Error><Code>InvalidBucketName</Code></Error>'));
  await expect(createBucket(noBucket, 'segments')).rejects.toThrow();
  const noTable = dynamodbClient(await answering('{"__type":"ValidationException"}'));
  await expect(createTable(noTable, 'sluice')).rejects.toThrow();
});

async function answering(body: string) {
  const server = await startScriptedServer((request, response) => {
    request.resume().on('end', () => response.writeHead(409).end(body));
  });
  closing.push(server.stop);
  return { endpoint: server.endpoint, ...emulatorCredentials };
}
