// AWS's own DynamoDB Local, in memory, from the jar that an npm package carries. It is the judge of
// the table's adapter: what it refuses, our expressions may not say.
// It never shows TransactionConflict, and its size() of a string is not DynamoDB's.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe } from 'vitest';
import { dynamodbClient } from '../../shared/aws/clients.ts';
import { createTable } from '../../shared/aws/create-stores.ts';
import { dynamodbTable } from '../../shared/aws/dynamodb-table.ts';
import type { OpenTable } from '../contract/table-contract.ts';
import { type Emulator, startChildServer, stoppedUnless } from './child-server.ts';
import { emulatorCredentials } from './credentials.ts';

const folder = new URL('../../node_modules/amplify-dynamodb-simulator/emulator/', import.meta.url);
/** The embedded engine's own default. */
const tableName = 'sluice';
/** A JVM that has just begun, on a busy machine, is slower than DynamoDB. */
const patienceMillis = 30_000;

/** A describe that runs where there is a Java, and says by its name when it is skipped for want of
 * one.
 * @throws Error where CI is true: there nothing is skipped in silence. */
export function describeWithDynamodbLocal(body: () => void): void {
  if (hasJava()) return void describe('DynamoDB Local', body);
  if (process.env['CI'] === 'true') throw new Error('DynamoDB Local needs java, and there is none');
  describe.skip('DynamoDB Local (skipped: no java on this machine)', body);
}

function hasJava(): boolean {
  return spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;
}

/** A server of its own with an empty table; closing ends both. */
export async function openDynamodbLocalTable(): Promise<OpenTable> {
  const emulator = await startDynamodbLocal();
  const client = patientClient(emulator);
  const close = () => {
    client.destroy();
    return emulator.stop();
  };
  return { table: dynamodbTable({ client, tableName }), close };
}

/** With its table made: an engine does not wait as long for a first call. */
export async function startDynamodbLocal(): Promise<Emulator> {
  const emulator = await startServer();
  const client = patientClient(emulator);
  await stoppedUnless(emulator, createTable(client, tableName));
  client.destroy();
  return emulator;
}

function patientClient({ endpoint }: Emulator): DynamoDBClient {
  const patience = { callMillisMax: patienceMillis, connectMillisMax: patienceMillis };
  return dynamodbClient({ endpoint, ...emulatorCredentials, ...patience });
}

function startServer(): Promise<Emulator> {
  const libraries = fileURLToPath(new URL('DynamoDBLocal_lib', folder));
  const jar = fileURLToPath(new URL('DynamoDBLocal.jar', folder));
  const heap = '-Xmx256m';
  const flags = ['-inMemory', '-sharedDb', '-disableTelemetry', '-port'];
  return startChildServer('java', (port) => [
    heap,
    `-Djava.library.path=${libraries}`,
    '-jar',
    jar,
    ...flags,
    String(port),
  ]);
}
