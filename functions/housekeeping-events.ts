// What starts housekeeping, in the engine's words: chunks that the table's stream tells of, and
// messages that name partitions.

import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { readUpkeep } from '../shared/aws/upkeep-text.ts';
import { tableKeyNames } from '../shared/contract.ts';
import type { PartitionId } from '../shared/ids.ts';
import { partitionOfPk } from '../shared/store/items.ts';

/** The partitions whose chunks the stream tells of, each once. Which changes it tells of at all,
 * the mapping's filter says. */
export function rolledIn({ Records }: DynamoDBStreamEvent): readonly PartitionId[] {
  const pks = new Set(Records.map((one) => one.dynamodb?.Keys?.[tableKeyNames.partition]?.S ?? ''));
  return [...pks].flatMap((pk) => partitionOfPk(pk) ?? []);
}

/** The partitions that messages name. What names none is passed over: it would be none the next
 * time either. */
export function upkeepIn({ Records }: SQSEvent): readonly PartitionId[] {
  return Records.flatMap(({ body }) => readUpkeep(body) ?? []);
}
