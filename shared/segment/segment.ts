// A segment: the batches of one or many partitions in one immutable object.
//
//     segment = entry*, footer      footer.ts
//     entry   = batch*              of one append to one partition
//
// No byte is read for a checksum: every batch carries one. Many small batches become one stretch of
// memory, which is written and kept as one; a batch that is alone is not copied.

import type { TopicId } from '../ids.ts';
import { wholeCrc32c } from '../record/batch-header.ts';
import { crc32c, joinCrc32c } from '../record/crc32c.ts';
import { joinBytes } from '../record/join-bytes.ts';
import { encodeFooter, type FooterEntry } from './footer.ts';

/** The batches of one append to one partition. */
export type SegmentEntry = {
  readonly topicId: TopicId;
  readonly partition: number;
  readonly batches: readonly Uint8Array[];
  /** Records in all batches. */
  readonly count: number;
  /** The greatest timestamp in all batches; -1: none. */
  readonly timestampMax: number;
};

export type Segment = {
  /** The object's bytes, one part after the other. */
  readonly parts: readonly Uint8Array[];
  /** Over all of them. */
  readonly crc32c: number;
  /** Where each entry lies, and its bytes, in their order. */
  readonly placed: readonly PlacedEntry[];
};

export type PlacedEntry = {
  readonly position: number;
  readonly length: number;
  readonly bytes: Uint8Array;
};

export function buildSegment(entries: readonly SegmentEntry[]): Segment {
  const rows: FooterEntry[] = [];
  const placed: PlacedEntry[] = [];
  let position = 0;
  let checksum = 0;
  for (const { topicId, partition, batches, count, timestampMax } of entries) {
    const bytes = joinBytes(batches);
    const { length } = bytes;
    const entryChecksum = checksumOf(batches);
    rows.push({ topicId, partition, position, length, count, timestampMax, crc32c: entryChecksum });
    placed.push({ position, length, bytes });
    checksum = joinCrc32c(checksum, entryChecksum, length);
    position += length;
  }
  const footer = encodeFooter(rows);
  return {
    parts: [...placed.map(({ bytes }) => bytes), footer],
    crc32c: crc32c(footer, checksum),
    placed,
  };
}

function checksumOf(batches: readonly Uint8Array[]): number {
  return batches.reduce((before, batch) => joinCrc32c(before, wholeCrc32c(batch), batch.length), 0);
}
