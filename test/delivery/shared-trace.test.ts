// A delivery is in the trace that all of its records are in, or in none.

import { describe, expect, test } from 'vitest';
import { sharedTraceparent } from '../../shared/delivery/shared-trace.ts';
import type { LogRecord } from '../../shared/record/record.ts';

const one = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const other = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';

function inTraces(...said: readonly (string | null | undefined)[]): LogRecord[] {
  return said.map((traceparent, offset) => ({
    offset,
    timestamp: 0,
    key: null,
    value: null,
    headers:
      traceparent === undefined
        ? []
        : [{ key: 'traceparent', value: traceparent === null ? null : Buffer.from(traceparent) }],
  }));
}

describe('the trace of a delivery', () => {
  test.each([
    ['of one record is its own', [one], one],
    ['of several is the one that all of them are in', [one, one, one], one],
    ['of several from two is none', [one, other], undefined],
    ['of several of which one is in none is none', [one, undefined], undefined],
    ['of records in none is none', [undefined, undefined], undefined],
    ['is none if the header is empty', [null], undefined],
    ['is none if it would be another header, too', [`${one}\r\nx-signed: yes`], undefined],
    ['is none if it is a header’s junk', ['\u0000'], undefined],
  ])('%s', (_is, said, expected) => {
    expect(sharedTraceparent(inTraces(...(said as (string | null)[])))).toBe(expected);
  });
});
