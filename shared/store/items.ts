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
// | part#<topicId>#<partition> | producer#<P>   | what an evicted   | roll, forward | expiry     |
// |                            |                | producer was      | only          |            |
// | producers                  | next           | the last id given | takeProducer  |            |
// | producer#<name>            | name           | id and epoch of   | takeProducer  |            |
// |                            |                | its last holder   |               |            |
// | key#<topicId>#<hash>       | key            | an                | produce, once | expiry     |
// |                            |                | Idempotency-Key   |               |            |
// | txn#<hash>                 | txn            | a transaction     | transact,     | expiry     |
// |                            |                | that is committed | with it       |            |
// | groups                     | <group>        | that it is listed | create        | delete     |
// |                            |                |                   | instance      | group      |
// | group#<group>              | group          | generation and    | every poll,   | expiry,    |
// |                            |                | sessions          | create and    | once it is |
// |                            |                |                   | delete of     | deleted    |
// |                            |                |                   | either, reset |            |
// | group#<group>              | member#<id>    | an instance, what | create, and   | its end    |
// |                            |                | it has and where  | its requests  |            |
// | group#<group>              | target         | who should have   | who comes,    | delete     |
// |                            |                | which partition   | goes, or      | group      |
// |                            |                |                   | subscribes    |            |
// | group#<group>              | lease#<topicId>| who has it, what  | poll, commit, | delete     |
// |                            | #<partition>   | is committed      | transact,     | group      |
// |                            |                |                   | reset         |            |
// | subscriptions              | <name>         | a subscription    | create, pause,| its delete |
// |                            |                |                   | change        |            |
// | route#<topicId>            | <subscription> | that it runs, for | the same,     | pause and  |
// |                            |                | who sees appends  | sweep         | delete     |
// | mark#<topicId>#<hash>      | mark           | what a source has | ingest, with  | expiry     |
// |                            |                | brought already   | what it brings|            |
// | valve#<of>                 | valve          | when the next may | deliver, all  | expiry     |
// |                            |                | go through        | that append   |            |
//
// What absence means. No topic: the name is free. No doomed: nothing is left of a deleted topic. No
// head: the partition does not exist, for good (a topic made again has another id). No chunk at or
// before an offset: it is in the head's tail, or below the log start. No producer: it is in the
// head, or has never appended here, or so long ago that it is forgotten. No key, no txn: nothing
// was done under it, or so long ago that it is forgotten. No group, or a deleted one: there is
// none. Not listed: the same, or half deleted. No member: never made, or its session was ended. No
// target: nobody subscribes. No lease: free, and nothing is committed. No subscription: there is
// none. No route: the topic's appends wake nobody for it. No valve: nothing went
// through it yet. No mark: it was never brought, or so long ago that it is forgotten.
//
// Expiry is DynamoDB's, which comes when it comes: who reads such an item asks hasExpired.

import { followedHead, timeToLiveAttribute } from '../contract.ts';
import {
  type EpochMillis,
  type PartitionId,
  type ProducerKey,
  type TopicId,
  topicIdLength,
} from '../ids.ts';
import { type Attributes, type Condition, type Item, type Key, numberIn } from './algebra.ts';

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

/** Attributes of a head. Resident producers add three each, a prefix and the producer's key: only
 * attributes of the item itself can take their value from nextOffset in the same update. */
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
  /** There: a subscription follows the topic (contract.ts). */
  followed: followedHead.attribute,
  /** Epoch and next sequence, packed (log/stamp.ts). */
  producerNext: 'k:',
  /** The first sequence of the last batch. */
  producerFirst: 'f:',
  /** The base offset of the last batch. */
  producerBase: 'b:',
} as const;

/** Attributes of an evicted producer's item: as in the head. */
export const producerItem = { next: 'k', first: 'f', base: 'b' } as const;

/** Attributes of the item that counts producer ids. */
export const producerIdsItem = { last: 'n' } as const;

/** Attributes of a producer's name. */
export const producerNameItem = { id: 'id', epoch: 'epoch' } as const;

/** Attributes of an Idempotency-Key. */
export const keyItem = {
  /** Of the request that brought it first. */
  fingerprint: 'fingerprint',
  /** The producer drawn for it, whose stamps its appends carry. */
  producer: 'producer',
  /** Of its topic at that time: a key picks the same one again. */
  partitions: 'partitions',
  createdAt: 'createdAt',
} as const;

/** Attributes of a transaction. */
export const txnItem = {
  fingerprint: 'fingerprint',
  /** Where its records lie, by partition (log/transaction.ts). */
  places: 'places',
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

/** The attribute by which DynamoDB expires an item, rounded up. @param at in milliseconds since
 * 1970. */
export function expiresAt(at: number): Attributes {
  return { [timeToLiveAttribute]: Math.ceil(at / 1_000) };
}

/** There is no such item, or none any more. */
export function ifFree(now: EpochMillis): Condition {
  const seconds = Math.floor(now / 1_000);
  return {
    any: [{ item: 'absent' }, { attribute: timeToLiveAttribute, is: '<=', to: seconds }],
  };
}

export function hasExpired(item: Item, now: EpochMillis): boolean {
  return numberIn(item, timeToLiveAttribute) * 1_000 <= now;
}

export function topicKey(name: string): Key {
  return { pk: topicsPk, sk: name };
}

export function doomedKey(id: TopicId): Key {
  return { pk: doomedPk, sk: id };
}

export function partitionPk({ topicId, partition }: PartitionId): string {
  return `part#${topicId}#${partition}`;
}

const partitionPkForm = new RegExp(String.raw`^part#([\w-]{${topicIdLength}})#(\d+)$`);

/** undefined: it is no partition's. */
export function partitionOfPk(pk: string): PartitionId | undefined {
  const [, topicId, partition] = partitionPkForm.exec(pk) ?? [];
  if (topicId === undefined) return undefined;
  return { topicId: topicId as TopicId, partition: Number(partition) };
}

export function headKey(id: PartitionId): Key {
  return { pk: partitionPk(id), sk: 'head' };
}

export function producerStateKey(id: PartitionId, producer: ProducerKey): Key {
  return { pk: partitionPk(id), sk: `producer#${producer}` };
}

export const producerIdsKey: Key = { pk: 'producers', sk: 'next' };

export function producerNameKey(name: string): Key {
  return { pk: `producer#${name}`, sk: 'name' };
}

/** @param hash of the key: it bounds what callers put into ours. */
export function idempotencyKeyKey(topicId: TopicId, hash: string): Key {
  return { pk: `key#${topicId}#${hash}`, sk: 'key' };
}

export function txnKey(hash: string): Key {
  return { pk: `txn#${hash}`, sk: 'txn' };
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
