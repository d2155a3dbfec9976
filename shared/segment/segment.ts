// A segment: the batches of one or many partitions in one immutable object.
//
//     segment = entry*, footer      footer.ts
//     entry   = batch*              of one append to one partition
//
// The batches are not copied, and their bytes are read once for all checksums.

import type { TopicId } from '../ids.ts';
import { crc32c, joinCrc32c } from '../record/crc32c.ts';
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
  readonly length: number;
  /** Over all of them. */
  readonly crc32c: number;
  /** Where each entry lies, in their order. */
  readonly ranges: readonly { readonly position: number; readonly length: number }[];
};

export function buildSegment(entries: readonly SegmentEntry[]): Segment {
  const rows: FooterEntry[] = [];
  let position = 0;
  let checksum = 0;
  for (const { topicId, partition, batches, count, timestampMax } of entries) {
    let length = 0;
    let entryChecksum = 0;
    for (const batch of batches) {
      length += batch.length;
      entryChecksum = crc32c(batch, entryChecksum);
    }
    rows.push({ topicId, partition, position, length, count, timestampMax, crc32c: entryChecksum });
    checksum = joinCrc32c(checksum, entryChecksum, length);
    position += length;
  }
  const footer = encodeFooter(rows);
  return {
    parts: [...entries.flatMap(({ batches }) => batches), footer],
    length: position + footer.length,
    crc32c: crc32c(footer, checksum),
    ranges: rows.map(({ position, length }) => ({ position, length })),
  };
}
