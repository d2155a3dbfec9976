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
import { hashOf, recordsPlace } from '../router.ts';
import { useLook, useSession } from '../session.ts';

const lettersMillis = 15_000;

export function DeadLettersView({ name }: { readonly name: string }) {
  const seen = useLook<DeadLettersReply>(deadLettersPath(name), lettersMillis);
  const here = { name, place: { kind: 'subscription', subscription: name } } as const;
  return (
    <>
      <Trail steps={[allSubscriptions, here]} />
      <h1 tabIndex={-1}>Dead letters of {name}</h1>
      <Redrive name={name} />
      <Looking seen={seen}>
        {({ dead_letters: letters }) => (
          <Table
            caption="Dead letters"
            isTitled
            columns={columns}
            rows={letters}
            keyOf={(letter) => `${letter.partition}-${letter.offset}`}
            empty="There are none."
          />
        )}
      </Looking>
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

function Redrive({ name }: { readonly name: string }) {
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
      polling.hurry(deadLettersPath(name));
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
