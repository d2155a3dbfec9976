// A partition that is to be looked after, as the body of a message, and back. The grammar, as one
// JSON object:
//
//     topicId    a string: 22 of base64url
//     partition  a whole number
//
// Members that are not known are passed over: a later version may have more to say, and a survey
// finds what nobody understood.

import type { PartitionId } from '../ids.ts';
import { membersOf, partitionIn } from './message-text.ts';

export function upkeepText({ topicId, partition }: PartitionId): string {
  return JSON.stringify({ topicId, partition });
}

/** @returns undefined: it names no partition. */
export function readUpkeep(body: string): PartitionId | undefined {
  return partitionIn(membersOf<keyof PartitionId>(body));
}
