// What an object says it holds: its footer, in one read or, of very many partitions, in two.

import type { SegmentId } from '../../ids.ts';
import { malformed } from '../../record/batch-header.ts';
import { type FooterRead, footerReadBytes, readFooter } from '../../segment/footer.ts';
import { segmentKey } from '../../segment/keys.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatable } from '../retry.ts';

/** Reads of a few kilobytes each: fewer than there are sockets (aws/clients.ts), and so many since
 * all that a sweep deletes is read in this way, each in the time of a GET. */
export const footersInFlight = 200;

export type ObjectFooter = Exclude<FooterRead, { readonly kind: 'more' }>;

/** @param length of the object, as it is listed.
 * @returns undefined: there is no such object any more.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function footerOf(
  engine: Engine,
  call: Call,
  { id, length }: { readonly id: SegmentId; readonly length: number },
): Promise<ObjectFooter | undefined> {
  const key = segmentKey(id);
  const readFrom = async (position: number) => {
    if (position >= length) return new Uint8Array(0);
    const range = { key, position, length: length - position };
    return repeatable(engine, call, () => call.objects.read(range));
  };
  const first = Math.max(0, length - footerReadBytes);
  for (let position = first; ; ) {
    const tail = await readFrom(position);
    if (tail === undefined) return undefined;
    if (tail.length < length - position) return malformed('shorter than it is listed', position);
    const read = readFooter(tail, length);
    if (read.kind !== 'more') return read;
    position = read.from;
  }
}
