// What tells that a source has brought something already. A mark is written with the records that
// it stands for, in one transaction, so what is brought again is known, whoever brought it before
// and whatever became of his answer.
//
// An event's mark is put if absent. A shard's mark rises: records up to it were brought, so what a
// shard brings must come in order, one batch after the other.

import type { EpochMillis, TopicId } from '../../ids.ts';
import type { Mark } from '../../ingest/source-record.ts';
import type { Item, Write } from '../../store/algebra.ts';
import { expiresAt, hasExpired, ifFree } from '../../store/items.ts';
import { markItem, markKey } from '../../store/trigger-items.ts';
import { eventMarkMillis, shardMarkMillis } from '../../trigger-limits.ts';
import { hashOf } from '../fingerprint.ts';

/** The marks of some records, as few as they need: one an event, one a shard. */
export type Marks = ReadonlyMap<string, MarkToWrite>;

export type MarkToWrite =
  | { readonly kind: 'event' }
  /** The first of the shard's that are brought, and the last. */
  | { readonly kind: 'shard'; readonly first: string; readonly last: string };

/** What a mark is called. */
export function markName(mark: Mark): string {
  return hashOf(mark.kind === 'event' ? `event/${mark.id}` : `shard/${mark.shard}`);
}

/** With that record's, which comes after all that they have. */
export function withMark(marks: Marks, mark: Mark): Marks {
  const name = markName(mark);
  if (mark.kind === 'event') return new Map(marks).set(name, mark);
  const before = marks.get(name);
  const first = before?.kind === 'shard' ? before.first : mark.sequence;
  return new Map(marks).set(name, { kind: 'shard', first, last: mark.sequence });
}

export function markWrite(
  topicId: TopicId,
  name: string,
  mark: MarkToWrite,
  now: EpochMillis,
): Write {
  const key = markKey(topicId, name);
  if (mark.kind === 'event') {
    return { put: { ...key, ...expiresAt(now + eventMarkMillis) }, if: ifFree(now) };
  }
  const attribute = markItem.sequence;
  return {
    put: { ...key, [attribute]: mark.last, ...expiresAt(now + shardMarkMillis) },
    if: { any: [{ item: 'absent' }, { attribute, is: '<', to: mark.first }] },
  };
}

/** Whether the mark that is stored, if one is, says that this record was brought. */
export function wasBrought(mark: Mark, stored: Item | undefined, now: EpochMillis): boolean {
  if (stored === undefined) return false;
  if (mark.kind === 'event') return !hasExpired(stored, now);
  const sequence = stored[markItem.sequence];
  return typeof sequence === 'string' && sequence >= mark.sequence;
}
