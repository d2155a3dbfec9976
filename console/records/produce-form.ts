// A record that somebody makes by hand: from what is in the form to what is asked of the engine, or
// to what is wrong, field by field.

import { integerIn, isMistyped, timeFault, timeIn } from '../page/typed.ts';
import { base64Of, hexIn } from './bytes.ts';

export type Kind = 'none' | 'text' | 'json' | 'hex';

export type Part = { readonly kind: Kind; readonly text: string };

export type ProduceForm = {
  readonly partition: string;
  readonly key: Part;
  readonly value: Part;
  readonly headers: readonly { readonly key: string; readonly value: Part }[];
  readonly timestamp: string;
};

export const emptyForm: ProduceForm = {
  partition: '',
  key: { kind: 'text', text: '' },
  value: { kind: 'json', text: '' },
  headers: [],
  timestamp: '',
};

export type ProduceRequest = {
  readonly path: string;
  /** Of `application/vnd.kafka.binary.v2+json`. */
  readonly body: {
    readonly records: readonly [
      {
        readonly key: string | null;
        readonly value: string | null;
        readonly headers: readonly { readonly key: string; readonly value: string | null }[];
        readonly timestamp?: number;
      },
    ];
  };
};

export type Judged =
  | { readonly kind: 'good'; readonly request: ProduceRequest }
  /** By field: `key`, `value`, `partition`, `timestamp`, `headers[0]`. */
  | { readonly kind: 'faults'; readonly faults: ReadonlyMap<string, string> };

export function judged(topic: string, form: ProduceForm): Judged {
  const faults = new Map<string, string>();
  const read = (field: string, part: Part): string | null => {
    const bytes = bytesIn(part);
    if (typeof bytes !== 'string') return bytes && base64Of(bytes);
    faults.set(field, bytes);
    return null;
  };
  const key = read('key', form.key);
  const value = read('value', form.value);
  const headers = form.headers.map((header, index) => {
    if (header.key === '') faults.set(`headers[${index}]`, 'A header needs a name.');
    return { key: header.key, value: read(`headers[${index}]`, header.value) };
  });
  const timestamp = timeIn(form.timestamp);
  if (isMistyped(form.timestamp, timestamp)) faults.set('timestamp', timeFault);
  const partition = integerIn(form.partition);
  if (isMistyped(form.partition, partition)) {
    faults.set('partition', 'A number, or nothing: then the key picks it.');
  }
  if (faults.size > 0) return { kind: 'faults', faults };
  const name = encodeURIComponent(topic);
  const path =
    partition === undefined ? `topics/${name}` : `topics/${name}/partitions/${partition}`;
  const record = { key, value, headers, ...(timestamp !== undefined && { timestamp }) };
  return { kind: 'good', request: { path, body: { records: [record] } } };
}

/** @returns null: none; a text: what is wrong with it. */
function bytesIn({ kind, text }: Part): Uint8Array | null | string {
  switch (kind) {
    case 'none':
      return null;
    case 'text':
      return new TextEncoder().encode(text);
    case 'json':
      try {
        JSON.parse(text);
        return new TextEncoder().encode(text);
      } catch {
        return 'It is no JSON.';
      }
    case 'hex':
      return hexIn(text) ?? 'Two digits of 0 to 9 and a to f for each byte.';
  }
}
