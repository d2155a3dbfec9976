// The embedded server, or fsck, over S3 and DynamoDB, or over emulators of them, whose bucket and
// table the server makes.

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

/** In emulators what is not there is made. */
export async function openAwsStores(options: AwsOptions): Promise<OpenStores> {
  const { s3Endpoint, dynamodbEndpoint, bucket, table } = options;
  const clients = clientsOf(options);
  if (isEmulator(s3Endpoint)) await createBucket(clients.s3, bucket);
  if (isEmulator(dynamodbEndpoint)) await createTable(clients.dynamodb, table);
  return storesOf(options, clients);
}

/** As they are: of what is not there, the first call fails. */
export function findAwsStores(options: AwsOptions): OpenStores {
  return storesOf(options, clientsOf(options));
}

/** The table alone. */
export function findAwsTable({
  dynamodbEndpoint,
  table: tableName,
}: Pick<AwsOptions, 'dynamodbEndpoint' | 'table'>) {
  const client = dynamodbClient(clientOptions(dynamodbEndpoint));
  return {
    table: dynamodbTable({ client, tableName }),
    close: async () => client.destroy(),
  };
}

function clientsOf({ s3Endpoint, dynamodbEndpoint }: AwsOptions) {
  return {
    s3: s3Client(clientOptions(s3Endpoint)),
    dynamodb: dynamodbClient(clientOptions(dynamodbEndpoint)),
  };
}

function storesOf(
  { bucket, table: tableName }: AwsOptions,
  { s3, dynamodb }: ReturnType<typeof clientsOf>,
): OpenStores {
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
 * region where no endpoint says one, the SDK finds in the environment.
 * Source: "AWS service endpoints". */
export function clientOptions(endpoint: string | undefined): ClientOptions {
  if (endpoint === undefined) return {};
  if (isEmulator(endpoint)) return { endpoint, ...emulator };
  const { hostname } = new URL(endpoint);
  const [, region] = /\.([a-z]+(?:-[a-z]+)+-\d+)\.(?:vpce\.)?amazonaws\.com\b/.exec(hostname) ?? [];
  return { endpoint, ...(region !== undefined && { region }) };
}

/** Of this machine: whatever is there keeps what a test wrote, and makes what it is asked for. */
function isEmulator(endpoint: string | undefined): boolean {
  return endpoint !== undefined && loopbackNames.has(new URL(endpoint).hostname);
}
