// How much a reply holds: whether a text fits it, and lists that are cut where it is full.

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

/** Whether a reply may be as long as its longest text: Lambda takes 6 MB, of a text with its
 * escapes, or, if there are many, in base64. */
export function fitsReply(text: string): boolean {
  const bytes = Buffer.byteLength(text);
  if (bytes <= replyBytesMax / 2) return true;
  const escapes = text.match(/["\\]/g)?.length ?? 0;
  return Math.min(bytes + escapes, (bytes * 4) / 3) <= replyBytesMax;
}
