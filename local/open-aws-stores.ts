// The embedded server over S3 and DynamoDB, or over emulators of them, whose bucket and table it
// makes.

import { type ClientOptions, dynamodbClient, s3Client } from '../shared/aws/clients.ts';
import { createBucket, createTable } from '../shared/aws/create-stores.ts';
import { dynamodbTable } from '../shared/aws/dynamodb-table.ts';
import { s3Objects } from '../shared/aws/s3-objects.ts';
import { loopbackNames } from './loopback.ts';
import type { OpenStores } from './open-stores.ts';
import type { AwsOptions } from './options.ts';

/** The SDK does not sign without some. Emulators take any, but for s3rver, which knows this
 * pair. */
const emulator = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
};

export async function openAwsStores(options: AwsOptions): Promise<OpenStores> {
  const { s3Endpoint, dynamodbEndpoint, bucket, table: tableName } = options;
  const s3 = s3Client(clientOptions(s3Endpoint));
  const dynamodb = dynamodbClient(clientOptions(dynamodbEndpoint));
  if (isEmulator(s3Endpoint)) await createBucket(s3, bucket);
  if (isEmulator(dynamodbEndpoint)) await createTable(dynamodb, tableName);
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

/** An account's endpoint says its region, by which requests are signed; who signs them, and the
 * region of an endpoint that is nobody's, the SDK finds in the environment.
 * Source: "AWS service endpoints". */
export function clientOptions(endpoint: string): ClientOptions {
  if (isEmulator(endpoint)) return { endpoint, ...emulator };
  const { hostname } = new URL(endpoint);
  const [, region] = /\.([a-z]+(?:-[a-z]+)+-\d+)\.(?:vpce\.)?amazonaws\.com\b/.exec(hostname) ?? [];
  return { endpoint, ...(region !== undefined && { region }) };
}

/** Of this machine: whatever is there keeps what a test wrote, and makes what it is asked for. */
function isEmulator(endpoint: string): boolean {
  return loopbackNames.has(new URL(endpoint).hostname);
}
