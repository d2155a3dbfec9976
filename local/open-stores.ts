// The two stores of the embedded engine: on disk, in memory, or in an account or its emulators.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dynamodbClient, s3Client } from '../shared/aws/clients.ts';
import { createBucket, createTable } from '../shared/aws/create-stores.ts';
import { dynamodbTable } from '../shared/aws/dynamodb-table.ts';
import { s3Objects } from '../shared/aws/s3-objects.ts';
import type { Stores } from '../shared/store/counted.ts';
import { openFileObjects } from './file-objects.ts';
import { memoryObjects } from './memory-objects.ts';
import type { AwsOptions, StoreOptions } from './options.ts';
import { openSqliteTable } from './sqlite-table.ts';

export type OpenStores = Stores & {
  /** Where the data is, for people. */
  readonly place: string;
  /** Whether this process alone writes to the table. */
  readonly alone: boolean;
  readonly close: () => Promise<void>;
};

/** @throws Error when the place cannot be used: another process has it, or it is not writable. */
export async function openStores(options: StoreOptions): Promise<OpenStores> {
  switch (options.kind) {
    case 'memory': {
      const { table, close } = openSqliteTable({ path: ':memory:' });
      return { table, objects: memoryObjects(), place: 'memory', alone: true, close };
    }
    case 'directory': {
      const { directory } = options;
      await mkdir(directory, { recursive: true });
      // The table first: it is what keeps a second process out.
      const { table, close } = openSqliteTable({ path: join(directory, 'table.sqlite') });
      const objects = openFileObjects({ directory });
      return { table, objects, place: directory, alone: true, close };
    }
    case 'aws':
      return openAwsStores(options);
  }
}

/** Emulators take any, but the SDK does not sign without some. */
const emulator = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

async function openAwsStores(options: AwsOptions): Promise<OpenStores> {
  const { s3Endpoint, dynamodbEndpoint, bucket, table: tableName } = options;
  const clientFor = (endpoint: string | undefined) => ({
    ...(endpoint !== undefined && { endpoint }),
    ...(isLoopback(endpoint) && emulator),
  });
  const s3 = s3Client(clientFor(s3Endpoint));
  const dynamodb = dynamodbClient(clientFor(dynamodbEndpoint));
  if (isLoopback(s3Endpoint)) await createBucket(s3, bucket);
  if (isLoopback(dynamodbEndpoint)) await createTable(dynamodb, tableName);
  return {
    objects: s3Objects({ client: s3, bucketName: bucket }),
    table: dynamodbTable({ client: dynamodb, tableName }),
    place: `bucket ${bucket} and table ${tableName}`,
    alone: false,
    close: async () => {
      s3.destroy();
      dynamodb.destroy();
    },
  };
}

function isLoopback(endpoint: string | undefined): boolean {
  if (endpoint === undefined) return false;
  const { hostname } = new URL(endpoint);
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
