// What may come next of a producer, as a partition judges it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProducerKey } from '../../shared/ids.ts';
import { producerEpochMax, recordsPerRequestMax, sequenceMax } from '../../shared/limits.ts';
import { judge, type ProducerState, packEpoch, unpackEpoch } from '../../shared/log/stamp.ts';
import { inTurnOrder, runsOf, turnsOf } from '../../shared/log/stamped-runs.ts';
import { sequenceAfter } from '../../shared/sequence.ts';

const producer = 'p' as ProducerKey;
const counts = fc.integer({ min: 1, max: recordsPerRequestMax });
const sequences = fc.oneof(
  fc.integer({ min: 0, max: sequenceMax }),
  fc.integer({ min: sequenceMax - 10, max: sequenceMax }),
  fc.integer({ min: 0, max: 10 }),
);
const epochs = fc.integer({ min: 0, max: producerEpochMax });

function stateAfter(epoch: number, first: number, count: number): ProducerState {
  return { epoch, first, next: sequenceAfter(first, count), base: 100 };
}

test('a batch is next, then it is a repeat, then it is older', () => {
  fc.assert(
    fc.property(epochs, sequences, counts, counts, (epoch, sequence, count, later) => {
      const stamp = { producer, epoch, sequence };
      const before = { epoch, first: 0, next: sequence, base: 0 };
      expect(judge(stamp, count, before).kind).toBe('next');
      const after = stateAfter(epoch, sequence, count);
      expect(judge(stamp, count, after)).toEqual({ kind: 'repeat', baseOffset: 100 });
      const last = stateAfter(epoch, after.next, later);
      expect(judge(stamp, count, last).kind).toBe('older');
    }),
  );
});

test('what does not begin where the last ended is a gap, or an overlap', () => {
  fc.assert(
    fc.property(epochs, sequences, counts, counts, (epoch, first, count, ahead) => {
      const state = stateAfter(epoch, first, count);
      const beyond = sequenceAfter(state.next, ahead);
      expect(judge({ producer, epoch, sequence: beyond }, count, state).kind).toBe('gap');
      const longer = { producer, epoch, sequence: first };
      expect(judge(longer, count + ahead, state).kind).toBe('overlap');
    }),
  );
});

test('an epoch begins at 0, and ends those before it', () => {
  fc.assert(
    fc.property(epochs, epochs, sequences, counts, (one, other, sequence, count) => {
      fc.pre(one < other);
      const state = stateAfter(one, 5, 5);
      const kind = judge({ producer, epoch: other, sequence }, count, state).kind;
      expect(kind).toBe(sequence === 0 ? 'next' : 'gap');
      const newer = stateAfter(other, 5, 5);
      expect(judge({ producer, epoch: one, sequence }, count, newer).kind).toBe('fenced');
      const first = judge({ producer, epoch: one, sequence }, count, undefined).kind;
      expect(first).toBe(sequence === 0 ? 'next' : 'gap');
    }),
  );
});

test('epoch and sequence are one number, in their order', () => {
  fc.assert(
    fc.property(epochs, sequences, epochs, sequences, (epoch, next, otherEpoch, otherNext) => {
      const packed = packEpoch(epoch, next);
      expect(Number.isSafeInteger(packed)).toBe(true);
      expect(unpackEpoch(packed)).toEqual({ epoch, next });
      const order = epoch - otherEpoch || next - otherNext;
      expect(Math.sign(packed - packEpoch(otherEpoch, otherNext))).toBe(Math.sign(order));
    }),
  );
});

const batch = (name: string, epoch: number, sequence: number, count: number) => {
  return { stamp: { producer: name as ProducerKey, epoch, sequence }, count };
};

test('of each producer one run goes at a time, in order, whatever order they came in', () => {
  const came = [
    batch('a', 0, 5, 2),
    batch('b', 1, 0, 1),
    batch('a', 0, 3, 2),
    batch('a', 0, 9, 1),
    batch('b', 0, 7, 1),
    batch('a', 0, 7, 1),
  ];
  const inTurn = inTurnOrder(came).flat();
  const order = inTurn.map(({ stamp: s }) => `${s.producer}${s.epoch}:${s.sequence}`);
  expect(order).toEqual(['a0:3', 'a0:5', 'a0:7', 'a0:9', 'b0:7', 'b1:0']);
  const kinds = turnsOf(inTurn, undefined).map(({ kind }) => kind);
  expect(kinds).toEqual(['send', 'send', 'send', 'later', 'send', 'later']);
  const states = new Map([['a', { epoch: 0, first: 0, next: 5, base: 0 }]]);
  const known = turnsOf(inTurn, (name) => ({ state: states.get(name), absentAt: 70 }));
  expect(known.map(({ kind }) => kind)).toEqual(['older', 'send', 'send', 'later', 'gap', 'send']);
});

test('an update says of a run its first sequence, what comes next, and its last batch', () => {
  const sent = [batch('a', 0, 3, 2), batch('a', 0, 5, 2), batch('b', 0, 0, 4)];
  expect(runsOf(sent, undefined)).toEqual([
    { producer: 'a', epoch: 0, sequence: 3, next: 7, last: { sequence: 5, offset: 2 } },
    { producer: 'b', epoch: 0, sequence: 0, next: 4, last: { sequence: 0, offset: 4 } },
  ]);
  const [first] = runsOf(sent, (name) => ({
    state: undefined,
    ...(name === 'a' ? { absentAt: 9 } : {}),
  }));
  expect(first).toMatchObject({ producer: 'a', absentAt: 9 });
});
