// Every item of the table, on one page. Names of a head's attributes are one letter: its size is
// money.
//
// | pk                         | sk             | what it is        | written by    | deleted by |
// |----------------------------|----------------|-------------------|---------------|------------|
// | topics                     | <name>         | id and settings   | create, grow, | delete     |
// |                            |                |                   | alter, delete |            |
// | doomed                     | <topicId>      | a deleted topic   | delete        |            |
// | part#<topicId>#<partition> | head           | sequences the     | create, grow, | delete     |
// |                            |                | partition         | append, roll  |            |
// | part#<topicId>#<partition> | chunk#<offset> | refsPerChunk refs | roll, once    |            |
// |                            |                | from that base on |               |            |
//
// What absence means. No topic: the name is free. No doomed: nothing is left of a deleted topic. No
// head: the partition does not exist, for good (a topic made again has another id). No chunk at or
// before an offset: it is in the head's tail, or below the log start.

import type { PartitionId, TopicId } from '../ids.ts';
import type { Key } from './algebra.ts';

/** Attributes of a topic's item. */
export const topicItem = {
  id: 'id',
  /** making, live or deleting (engine/make-topics.ts). */
  state: 'state',
  partitions: 'partitions',
  /** Partitions below this may have a head. */
  heads: 'heads',
  /** A map of the settings that differ from the defaults, name to value. */
  configs: 'configs',
  createdAt: 'createdAt',
  version: 'version',
} as const;

/** Attributes of a deleted topic's item: what is to be cleared away. */
export const doomedItem = { name: 'name', partitions: 'partitions' } as const;

/** Attributes of a head. Resident producers add three each (k:, f:, b: and the producer's id). */
export const headItem = {
  nextOffset: 'n',
  logStart: 's',
  tailBase: 't',
  /** A list of packed refs (log/ref.ts), oldest first. */
  tail: 'r',
  /** The greatest timestamp of all that stands before the tail; -1: none. */
  timeBefore: 'm',
  evictedUpTo: 'e',
  sweptBefore: 'w',
} as const;

/** Attributes of a chunk. */
export const chunkItem = {
  /** Its packed refs, back to back. */
  refs: 'r',
  /** The greatest timestamp from the partition's first record to this chunk's last. */
  timeThrough: 'm',
} as const;

export const topicsPk = 'topics';
const doomedPk = 'doomed';

const offsetDigits = 16;
const chunkPrefix = 'chunk#';

export function topicKey(name: string): Key {
  return { pk: topicsPk, sk: name };
}

export function doomedKey(id: TopicId): Key {
  return { pk: doomedPk, sk: id };
}

export function partitionPk({ topicId, partition }: PartitionId): string {
  return `part#${topicId}#${partition}`;
}

export function headKey(id: PartitionId): Key {
  return { pk: partitionPk(id), sk: 'head' };
}

export function chunkKey(id: PartitionId, baseOffset: number): Key {
  return { pk: partitionPk(id), sk: chunkSk(baseOffset) };
}

/** Zero-padded, so that the order of keys is the order of offsets. */
export function chunkSk(baseOffset: number): string {
  return chunkPrefix + String(baseOffset).padStart(offsetDigits, '0');
}

export function chunkBaseOffset(sk: string): number {
  return Number(sk.slice(chunkPrefix.length));
}
