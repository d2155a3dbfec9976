// Lists in replies, cut where a reply is full.

import { replyBytesMax } from '../limits.ts';

/** Of JSON, every character of which may become two on its way through Lambda. */
const listBytesMax = replyBytesMax / 2;

/** @returns the texts of the first so many, of at least one; a first one that is larger is still
 *   given. */
export function textsThatFit<Of>(all: readonly Of[], textOf: (one: Of) => string): string[] {
  const texts: string[] = [];
  let bytes = 0;
  for (const one of all) {
    const text = textOf(one);
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > listBytesMax && texts.length > 0) break;
    texts.push(text);
  }
  return texts;
}
