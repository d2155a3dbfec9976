// The chunks that the table's stream tells of, in the engine's words.

import type { DynamoDBStreamEvent } from 'aws-lambda';
import { tableKeyNames } from '../shared/contract.ts';
import type { PartitionId } from '../shared/ids.ts';
import { partitionOfPk } from '../shared/store/items.ts';

/** Whether it is the stream's. What a schedule sends has no records. */
export function isTold(event: object): event is DynamoDBStreamEvent {
  return 'Records' in event;
}

/** The partitions of the chunks, each once. Which changes the stream tells of at all, the mapping's
 * filter says. */
export function rolledIn({ Records }: DynamoDBStreamEvent): readonly PartitionId[] {
  const pks = new Set(Records.map((one) => one.dynamodb?.Keys?.[tableKeyNames.partition]?.S ?? ''));
  return [...pks].flatMap((pk) => partitionOfPk(pk) ?? []);
}
