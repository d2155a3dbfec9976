// Where to read, and what to look for.

import { useState } from 'preact/hooks';
import { Field } from '../page/field.tsx';
import { timeText } from '../page/formats.ts';
import { integerIn, isMistyped, timeFault, timeIn } from '../page/typed.ts';
import type { From, PlaceOf } from '../router.ts';
import { useSession } from '../session.ts';

type Said = {
  readonly partition: string;
  readonly offset: string;
  readonly time: string;
  readonly key: string;
  readonly text: string;
};

export function WhereToRead({ place }: { readonly place: PlaceOf<'records'> }) {
  const session = useSession();
  const [said, setSaid] = useState(saidOf(place));
  const say = (field: keyof Said) => (value: string) => setSaid({ ...said, [field]: value });
  const faults = faultsOf(said);
  const submit = (event: Event) => {
    event.preventDefault();
    if (faults.size > 0) return;
    const { key, text } = said;
    const partition = integerIn(said.partition) ?? place.partition;
    const filter = { key, text };
    session.go({ ...place, partition, from: fromOf(said), filter, open: undefined });
  };
  return (
    <search>
      <form class="row" onSubmit={submit} autocomplete="off">
        <Field
          label="Partition"
          inputMode="numeric"
          value={said.partition}
          onValue={say('partition')}
          fault={faults.get('partition')}
        />
        <Field
          label="From offset"
          inputMode="numeric"
          value={said.offset}
          onValue={say('offset')}
          fault={faults.get('offset')}
        />
        <Field
          label="Or from time"
          value={said.time}
          onValue={say('time')}
          fault={faults.get('time')}
        />
        <Field label="Key holds" type="search" value={said.key} onValue={say('key')} />
        <Field label="Any text holds" type="search" value={said.text} onValue={say('text')} />
        <button type="submit" class="main">
          Read
        </button>
      </form>
    </search>
  );
}

function saidOf({ partition, from, filter }: PlaceOf<'records'>): Said {
  const said = { partition: String(partition), offset: '', time: '', ...filter };
  if (from === undefined || 'before' in from) return said;
  if ('offset' in from) return { ...said, offset: String(from.offset) };
  return { ...said, time: timeText(from.timestamp) };
}

function faultsOf({ partition, offset, time }: Said): ReadonlyMap<string, string> {
  const faults = new Map<string, string>();
  if (integerIn(partition) === undefined) faults.set('partition', 'A number.');
  if (isMistyped(offset, integerIn(offset))) faults.set('offset', 'A number.');
  if (offset.trim() !== '' && time.trim() !== '') faults.set('time', 'An offset or a time.');
  if (isMistyped(time, timeIn(time))) faults.set('time', timeFault);
  return faults;
}

function fromOf({ offset, time }: Said): From {
  const at = integerIn(offset);
  if (at !== undefined) return { offset: at };
  const timestamp = timeIn(time);
  return timestamp === undefined ? undefined : { timestamp };
}
