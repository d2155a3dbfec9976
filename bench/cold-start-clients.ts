// What a function cannot do without: the two clients, as shared/aws makes them, and the commands
// that its adapters send. Beside it stands how long the functions themselves take to start.

import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const configuration = () => ({ maxAttempts: 1, requestHandler: new NodeHttpHandler() });

export const clients = [new DynamoDBClient(configuration()), new S3Client(configuration())];

export const commands = [
  DeleteItemCommand,
  DeleteObjectsCommand,
  GetItemCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutItemCommand,
  PutObjectCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
];
