// The records of one page: those from a place on, the last ones below a place, or those that a
// search finds from a place on.

import type { Api, RecordPage } from '../engine/api.ts';
import { offsetsPath, recordsPath } from '../engine/paths.ts';
import type { OffsetsReply, RecordReply } from '../engine/replies.ts';
import type { Filter, PlaceOf } from '../router.ts';
import { beginBack, isBackOver, readBack } from './read-back.ts';
import { beginSearch, isFiltered, isOver, pageRecords, searched } from './search.ts';

/** Of one request, and of a page: its last record may be beyond that. */
const pageBytes = 1_024 * 1_024;

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

export type Reading = {
  readonly api: Pick<Api, 'json' | 'records'>;
  readonly signal: AbortSignal;
  /** Waited for before each request. */
  readonly turn: () => Promise<void>;
  /** Told how many records a search has looked at so far. */
  readonly told: (looked: number) => void;
};

/** @throws Refusal, or what the signal aborts with. */
export async function readRecords(
  place: RecordsPlace,
  { api, signal, turn, told }: Reading,
): Promise<ReadPage> {
  const { from, filter } = place;
  const read: Read = async (start) => {
    await turn();
    return api.records(recordsPath(place, start, pageBytes), signal);
  };
  const isSearch = isFiltered(filter);
  if (from === undefined || 'before' in from) {
    await turn();
    const bounds = await api.json<OffsetsReply>(offsetsPath(place.topic, place.partition), {
      signal,
    });
    const { beginning_offset: logStart, end_offset: logEnd } = bounds;
    // A search begins at the oldest.
    if (isSearch) return search(read, filter, { offset: logStart }, told);
    return lastBelow(read, Math.min(from?.before ?? logEnd, logEnd), { logStart, logEnd });
  }
  if (isSearch) return search(read, filter, from, told);
  const page = await read(from);
  const records = page.records.slice(0, pageRecords);
  const next = page.records[pageRecords]?.offset ?? page.next;
  return { ...page, records, start: startOf(from, page), next, looked: undefined };
}

type Start = { readonly offset: number } | { readonly timestamp: number };

type Read = (from: Start) => Promise<RecordPage>;

async function lastBelow(
  read: Read,
  end: number,
  bounds: Pick<RecordPage, 'logStart' | 'logEnd'>,
): Promise<ReadPage> {
  let { logStart, logEnd } = bounds;
  let back = beginBack({ first: logStart, end });
  while (!isBackOver(back, pageBytes)) {
    const page = await read({ offset: back.at });
    ({ logStart, logEnd } = page);
    back = readBack(back, page);
  }
  const { records, start } = back;
  return { records, start, next: end, logStart, logEnd, looked: undefined };
}

function startOf(from: Start, { records, next }: RecordPage): number {
  return 'offset' in from ? from.offset : (records[0]?.offset ?? next);
}

async function search(
  read: Read,
  filter: Filter,
  from: Start,
  told: (looked: number) => void,
): Promise<ReadPage> {
  let page = await read(from);
  const start = startOf(from, page);
  let found = searched(beginSearch(start), page, filter);
  while (!isOver(found, page.logEnd)) {
    told(found.looked);
    page = await read({ offset: found.next });
    // An engine that gives nothing and does not go on would be asked for ever.
    if (page.records.length === 0 && page.next <= found.next) break;
    found = searched(found, page, filter);
  }
  const { logStart, logEnd } = page;
  const { found: records, next, looked } = found;
  return { records, start, next, logStart, logEnd, looked };
}
