// Which records are looked for. The engine has no search: they are read one page after the other,
// and those that do not match are passed over here.

import type { RecordReply } from '../engine/replies.ts';
import type { Filter } from '../router.ts';
import { bytesOf } from './bytes.ts';

/** Records that a page shows. */
export const pageRecords = 50;
/** Requests that one search makes before it asks whether to go on. */
export const searchRequestsMax = 20;

const decoder = new TextDecoder();

export function isFiltered({ key, text }: Filter): boolean {
  return key !== '' || text !== '';
}

/** Without regard to case: the key holds its text, and the key, the value or a header holds the
 * other one. */
export function matches(record: RecordReply, { key, text }: Filter): boolean {
  if (key !== '' && !holds(textIn(record.key), key)) return false;
  if (text === '') return true;
  const texts = [
    textIn(record.key),
    textIn(record.value),
    ...(record.headers ?? []).flatMap((header) => [header.key, textIn(header.value)]),
  ];
  return texts.some((one) => holds(one, text));
}

function holds(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

function textIn(base64: string | null): string {
  const bytes = bytesOf(base64);
  return bytes === null ? '' : decoder.decode(bytes);
}

/** How far a search is. */
export type Search = {
  readonly found: readonly RecordReply[];
  /** Records that were looked at. */
  readonly looked: number;
  readonly requests: number;
  /** Where to go on. */
  readonly next: number;
};

export function beginSearch(from: number): Search {
  return { found: [], looked: 0, requests: 0, next: from };
}

/** What one more answer adds. It ends within the answer when the page is full, so that the next
 * page begins behind the last record that was found.
 * @param answer.next where the engine says to go on. */
export function searched(
  search: Search,
  answer: { readonly records: readonly RecordReply[]; readonly next: number },
  filter: Filter,
): Search {
  const found = [...search.found];
  let looked = search.looked;
  for (const record of answer.records) {
    if (found.length === pageRecords) {
      return { found, looked, requests: search.requests + 1, next: record.offset };
    }
    looked++;
    if (matches(record, filter)) found.push(record);
  }
  return { found, looked, requests: search.requests + 1, next: answer.next };
}

/** @param end the log end offset. */
export function isOver({ found, requests, next }: Search, end: number): boolean {
  return next >= end || found.length >= pageRecords || requests >= searchRequestsMax;
}
