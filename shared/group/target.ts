// A group's target: who should have which partition, in one generation. It is written with the
// change of the group that made it, in one transaction, and replaced by the next: what it says of
// topics is what they were then, so whoever finds them otherwise makes a new one.
//
//     members  a list of incarnations, at most 65,536
//     topics   = topic*, as packed-topic.ts begins it, its count that of its owners: owner*(count)
//     owner    = u16, an index of members

import type { Incarnation, PartitionId, TopicId } from '../ids.ts';
import { readUint16, writeInt16 } from '../record/integers.ts';
import { bytesIn, type Item, numberIn } from '../store/algebra.ts';
import { targetItem, targetKey } from '../store/group-items.ts';
import { packTopic, unpackTopic } from './packed-topic.ts';

export type TargetTopic = {
  readonly name: string;
  readonly id: TopicId;
  /** By partition. */
  readonly owners: readonly Incarnation[];
};

export type Target = { readonly generation: number; readonly topics: readonly TargetTopic[] };

const ownerBytes = 2;

export const noTarget: Target = { generation: -1, topics: [] };

export function encodeTarget(group: string, { generation, topics }: Target): Item {
  const members = [...new Set(topics.flatMap((topic) => topic.owners))].sort();
  const indexes = new Map(members.map((member, index) => [member, index]));
  return {
    ...targetKey(group),
    [targetItem.generation]: generation,
    [targetItem.members]: members,
    [targetItem.topics]: Buffer.concat(topics.map((topic) => encodeTopic(topic, indexes))),
  };
}

function encodeTopic(
  { name, id, owners }: TargetTopic,
  indexes: ReadonlyMap<Incarnation, number>,
): Uint8Array {
  const { bytes, first } = packTopic({ name, id, count: owners.length }, ownerBytes);
  for (const [partition, owner] of owners.entries()) {
    writeInt16(bytes, first + ownerBytes * partition, indexes.get(owner) as number);
  }
  return bytes;
}

export function readTarget(item: Item): Target {
  const members = item[targetItem.members] as readonly Incarnation[];
  const bytes = bytesIn(item, targetItem.topics);
  const topics: TargetTopic[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { name, id, count, first } = unpackTopic(bytes, at);
    const owners = Array.from({ length: count }, (_, partition) => {
      return members[readUint16(bytes, first + ownerBytes * partition)] as Incarnation;
    });
    topics.push({ name, id, owners });
    at = first + ownerBytes * count;
  }
  return { generation: numberIn(item, targetItem.generation), topics };
}

export type TopicPartition = PartitionId & {
  /** The topic's name. */
  readonly topic: string;
};

/** What the member should have. */
export function partitionsOf({ topics }: Target, member: Incarnation): readonly TopicPartition[] {
  return topics.flatMap(({ name, id, owners }) =>
    [...owners.keys()]
      .filter((partition) => owners[partition] === member)
      .map((partition) => ({ topic: name, topicId: id, partition })),
  );
}
