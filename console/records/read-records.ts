// The records of one page: those from a place on, or those that a search finds from there on.

import type { Api, RecordPage } from '../engine/api.ts';
import { offsetsPath, recordsPath } from '../engine/paths.ts';
import type { OffsetsReply, RecordReply } from '../engine/replies.ts';
import type { PlaceOf } from '../router.ts';
import { beginSearch, isFiltered, isOver, pageRecords, searched } from './search.ts';

/** Of one request. A page is small; a search reads much, and shows little. */
const pageBytes = 512 * 1_024;
const searchBytes = 1_024 * 1_024;

type RecordsPlace = PlaceOf<'records'>;

export type ReadPage = {
  readonly records: readonly RecordReply[];
  /** The offset from which on it was read. */
  readonly start: number;
  /** Where the next page begins. */
  readonly next: number;
  readonly logStart: number;
  readonly logEnd: number;
  /** Records that a search has looked at; undefined: it was none. */
  readonly looked: number | undefined;
};

/** @param told how many records a search has looked at so far.
 * @throws Refusal, or what the signal aborts with. */
export async function readRecords(
  api: Api,
  place: RecordsPlace,
  signal: AbortSignal,
  told: (looked: number) => void,
): Promise<ReadPage> {
  const from = place.from ?? (await firstPlace(api, place, signal));
  if (isFiltered(place.filter)) return search(api, place, { from, signal, told });
  const page = await api.records(recordsPath(place, from, pageBytes), signal);
  const records = page.records.slice(0, pageRecords);
  const next = page.records[pageRecords]?.offset ?? page.next;
  return { ...page, records, start: startOf(from, page), next, looked: undefined };
}

type Start = NonNullable<RecordsPlace['from']>;

/** A page that ends at the newest; a search begins at the oldest. */
async function firstPlace(api: Api, place: RecordsPlace, signal: AbortSignal): Promise<Start> {
  const path = offsetsPath(place.topic, place.partition);
  const { beginning_offset: first, end_offset: end } = await api.json<OffsetsReply>(path, {
    signal,
  });
  return { offset: isFiltered(place.filter) ? first : Math.max(first, end - pageRecords) };
}

function startOf(from: Start, { records, next }: RecordPage): number {
  return 'offset' in from ? from.offset : (records[0]?.offset ?? next);
}

async function search(
  api: Api,
  place: RecordsPlace,
  { from, signal, told }: { from: Start; signal: AbortSignal; told: (looked: number) => void },
): Promise<ReadPage> {
  let page = await api.records(recordsPath(place, from, searchBytes), signal);
  const start = startOf(from, page);
  let found = searched(beginSearch(start), page, place.filter);
  while (!isOver(found, page.logEnd)) {
    told(found.looked);
    page = await api.records(recordsPath(place, { offset: found.next }, searchBytes), signal);
    // An engine that gives nothing and does not go on would be asked for ever.
    if (page.records.length === 0 && page.next <= found.next) break;
    found = searched(found, page, place.filter);
  }
  const { logStart, logEnd } = page;
  const { found: records, next, looked } = found;
  return { records, start, next, logStart, logEnd, looked };
}
