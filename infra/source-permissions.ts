// What Lambda asks of a function's role to read a queue or a stream for it. Without one of these it
// makes the mapping, and then reads nothing.

import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { wildcards } from './acknowledged.ts';
import type { Permission } from './engine-function.ts';

/** Source: AWSLambdaSQSQueueExecutionRole, among AWS's managed policies. */
export function queuePermissions({ queueArn }: IQueue): readonly Permission[] {
  const actions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
  return [{ actions, resources: [queueArn] }];
}

/** Source: AWSLambdaKinesisExecutionRole, among AWS's managed policies, without what lists streams
 * and what is for consumers of their own. */
export function kinesisPermissions({ streamArn }: IStream): readonly Permission[] {
  const actions = [
    'kinesis:DescribeStream',
    'kinesis:DescribeStreamSummary',
    'kinesis:GetRecords',
    'kinesis:GetShardIterator',
    'kinesis:ListShards',
  ];
  return [{ actions, resources: [streamArn] }];
}

/** @param table it has a stream.
 * Source: DynamoDB's "IAM policy to allow an AWS Lambda function to access DynamoDB stream
 * records". */
export function tableStreamPermissions({
  tableArn,
  tableStreamArn,
}: ITable): readonly Permission[] {
  const actions = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
  return [
    { actions, resources: tableStreamArn === undefined ? [] : [tableStreamArn] },
    {
      actions: ['dynamodb:ListStreams'],
      resources: [`${tableArn}/stream/*`],
      wildcard: wildcards.tableStreams,
    },
  ];
}
