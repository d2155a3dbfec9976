// A record by hand. It is sent with a key by which the engine knows it again: whoever sends it
// twice, since he was not answered, has it stored once.

import { useState } from 'preact/hooks';
import { Refusal } from '../engine/api.ts';
import type { ProduceReply } from '../engine/replies.ts';
import { Field, Notes } from '../page/field.tsx';
import { countText } from '../page/formats.ts';
import { allTopics, stepTo, Trail } from '../page/trail.tsx';
import { hashOf, type PlaceOf, recordsPlace } from '../router.ts';
import { useSession } from '../session.ts';
import { emptyForm, judged, type Kind, type Part, type ProduceForm } from './produce-form.ts';
import { keepUnsent, unsentOf } from './unsent.ts';

type Sent =
  | { readonly kind: 'nothing' | 'sending' }
  | { readonly kind: 'stored'; readonly partition: number; readonly offset: number }
  | { readonly kind: 'failed'; readonly message: string; readonly mayBeStored: boolean };

export function ProduceView({ place }: { readonly place: PlaceOf<'produce'> }) {
  const { topic } = place;
  const session = useSession();
  const { tab, randomId } = session.host;
  const partition = place.partition === undefined ? '' : String(place.partition);
  const [unsent] = useState(() => unsentOf(tab, topic));
  const [form, setForm] = useState<ProduceForm>(unsent?.form ?? { ...emptyForm, partition });
  const [sent, setSent] = useState<Sent>(unsent === undefined ? { kind: 'nothing' } : unknown);
  const [key, setKey] = useState(unsent?.key ?? randomId);
  const [isChecked, setIsChecked] = useState(false);
  const judgement = judged(topic, form);
  const faults =
    isChecked && judgement.kind === 'faults' ? judgement.faults : new Map<string, string>();
  const change = (part: Partial<ProduceForm>) => {
    setForm({ ...form, ...part });
    // Another record, with a key of its own.
    setKey(randomId());
    keepUnsent(tab, undefined);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    setIsChecked(true);
    if (judgement.kind === 'faults' || sent.kind === 'sending') return;
    setSent({ kind: 'sending' });
    keepUnsent(tab, { topic, form, key });
    const { path, body } = judgement.request;
    const outcome = await session.api
      .produce<ProduceReply>(path, body, key)
      .then(outcomeOf, failureOf);
    setSent(outcome);
    if (outcome.kind === 'failed' && outcome.mayBeStored) return;
    keepUnsent(tab, undefined);
    if (outcome.kind !== 'stored') return;
    setKey(randomId());
    const { offset } = outcome;
    session.announce(`Stored in partition ${outcome.partition} at offset ${countText(offset)}.`);
  };
  return (
    <>
      <Trail steps={[allTopics, stepTo(topic)]} />
      <h1 tabIndex={-1}>Produce a record to {topic}</h1>
      <form class="narrow" onSubmit={submit} autocomplete="off">
        <PartField
          name="Key"
          part={form.key}
          onPart={(changed) => change({ key: changed })}
          fault={faults.get('key')}
        />
        <PartField
          name="Value"
          part={form.value}
          onPart={(value) => change({ value })}
          fault={faults.get('value')}
        />
        <HeaderFields form={form} onHeaders={(headers) => change({ headers })} faults={faults} />
        <Field
          label="Partition"
          inputMode="numeric"
          value={form.partition}
          onValue={(text) => change({ partition: text })}
          hint="Empty: the key picks it."
          fault={faults.get('partition')}
        />
        <Field
          label="Time"
          value={form.timestamp}
          onValue={(timestamp) => change({ timestamp })}
          hint="Empty: now."
          fault={faults.get('timestamp')}
        />
        <button type="submit" class="main" aria-disabled={sent.kind === 'sending'}>
          Produce
        </button>
      </form>
      <Outcome topic={topic} sent={sent} />
    </>
  );
}

function outcomeOf({ offsets: [first] }: ProduceReply): Sent {
  if (first === undefined || first.offset === null || first.error_code !== null) {
    const message = first?.error ?? 'It was not stored.';
    return { kind: 'failed', message, mayBeStored: false };
  }
  return { kind: 'stored', partition: first.partition, offset: first.offset };
}

function failureOf(error: unknown): Sent {
  const { message, isPassing } = Refusal.of(error);
  return { kind: 'failed', message: message + (isPassing ? again : ''), mayBeStored: isPassing };
}

const again = ' It may be sent again: it is stored once.';

/** Of one that was sent before the page was loaded. */
const unknown: Sent = {
  kind: 'failed',
  message: `Nobody knows whether this record was stored.${again}`,
  mayBeStored: true,
};

function Outcome({ topic, sent }: { readonly topic: string; readonly sent: Sent }) {
  if (sent.kind === 'sending') return <p class="empty">Sending…</p>;
  if (sent.kind === 'failed') {
    return (
      <p class="fault" role="alert">
        {sent.message}
      </p>
    );
  }
  if (sent.kind !== 'stored') return null;
  const { partition, offset } = sent;
  // Of a repeat the engine may not know the place any more.
  const open = offset < 0 ? undefined : offset;
  const from = open === undefined ? undefined : { offset };
  const place = recordsPlace({ topic, partition, from, open });
  return (
    <p class="good">
      Stored: <a href={hashOf(place)}>{`partition ${partition}, offset ${countText(offset)}`}</a>
    </p>
  );
}

const kinds = { text: 'text', json: 'JSON', hex: 'hex', none: 'none' } as const;

type PartFieldProps = {
  readonly name: string;
  readonly part: Part;
  readonly onPart: (part: Part) => void;
  readonly fault?: string | undefined;
};

function PartField({ name, part, onPart, fault }: PartFieldProps) {
  const id = `part-${name.replace(/\W/g, '-')}`;
  return (
    <div class="field">
      <div class="labels">
        <label for={id}>{name}</label>
        <label class="inline">
          <span class="unseen">{name} </span>as
          <select
            value={part.kind}
            onChange={({ currentTarget }) => onPart({ ...part, kind: currentTarget.value as Kind })}
          >
            {(Object.keys(kinds) as Kind[]).map((kind) => (
              <option key={kind} value={kind}>
                {kinds[kind]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <textarea
        id={id}
        rows={name === 'Value' ? 8 : 2}
        value={part.text}
        disabled={part.kind === 'none'}
        onInput={({ currentTarget }) => onPart({ ...part, text: currentTarget.value })}
        aria-describedby={fault && `${id}-fault`}
        aria-invalid={fault !== undefined}
        spellcheck={false}
      />
      <Notes id={id} hint={undefined} fault={fault} />
    </div>
  );
}

type Headers = ProduceForm['headers'];

type HeaderFieldsProps = {
  readonly form: ProduceForm;
  readonly onHeaders: (headers: Headers) => void;
  readonly faults: ReadonlyMap<string, string>;
};

function HeaderFields({ form: { headers }, onHeaders, faults }: HeaderFieldsProps) {
  const change = (index: number, part: Partial<Headers[number]>) =>
    onHeaders(headers.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <fieldset>
      <legend>Headers</legend>
      {headers.map((header, index) => (
        <div class="record-header" key={index}>
          <Field
            label={`Name of header ${index + 1}`}
            value={header.key}
            onValue={(key) => change(index, { key })}
            fault={faults.get(`headers[${index}]`)}
          />
          <PartField
            name={`Value of header ${index + 1}`}
            part={header.value}
            onPart={(value) => change(index, { value })}
          />
          <button type="button" onClick={() => onHeaders(headers.filter((_, at) => at !== index))}>
            Remove header {index + 1}
          </button>
        </div>
      ))}
      <button
        type="button"
        onClick={() => onHeaders([...headers, { key: '', value: { kind: 'text', text: '' } }])}
      >
        Add a header
      </button>
    </fieldset>
  );
}
