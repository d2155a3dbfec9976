// A group's target: who should have which partition, in one generation. It is written with the
// change of the group that made it, in one transaction, and replaced by the next: what it says of
// topics is what they were then, so whoever finds them otherwise makes a new one.
//
//     members  a list of incarnations, at most 65,536
//     topics   = topic*
//     topic    = length u8, name bytes(length), topicId bytes(16), partitions u16,
//                owner*(partitions)
//     owner    = u16, an index of members

import {
  type Incarnation,
  type PartitionId,
  type TopicId,
  topicIdBytes,
  topicIdOf,
  topicIdToBytes,
} from '../ids.ts';
import { readUint16, writeInt16 } from '../record/integers.ts';
import { bytesIn, type Item, numberIn } from '../store/algebra.ts';
import { targetItem, targetKey } from '../store/items.ts';

export type TargetTopic = {
  readonly name: string;
  readonly id: TopicId;
  /** By partition. */
  readonly owners: readonly Incarnation[];
};

export type Target = { readonly generation: number; readonly topics: readonly TargetTopic[] };

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
  const at = 1 + name.length + topicIdBytes;
  const bytes = Buffer.alloc(at + 2 + 2 * owners.length);
  bytes[0] = name.length;
  bytes.write(name, 1, 'latin1');
  bytes.set(topicIdToBytes(id), 1 + name.length);
  writeInt16(bytes, at, owners.length);
  for (const [partition, owner] of owners.entries()) {
    writeInt16(bytes, at + 2 + 2 * partition, indexes.get(owner) as number);
  }
  return bytes;
}

export function readTarget(item: Item): Target {
  const members = item[targetItem.members] as readonly Incarnation[];
  const packed = bytesIn(item, targetItem.topics);
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const topics: TargetTopic[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at] as number;
    const name = bytes.toString('latin1', at + 1, at + 1 + length);
    at += 1 + length;
    const id = topicIdOf(bytes.subarray(at, at + topicIdBytes));
    at += topicIdBytes;
    const partitions = readUint16(bytes, at);
    const first = at + 2;
    const owners = Array.from({ length: partitions }, (_, partition) => {
      return members[readUint16(bytes, first + 2 * partition)] as Incarnation;
    });
    topics.push({ name, id, owners });
    at = first + 2 * partitions;
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
