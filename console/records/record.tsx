// One record, whole. What it holds is a stranger's: it is shown as text, and as nothing else.

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { RecordReply } from '../engine/replies.ts';
import { CopyButton } from '../page/copy.tsx';
import { bytesText, timeText } from '../page/formats.ts';
import { hashOf, type PlaceOf } from '../router.ts';
import { bytesOf, formOf, type Shown, shownAs } from './bytes.ts';

type RecordDetailProps = { readonly place: PlaceOf<'records'>; readonly record: RecordReply };

export function RecordDetail({ place, record }: RecordDetailProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { offset } = record;
  useEffect(() => heading.current?.focus(), [offset]);
  const headers = record.headers ?? [];
  const here = hashOf({ ...place, from: { offset }, open: offset });
  return (
    <section class="detail" aria-labelledby="record">
      <h2 id="record" tabIndex={-1} ref={heading}>
        Record {offset}
      </h2>
      <p>
        {timeText(record.timestamp)} · <a href={here}>Link to this record</a> ·{' '}
        <a href={hashOf({ ...place, open: undefined })}>Close</a>
      </p>
      <Bytes name="Key" base64={record.key} none="It has no key." />
      <Bytes name="Value" base64={record.value} none="It has no value: it is a tombstone." />
      <h3>Headers</h3>
      {headers.length === 0 && <p class="empty">It has none.</p>}
      {headers.map(({ key, value }, index) => (
        <Bytes key={index} name={`Header ${key}`} base64={value} none="It has no value." small />
      ))}
    </section>
  );
}

type BytesProps = {
  readonly name: string;
  readonly base64: string | null;
  readonly none: string;
  readonly small?: boolean;
};

const forms = { json: 'JSON', text: 'Text', hex: 'Hex' } as const satisfies Record<Shown, string>;

/** As JSON, as text or in hex: as what they can be read, and at first as what they seem to be. */
function Bytes({ name, base64, none, small = false }: BytesProps) {
  const bytes = bytesOf(base64);
  const [chosen, choose] = useState<Shown | undefined>(undefined);
  const id = useId();
  const Heading = small ? 'h4' : 'h3';
  if (bytes === null) {
    return (
      <>
        <Heading>{name}</Heading>
        <p class="empty">{none}</p>
      </>
    );
  }
  const form = chosen ?? formOf(bytes);
  const text = shownAs(bytes, form) ?? shownAs(bytes, 'hex') ?? '';
  return (
    <section aria-labelledby={id} class="bytes">
      <Heading id={id}>
        {name} <small>{bytesText(bytes.length)}</small>
      </Heading>
      <div class="controls">
        <fieldset class="forms">
          <legend class="unseen">{name} as</legend>
          {(Object.keys(forms) as Shown[]).map((one) => (
            <label key={one} class="inline">
              <input
                type="radio"
                name={`${id}-form`}
                checked={form === one}
                disabled={shownAs(bytes, one) === undefined}
                onChange={() => choose(one)}
              />
              {forms[one]}
            </label>
          ))}
        </fieldset>
        <CopyButton text={text} what={name.toLowerCase()} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is for the keyboard, too */}
      <pre tabIndex={0}>{text}</pre>
    </section>
  );
}
