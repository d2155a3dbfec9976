// A record that is made by hand: what the form asks of the engine, or what is wrong with it.

import { expect, test } from 'vitest';
import { emptyForm, judged, type ProduceForm } from '../../../console/records/produce-form.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function judge(form: Partial<ProduceForm>) {
  return judged('my topic', { ...emptyForm, value: { kind: 'text', text: 'v' }, ...form });
}

test('a good one', () => {
  const judgement = judge({
    key: { kind: 'hex', text: '00 ff' },
    value: { kind: 'json', text: '{"a": 1.0}' },
    headers: [
      { key: 'h', value: { kind: 'text', text: 'grüße' } },
      { key: 'h', value: { kind: 'none', text: 'passed over' } },
    ],
    partition: '3',
    timestamp: '2026-01-31T12:00:00Z',
  });
  const record = {
    key: 'AP8=',
    // As it was typed.
    value: base64('{"a": 1.0}'),
    headers: [
      { key: 'h', value: base64('grüße') },
      { key: 'h', value: null },
    ],
    timestamp: 1_769_860_800_000,
  };
  const path = 'topics/my%20topic/partitions/3';
  expect(judgement).toEqual({ kind: 'good', request: { path, body: { records: [record] } } });
});

test('what is left out, the engine picks; no key and no value are none', () => {
  const none = { kind: 'none', text: '' } as const;
  expect(judge({ key: none, value: none })).toEqual({
    kind: 'good',
    request: {
      path: 'topics/my%20topic',
      body: { records: [{ key: null, value: null, headers: [] }] },
    },
  });
  const empty = judge({ key: { kind: 'text', text: '' } });
  expect(empty, 'an empty key is one').toMatchObject({
    request: { body: { records: [{ key: '' }] } },
  });
});

test('each fault is told where it is', () => {
  const judgement = judge({
    key: { kind: 'hex', text: '0' },
    value: { kind: 'json', text: '{' },
    headers: [{ key: '', value: { kind: 'text', text: '' } }],
    partition: 'x',
    timestamp: 'now',
  });
  expect(judgement.kind).toBe('faults');
  const faults = judgement.kind === 'faults' ? [...judgement.faults.keys()] : [];
  expect(faults.sort()).toEqual(['headers[0]', 'key', 'partition', 'timestamp', 'value']);
});
