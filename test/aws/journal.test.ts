// The check of a log against its producers' journal finds what is planted.

import { expect, test } from 'vitest';
import { type Fate, findWrong, type Log, type Sent } from './journal.ts';

const at = (...offsets: number[]): Fate => ({ kind: 'acknowledged', offsets });
const unknown: Fate = { kind: 'unknown' };
const refused: Fate = { kind: 'refused' };

function sent(sequence: number, values: readonly string[], fate: Fate): Sent {
  return { producer: 'p', sequence, partition: 0, values, fate };
}

function log(...values: string[]): Log {
  return values.map((value, offset) => ({ offset, value }));
}

const story = [
  sent(0, ['a0', 'a1'], at(0, 1)),
  sent(1, ['u'], unknown),
  sent(2, ['b'], at(2)),
  sent(3, ['r'], refused),
  sent(4, ['v'], unknown),
];

test.each([
  ['nobody knew of u and v, and neither is there', log('a0', 'a1', 'b')],
  ['u landed late, v at once', log('a0', 'a1', 'b', 'u', 'v')],
  ['both landed late', log('a0', 'a1', 'b', 'v', 'u')],
])('is content where %s', (_, found) => {
  expect(findWrong(story, [found])).toEqual([]);
});

test.each<[string, Log, string]>([
  ['a lost record', log('a0', 'a1'), 'at undefined, acknowledged at 2: b'],
  ['a record elsewhere', log('u', 'a0', 'a1', 'b'), 'at 1, acknowledged at 0: a0'],
  ['a refused record', log('a0', 'a1', 'b', 'r'), 'refused, but there: r'],
  ['an unknown outcome twice', log('a0', 'a1', 'b', 'u', 'u'), 'twice: u'],
  ['a stranger', log('a0', 'a1', 'b', 'x'), 'nobody sent x'],
  ['a request torn apart', log('a0', 'b', 'a1'), 'torn from its request: a1'],
  ['half a request', log('a0'), 'torn from its request: a1'],
  ['an order turned round', log('u', 'a0', 'a1', 'b'), 'p in 0: u before what was sent earlier'],
  ['a gap', [{ offset: 7, value: 'a0' }], '0: offset 7 where 0 is due'],
])('finds %s', (_, found, complaint) => {
  expect(findWrong(story, [found])).toContain(complaint);
});

test('finds a record in another partition', () => {
  expect(findWrong(story, [log('a0', 'a1', 'b'), log('u')])).toContain('elsewhere: u');
});
