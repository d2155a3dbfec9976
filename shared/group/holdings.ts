// What an instance holds: partitions, by which lease, and how far it has read and been given.
//
//     holdings  = topic*, each of holding* (packed-topic.ts)
//     holding   = partition u32
//                 fence     i64   of the lease; 0: assigned by hand, without one
//                 takenIn   i64   the generation in which the lease was taken
//                 position  i64   where the next poll begins; -1: not known yet
//                 delivered i64   up to where polls have given records, -1: none; at most position
//                 committed i64   as far as this instance knows; -1: nothing
//
// A position is worth as much as its fence: whoever takes the lease next has another one.

import type { TopicId } from '../ids.ts';
import { holdingBytes } from '../limits.ts';
import { readInt64, readUint32, writeInt32, writeInt64 } from '../record/integers.ts';
import { packTopic, unpackTopic } from './packed-topic.ts';

export type Holding = {
  /** Its name. */
  readonly topic: string;
  readonly topicId: TopicId;
  readonly partition: number;
  readonly fence: number;
  readonly takenIn: number;
  readonly position: number;
  readonly delivered: number;
  readonly committed: number;
};

/** Without a lease. */
export function isByHand({ fence }: Pick<Holding, 'fence'>): boolean {
  return fence === 0;
}

/** One of which nothing is read yet. @param committed what is; -1: nothing */
export function heldByHand(
  { topic, topicId, partition }: Pick<Holding, 'topic' | 'topicId' | 'partition'>,
  committed: number,
): Holding {
  const unread = { fence: 0, takenIn: 0, position: committed, delivered: nowhere };
  return { topic, topicId, partition, ...unread, committed };
}

/** Not known, or nothing. */
export const nowhere = -1;

/** @param holdings one a partition. */
export function encodeHoldings(holdings: readonly Holding[]): Uint8Array {
  const topics = Map.groupBy(holdings, ({ topicId }) => topicId);
  return Buffer.concat([...topics.values()].map(encodeTopic));
}

function encodeTopic(holdings: readonly Holding[]): Uint8Array {
  const { topic: name, topicId: id } = holdings[0] as Holding;
  const { bytes, first } = packTopic({ name, id, count: holdings.length }, holdingBytes);
  for (const [index, holding] of holdings.entries()) {
    const at = first + index * holdingBytes;
    writeInt32(bytes, at, holding.partition);
    writeInt64(bytes, at + 4, holding.fence);
    writeInt64(bytes, at + 12, holding.takenIn);
    writeInt64(bytes, at + 20, holding.position);
    writeInt64(bytes, at + 28, holding.delivered);
    writeInt64(bytes, at + 36, holding.committed);
  }
  return bytes;
}

export function decodeHoldings(bytes: Uint8Array): readonly Holding[] {
  const holdings: Holding[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { name: topic, id: topicId, count, first } = unpackTopic(bytes, at);
    const end = first + count * holdingBytes;
    for (at = first; at < end; at += holdingBytes) {
      holdings.push({
        topic,
        topicId,
        partition: readUint32(bytes, at),
        fence: readInt64(bytes, at + 4),
        takenIn: readInt64(bytes, at + 12),
        position: readInt64(bytes, at + 20),
        delivered: readInt64(bytes, at + 28),
        committed: readInt64(bytes, at + 36),
      });
    }
  }
  return holdings;
}

export function isSamePartition(
  one: Pick<Holding, 'topicId' | 'partition'>,
  other: Pick<Holding, 'topicId' | 'partition'>,
): boolean {
  return one.topicId === other.topicId && one.partition === other.partition;
}

/** After a seek. What was delivered beyond it is as if it had not been. */
export function soughtTo(holding: Holding, position: number): Holding {
  return { ...holding, position, delivered: Math.min(holding.delivered, position) };
}

/** What a poll commits of itself: all that polls before it have delivered. undefined: nothing that
 * is not committed already. */
export function toCommit({ delivered, committed }: Holding): number | undefined {
  return delivered > committed ? delivered : undefined;
}
