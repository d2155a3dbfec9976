// What a role's policy says of the table beside actions: on which items, and what is asked about
// the table's own key. DynamoDB uses that in the name of whoever calls, so that a role without
// leave of the key can do nothing with the table.

import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Permission } from './engine-function.ts';

const toRead = ['kms:Decrypt', 'kms:DescribeKey'];
const toWrite = [...toRead, 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

/** None where DynamoDB has a key of its own.
 * Source: DynamoDB's "DynamoDB encryption usage notes"; the actions are those of CDK's own grants
 * of a Table. */
export function tableKeyPermissions(
  { encryptionKey: key }: ITable,
  { writes }: { readonly writes: boolean },
): readonly Permission[] {
  return key === undefined ? [] : [{ actions: writes ? toWrite : toRead, resources: [key.keyArn] }];
}

/** Every partition key that a request names is one of those. A request that named none would pass
 * "every", so there must be one.
 * Sources: DynamoDB's "Using IAM policy conditions for fine-grained access control"; IAM's "Set
 * operators for multivalued context keys". */
export function onItemsOf(partitionKeys: readonly string[]): Permission['conditions'] {
  return {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitionKeys },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  };
}
