// What may be wrong with a store, as a closed set. Damage: records cannot be read, or will not be,
// or are not found. A leftover costs storage, or work, and no record.
//
// | kind                | what differs                                              | said with  |
// |---------------------|-----------------------------------------------------------|------------|
// | malformed-item      | an item is none of its kind: what it says is not known    | key: its sk|
// | missing-topic       | nothing names a topic of that id, and it was not deleted  |            |
// | missing-head        | a topic's partition has no head                           |            |
// | wrong-head          | the numbers of a head contradict each other               |            |
// | missing-chunk       | nothing names these offsets                               | offsets    |
// | overlapping-chunks  | two chunks, or a chunk and the tail, name these offsets   | offsets    |
// | diverging-chunk     | what a roll has put, and not cut yet, is not in the tail  | offsets    |
// | missing-object      | what a ref names is not there                             | both       |
// | short-object        | a ref names bytes past an object’s end                    | both       |
// | footer-mismatch     | the object’s own footer says other of the bytes of a ref  | both       |
// | corrupt-batch       | the bytes of a ref are no batches, or a CRC does not hold | both       |
// | wrong-count         | the batches of a ref do not have its count of offsets     | both       |
// | wrong-time          | a time by which records are looked for is too early       | offsets    |
// | unreadable-footer   | what an object holds is not known: no sweep deletes it    | key        |
// | orphaned-object     | nothing names it, and a sweep should have taken it by now | key        |
// | wrong-rewrites      | merges pass over chunks that none has seen                |            |
// | dead-topic-items    | items of a partition whose topic was cleared away before  |            |
// | uncleared-topic     | a topic was deleted, and should be cleared away by now    |            |
// | unfinished-topic    | who was making it never finished                          |            |
//
// `offsets`: from and to, but for what is wrong with a head; `key`: an object's, but for items. All
// of a partition name it.

import { assert } from '../../../assert.ts';
import type { PartitionId, TopicId } from '../../../ids.ts';

const severities = {
  'malformed-item': 'damage',
  'missing-topic': 'damage',
  'missing-head': 'damage',
  'wrong-head': 'damage',
  'missing-chunk': 'damage',
  'overlapping-chunks': 'damage',
  'diverging-chunk': 'damage',
  'missing-object': 'damage',
  'short-object': 'damage',
  'footer-mismatch': 'damage',
  'corrupt-batch': 'damage',
  'wrong-count': 'damage',
  'wrong-time': 'damage',
  'unreadable-footer': 'leftover',
  'orphaned-object': 'leftover',
  'wrong-rewrites': 'leftover',
  'dead-topic-items': 'leftover',
  'uncleared-topic': 'leftover',
  'unfinished-topic': 'leftover',
} as const satisfies Record<string, 'damage' | 'leftover'>;

export type FindingKind = keyof typeof severities;
export type Severity = (typeof severities)[FindingKind];

export const findingKinds = Object.keys(severities) as readonly FindingKind[];

export type Finding = {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly place: Place;
  /** For people; it may be said otherwise tomorrow. */
  readonly detail: string;
};

/** null: it is of no such thing. */
export type Place = {
  /** By name. */
  readonly topic: string | null;
  readonly topicId: TopicId | null;
  readonly partition: number | null;
  /** Offsets; `to` is one past the last. */
  readonly from: number | null;
  readonly to: number | null;
  readonly key: string | null;
};

const nowhere: Place = {
  topic: null,
  topicId: null,
  partition: null,
  from: null,
  to: null,
  key: null,
};

export function findingOf(kind: FindingKind, place: Partial<Place>, detail: string): Finding {
  return { kind, severity: severities[kind], place: { ...nowhere, ...place }, detail };
}

/** Something of its partition's index is missing: what nothing names may be that. */
const losses: readonly FindingKind[] = [
  'malformed-item',
  'missing-head',
  'wrong-head',
  'missing-chunk',
  'overlapping-chunks',
  'diverging-chunk',
];

export function isLoss({ kind }: Finding): boolean {
  return losses.includes(kind);
}

/** A partition, and the name of its topic. */
export type NamedPartition = PartitionId & { readonly topic: string };

/** Alike: the same is wrong at the same place, whatever is said of it. Retention moves where a gap
 * begins. */
export function identityOf({ kind, place }: Finding): string {
  const { topicId, partition, to, key } = place;
  const from = kind === 'missing-chunk' ? null : place.from;
  return JSON.stringify([kind, topicId, partition, from, to, key]);
}

/** Of a finding that is of one. */
export function partitionAt({ topicId, partition }: Place): PartitionId {
  assert(topicId !== null && partition !== null, 'it is of a partition');
  return { topicId, partition };
}
