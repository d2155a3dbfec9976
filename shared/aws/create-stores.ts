// Makes the table and the bucket in an emulator. In an account the stack makes them, with all that
// real ones need (recovery, encryption, the stream): no function imports this file.

import {
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { tableKeyNames } from '../contract.ts';

/** A table that is there already is no error. */
export async function createTable(client: DynamoDBClient, tableName: string): Promise<void> {
  const { partition, sort } = tableKeyNames;
  const command = new CreateTableCommand({
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: partition, KeyType: 'HASH' },
      { AttributeName: sort, KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: partition, AttributeType: 'S' },
      { AttributeName: sort, AttributeType: 'S' },
    ],
  });
  await client.send(command).catch((failure: unknown) => {
    if (!(failure instanceof ResourceInUseException)) throw failure;
  });
}

/** A bucket that is there already is no error, whoever an emulator thinks owns it. */
export async function createBucket(client: S3Client, bucketName: string): Promise<void> {
  const there = ['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'];
  await client.send(new CreateBucketCommand({ Bucket: bucketName })).catch((failure: unknown) => {
    if (!(failure instanceof S3ServiceException && there.includes(failure.name))) throw failure;
  });
}
