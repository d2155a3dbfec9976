// The embedded server over S3 and DynamoDB, or emulators of them, whose bucket and table it makes.

import { dynamodbClient, s3Client } from '../shared/aws/clients.ts';
import { createBucket, createTable } from '../shared/aws/create-stores.ts';
import { dynamodbTable } from '../shared/aws/dynamodb-table.ts';
import { s3Objects } from '../shared/aws/s3-objects.ts';
import type { OpenStores } from './open-stores.ts';
import type { AwsOptions } from './options.ts';

/** The SDK does not sign without some. Emulators take any, but for s3rver, which knows this pair.
 * */
const emulator = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
};

export async function openAwsStores(options: AwsOptions): Promise<OpenStores> {
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
