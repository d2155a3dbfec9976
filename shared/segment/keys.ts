// Every object of the bucket, on one page.
//
// | key                        | what it is                        | written by     | deleted by |
// |----------------------------|-----------------------------------|----------------|------------|
// | segments/<hh>/<segment id> | batches of one or many partitions | append; merge, | the sweep  |
// |                            |                                   | compact,       | of objects |
// |                            |                                   | repair         |            |
//
// <hh> is the last byte of the id in hexadecimal: chance, so that requests spread over 256
// prefixes, each of which is in time order. What absence means: under a ref, damage; else nothing.

import { segmentsPrefix } from '../contract.ts';
import { type SegmentId, segmentIdForm, segmentIdToBytes } from '../ids.ts';

export function segmentKey(id: SegmentId): string {
  const last = segmentIdToBytes(id).at(-1) ?? 0;
  return `${segmentsPrefix}${last.toString(16).padStart(2, '0')}/${id}`;
}

const keyForm = new RegExp(`^${segmentsPrefix}[0-9a-f]{2}/(${segmentIdForm})$`);

/** undefined: it is no segment's key. */
export function segmentOfKey(key: string): SegmentId | undefined {
  const id = keyForm.exec(key)?.[1] as SegmentId | undefined;
  return id !== undefined && segmentKey(id) === key ? id : undefined;
}
