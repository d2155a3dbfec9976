// What a subscription has given up, and putting it back.

import { useState } from 'preact/hooks';
import { deadLettersPath, redrivePath } from '../engine/paths.ts';
import type { DeadLetter, DeadLettersReply, RedriveReply } from '../engine/replies.ts';
import { How, useAct } from '../page/act.tsx';
import { Field } from '../page/field.tsx';
import { countOf, countText, timeText } from '../page/formats.ts';
import { Looking } from '../page/looking.tsx';
import { type Column, Table } from '../page/table.tsx';
import { allSubscriptions, Trail } from '../page/trail.tsx';
import { countIn, isMistyped } from '../page/typed.ts';
import { Brief } from '../records/brief.tsx';
import { hashOf, type PlaceOf, recordsPlace } from '../router.ts';
import { useLook, useSession } from '../session.ts';
import { type LetterPage, letterPage, limitOf } from './letter-pages.ts';

const lettersMillis = 15_000;

export function DeadLettersView({ place }: { readonly place: PlaceOf<'dead-letters'> }) {
  const { subscription: name } = place;
  const path = deadLettersPath(name, limitOf(place.page));
  const seen = useLook<DeadLettersReply>(path, lettersMillis);
  const here = { name, place: { kind: 'subscription', subscription: name } } as const;
  return (
    <>
      <Trail steps={[allSubscriptions, here]} />
      <h1 tabIndex={-1}>Dead letters of {name}</h1>
      <Redrive name={name} path={path} />
      <Looking seen={seen}>
        {({ dead_letters: letters }) => {
          const shown = letterPage(letters, place.page);
          return (
            <>
              <Table
                caption="Dead letters"
                isTitled
                columns={columns}
                rows={shown.rows}
                keyOf={(letter) => `${letter.partition}-${letter.offset}`}
                empty="There are none."
              />
              <Pages place={place} shown={shown} />
            </>
          );
        }}
      </Looking>
    </>
  );
}

type PagesProps = {
  readonly place: PlaceOf<'dead-letters'>;
  readonly shown: LetterPage<DeadLetter>;
};

function Pages({ place, shown: { page, hasNext, isCut } }: PagesProps) {
  return (
    <>
      {(page > 0 || hasNext) && (
        <nav aria-label="Pages" class="pages">
          {page > 0 && <a href={hashOf({ ...place, page: page - 1 })}>Previous</a>}
          <span>Page {page + 1}</span>
          {hasNext && <a href={hashOf({ ...place, page: page + 1 })}>Next</a>}
        </nav>
      )}
      {isCut && (
        <p class="hint">
          There may be more. They are shown here once these are put back, and are in the dead-letter
          topic until then.
        </p>
      )}
    </>
  );
}

const columns: readonly Column<DeadLetter>[] = [
  {
    name: 'It was',
    cell: ({ source_topic: topic, source_partition: partition, source_offset: offset }) => (
      <a href={hashOf(recordsPlace({ topic, partition, from: { offset }, open: offset }))}>
        {`${topic}-${partition} at ${countText(offset)}`}
      </a>
    ),
  },
  { name: 'Given up', cell: ({ failed_at: at }) => timeText(at) },
  { name: 'Tries', isNumber: true, cell: ({ attempts }) => countText(attempts) },
  { name: 'Reason', cell: ({ reason }) => reason },
  { name: 'Key', cell: ({ key }) => <Content base64={key} none="no key" /> },
  { name: 'Value', cell: ({ value }) => <Content base64={value} none="tombstone" /> },
];

/** One that no reply can hold comes without them. */
function Content({ base64, none }: { base64: string | null | undefined; none: string }) {
  if (base64 === undefined) return <>too long to be shown here</>;
  return <Brief base64={base64} none={none} />;
}

function Redrive({ name, path }: { readonly name: string; readonly path: string }) {
  const { api, polling } = useSession();
  const [act, ended] = useAct();
  const [limit, setLimit] = useState('');
  const records = countIn(limit);
  const fault = isMistyped(limit, records) ? 'A number above 0, or nothing for all.' : undefined;
  const submit = (event: Event) => {
    event.preventDefault();
    if (fault !== undefined) return;
    void act(async () => {
      const body = records === undefined ? {} : { limit: records };
      const answer = await api.json<RedriveReply>(redrivePath(name), { method: 'POST', body });
      polling.hurry(path);
      const rest = answer.done ? 'Nothing is left.' : 'There are more: put them back, too.';
      return `${countOf(answer.redriven, 'record')} put back. ${rest}`;
    });
  };
  return (
    <form class="row" onSubmit={submit} autocomplete="off">
      <Field
        label="How many"
        inputMode="numeric"
        value={limit}
        onValue={setLimit}
        hint="Empty: as many as a request takes."
        fault={fault}
      />
      <button type="submit" class="main">
        Put back
      </button>
      <How ended={ended} />
    </form>
  );
}
