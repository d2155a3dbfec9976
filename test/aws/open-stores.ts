// The real adapters over the real clients, at the endpoints that a test gives.

import { type ClientOptions, dynamodbClient, s3Client } from '../../shared/aws/clients.ts';
import { dynamodbTable } from '../../shared/aws/dynamodb-table.ts';
import { s3Objects } from '../../shared/aws/s3-objects.ts';
import type { OpenObjects } from '../contract/objects-contract.ts';
import type { OpenTable } from '../contract/table-contract.ts';
import type { Emulator } from '../emulators/child-server.ts';
import { emulatorCredentials } from '../emulators/credentials.ts';

/** What startDynamodbLocal makes. */
const tableName = 'sluice';
export const bucketName = 'segments';

type Limits = Pick<ClientOptions, 'callMillisMax' | 'connectMillisMax'>;

/** For a JVM that has just begun, on a busy machine. */
export const patient: Limits = { callMillisMax: 30_000, connectMillisMax: 30_000 };

/** Closing ends the client, and not the emulator. */
export function tableAt({ endpoint }: Emulator, limits: Limits = patient): OpenTable {
  const client = dynamodbClient({ endpoint, ...emulatorCredentials, ...limits });
  const close = async () => client.destroy();
  return { table: dynamodbTable({ client, tableName }), close };
}

export function objectsAt({ endpoint }: Emulator, limits: Limits = patient): OpenObjects {
  const client = s3Client({ endpoint, ...emulatorCredentials, ...limits });
  const close = async () => client.destroy();
  return { objects: s3Objects({ client, bucketName }), close };
}
