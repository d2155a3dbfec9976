// Every item of the table, on one page. Names of a head's attributes are one letter: its size is
// money.
//
// | pk, and below it sk        | what it is           | written by                 | deleted by   |
// |----------------------------|----------------------|----------------------------|--------------|
// | topics                     | id and settings      | create, grow, alter,       | delete       |
// |   <name>                   |                      | delete, settle             |              |
// | doomed                     | a deleted topic      | delete, clear              | never        |
// |   <topicId>                |                      |                            |              |
// | part#<topicId>#<partition> | sequences the        | create, grow, append,      | delete       |
// |   head                     | partition            | roll, retention, sweep of  |              |
// |                            |                      | objects; its mark: grow,   |              |
// |                            |                      | and create, resume, delete,|              |
// |                            |                      | sweep of subscriptions     |              |
// | part#<topicId>#<partition> | refsPerChunk refs    | roll, once; merge,         | retention,   |
// |   chunk#<offset>           | from that base on    | compact, repair            | clear,       |
// |                            |                      |                            | repair       |
// | part#<topicId>#<partition> | what of its chunks   | merge, compact, repair,    | clear        |
// |   rewrite                  | is rewritten         | sweep of objects           |              |
// | part#<topicId>#<partition> | what an evicted      | roll, forward only         | expiry       |
// |   producer#<P>             | producer was         |                            |              |
// | producers                  | the last id given    | takeProducer               |              |
// |   next                     |                      |                            |              |
// | producer#<name>            | id and epoch of its  | takeProducer               |              |
// |   name                     | last holder          |                            |              |
// | key#<topicId>#<hash>       | an Idempotency-Key   | produce, once              | expiry       |
// |   key                      |                      |                            |              |
// | txn#<hash>                 | a transaction that   | transact, ingest, redrive, | expiry       |
// |   txn                      | is committed         | giving up; each with it    |              |
// | groups                     | that it is listed    | create of an instance or a | delete of    |
// |   <group>                  |                      | subscription               | the group,   |
// |                            |                      |                            | or the       |
// |                            |                      |                            | subscription |
// | group#<group>              | generation and       | requests of instances,     | expiry, once |
// |   group                    | sessions, whose it   | create and end of one;     | it is        |
// |                            | is                   | delete, reset; create and  | deleted      |
// |                            |                      | delete of a subscription   |              |
// | group#<group>              | an instance, what it | create, and its requests   | its end      |
// |   member#<id>              | has and where        |                            |              |
// | group#<group>              | who should have      | who comes, goes, or        | as in groups |
// |   target                   | which partition      | subscribes                 |              |
// | group#<group>              | who has it, what is  | poll, commit, transact,    | as in groups |
// |   lease#<topicId>#<p>      | committed            | reset; deliver, giving up, | and clear    |
// |                            |                      | seek, redrive, create of a |              |
// |                            |                      | subscription               |              |
// | subscriptions              | a subscription       | create, pause, resume,     | its delete   |
// |   <name>                   |                      | change, sweep              |              |
// | route#<topicId>            | that it runs, for    | create, resume, change,    | pause,       |
// |   <subscription>           | who sees appends     | sweep                      | delete,      |
// |                            |                      |                            | sweep, clear |
// | mark#<topicId>#<hash>      | what a source has    | ingest, with what it       | expiry       |
// |   mark                     | brought already      | brings                     |              |
// | valve#<valve>              | when the next may go | deliver; produce,          | expiry       |
// |   valve                    | through, or in a     | transact, ingest to a      |              |
// |                            | line is to come      | topic with a quota         |              |
// | acls                       | an ACL               | create and delete of ACLs  | its delete   |
// |   acl#<hash>               |                      |                            |              |
// | acls                       | a word drawn for     | the same                   | never        |
// |   version                  | their last change    |                            |              |
// | keys                       | an API key           | create, rotate, end of a   | its delete   |
// |   <id>                     |                      | secret, use                |              |
//
// What absence means. No topic: the name is free. No doomed: the topic was never deleted. No
// head: the partition does not exist, for good (a topic made again has another id). No chunk at or
// before an offset: it is in the head's tail, or below the log start. No rewrite: none was made
// yet. No producer: it is in the
// head, or has never appended here, or so long ago that it is forgotten. No key, no txn: nothing
// was done under it, or so long ago that it is forgotten. No group, or a deleted one: there is
// none. Not listed: the same, or half deleted. No member: never made, or its session was ended. No
// target: nobody subscribes. No lease: free, and nothing is committed. No subscription: there is
// none. No route: the topic's appends wake nobody for it. No valve: nothing went through it of
// late, and nobody stands in that line. No mark: it was never brought, or so long ago that it is
// forgotten. No version: there was never an ACL. No key: it was ended, or never was.
//
// Expiry is DynamoDB's, which comes when it comes: who reads such an item asks hasExpired.

import { followedHead, rolledChunk, timeToLiveAttribute } from '../contract.ts';
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
  /** Who alone may end it with what made it: a resource of a stack. Absent: nobody is. */
  maker: 'maker',
  /** Partitions there were before it grew the last time. */
  grownFrom: 'grownFrom',
} as const;

/** Attributes of a deleted topic's item: what is to be cleared away. */
export const doomedItem = {
  name: 'name',
  partitions: 'partitions',
  deletedAt: 'deletedAt',
  /** There: it was, and the item is only there to be asked for. */
  cleared: 'cleared',
} as const;

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

/** Attributes of the item that says what of a partition's chunks is rewritten (log/rewrite.ts). */
export const rewriteItem = {
  sweptBefore: 'w',
  mergedTo: 'm',
  /** JSON: a list of SmallObject (log/rewrite.ts). The names of its fields are stored. */
  small: 'l',
  /** JSON: a Compaction (log/compaction.ts), likewise. Absent: it was never compacted. */
  compaction: 'c',
  /** Raised by every swap. */
  version: 'v',
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
export const doomedPk = 'doomed';

const offsetDigits = 16;
const chunkPrefix = rolledChunk.sortKeyPrefix;

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

export function rewriteKey(id: PartitionId): Key {
  return { pk: partitionPk(id), sk: 'rewrite' };
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
