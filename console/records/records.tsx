// The record browser: a page of one partition's records from a place on, or those that a search
// finds from there on. Its link holds all that it was asked for.

import { useEffect, useState } from 'preact/hooks';
import { Refusal } from '../engine/api.ts';
import type { RecordReply } from '../engine/replies.ts';
import { countOf, countText, timeText } from '../page/formats.ts';
import { type Column, Table } from '../page/table.tsx';
import { allTopics, stepTo, Trail } from '../page/trail.tsx';
import { takeTurns } from '../polling/turns.ts';
import { hashOf, type PlaceOf } from '../router.ts';
import { useSession } from '../session.ts';
import { Brief } from './brief.tsx';
import { type ReadPage, readRecords } from './read-records.ts';
import { RecordDetail } from './record.tsx';
import { WhereToRead } from './where-to-read.tsx';

type Reading = {
  readonly page?: ReadPage;
  readonly refusal?: Refusal;
  readonly isUnderWay: boolean;
  /** Records that a search has looked at so far. */
  readonly looked?: number;
};

export function RecordsView({ place }: { readonly place: PlaceOf<'records'> }) {
  const { topic, partition } = place;
  const [times, setTimes] = useState(0);
  const { page, refusal, isUnderWay, looked } = useReading(place, times);
  const opened = page?.records.find(({ offset }) => offset === place.open);
  return (
    <>
      <Trail steps={[allTopics, stepTo(topic)]} />
      <h1 tabIndex={-1}>
        Records of {topic}, partition {partition}
      </h1>
      <WhereToRead key={hashOf({ ...place, open: undefined })} place={place} />
      {refusal && <Refused refusal={refusal} place={place} />}
      {page === undefined && isUnderWay && (
        <p class="empty">{looked ? `Looked at ${countOf(looked, 'record')}…` : 'Reading…'}</p>
      )}
      <div class={opened ? 'beside' : undefined}>
        {page && (
          <section aria-label="Page" aria-busy={isUnderWay}>
            <p>{summaryOf(page)}</p>
            <Table
              caption="Records"
              isTitled
              columns={columnsOf(place, page)}
              rows={page.records}
              keyOf={({ offset }) => offset}
              empty={page.looked === undefined ? 'There are no records here.' : 'None was found.'}
              isCurrent={({ offset }) => offset === place.open}
            />
            <Pages place={place} page={page} onAgain={() => setTimes(times + 1)} />
          </section>
        )}
        {opened && <RecordDetail place={place} record={opened} />}
      </div>
    </>
  );
}

/** What a place has; what it had is shown until then. */
function useReading(place: PlaceOf<'records'>, times: number): Reading {
  const session = useSession();
  const [reading, setReading] = useState<Reading>({ isUnderWay: true });
  const asked = hashOf({ ...place, open: undefined });
  useEffect(() => {
    const abort = new AbortController();
    setReading(({ page }) => ({ isUnderWay: true, ...(page && { page }) }));
    const { signal } = abort;
    const told = (looked: number) => {
      if (!signal.aborted) setReading((before) => ({ ...before, looked }));
    };
    const { api, host } = session;
    readRecords(place, { api, signal, turn: takeTurns(host, signal), told }).then(
      (page) => {
        if (signal.aborted) return;
        setReading({ page, isUnderWay: false });
        session.announce(summaryOf(page));
      },
      (error: unknown) => {
        if (signal.aborted) return;
        setReading({ refusal: Refusal.of(error), isUnderWay: false });
      },
    );
    return () => abort.abort();
  }, [session, asked, times]);
  return reading;
}

function summaryOf({ records, logStart, logEnd, looked }: ReadPage): string {
  const log = `The log holds offsets ${countText(logStart)} to ${countText(logEnd)}.`;
  const what = countOf(records.length, 'record');
  if (looked === undefined) return `${what}. ${log}`;
  return `${what} found among ${countOf(looked, 'record')}. ${log}`;
}

function Refused({ refusal, place }: { refusal: Refusal; place: PlaceOf<'records'> }) {
  const { bounds } = refusal;
  return (
    <p class="fault" role="alert">
      {refusal.message}{' '}
      {bounds && (
        <a href={hashOf({ ...place, from: { offset: bounds.logStart }, open: undefined })}>
          Read from the log start
        </a>
      )}
    </p>
  );
}

type PagesProps = {
  readonly place: PlaceOf<'records'>;
  readonly page: ReadPage;
  readonly onAgain: () => void;
};

function Pages({ place, page, onAgain }: PagesProps) {
  const at = (offset: number) => hashOf({ ...place, from: { offset }, open: undefined });
  const newest = hashOf({ ...place, from: undefined, open: undefined });
  const isSearch = page.looked !== undefined;
  return (
    <nav aria-label="Pages" class="pages">
      {page.start > page.logStart && <a href={at(page.logStart)}>Oldest</a>}
      {page.start > page.logStart && !isSearch && (
        <a href={hashOf({ ...place, from: { before: page.start }, open: undefined })}>Previous</a>
      )}
      {page.next < page.logEnd && (
        <a href={at(page.next)}>
          {isSearch ? `Search on from offset ${countText(page.next)}` : 'Next'}
        </a>
      )}
      {!isSearch && <a href={newest}>Newest</a>}
      <button type="button" onClick={onAgain}>
        Read again
      </button>
    </nav>
  );
}

function columnsOf(place: PlaceOf<'records'>, page: ReadPage): readonly Column<RecordReply>[] {
  // The page that is shown, and not the newest by then.
  const here = page.looked === undefined ? { before: page.next } : { offset: page.start };
  const from = place.from ?? here;
  return [
    {
      name: 'Offset',
      isNumber: true,
      cell: ({ offset }) => (
        <a
          href={hashOf({ ...place, from, open: offset })}
          aria-current={offset === place.open ? 'true' : undefined}
        >
          {countText(offset)}
        </a>
      ),
    },
    { name: 'Time', cell: ({ timestamp }) => <span class="time">{timeText(timestamp)}</span> },
    { name: 'Key', cell: ({ key }) => <Brief base64={key} none="no key" /> },
    { name: 'Value', cell: ({ value }) => <Brief base64={value} none="tombstone" /> },
    {
      name: 'Headers',
      isNumber: true,
      cell: ({ headers = [] }) => countText(headers.length),
    },
  ];
}
