// Each checker of deliveries is shown a good history, in which it must find nothing, and a bad one,
// in which it must find what is wrong: here of order, of what is committed, and of how much is
// given.

import { expect, test } from 'vitest';
import { atOnce } from './check/at-once.ts';
import { committedAfterSuccess } from './check/committed-after-success.ts';
import { deliveredAll } from './check/delivered-all.ts';
import { deliveredInOrder } from './check/delivered-in-order.ts';
import { filtered } from './check/filtered.ts';
import { ingestedOnce } from './check/ingested-once.ts';
import { rate } from './check/rate.ts';
import { addLog, type HandMade } from './hand-made.ts';
import {
  addLetters,
  addPutBack,
  type DeliveryStory,
  factsOf,
  failed,
  findingsIn,
  given,
  move,
  tale,
} from './hand-made-deliveries.ts';
import type { Log } from './logs.ts';
import { patternOf } from './triggers/filters.ts';

const filter = patternOf('of-some');

const stories: readonly DeliveryStory[] = [
  [
    'what is given before all that stands before it is taken',
    deliveredInOrder,
    tale((run) => {
      failed(run, [0, 1], [1, 2, 3]);
      given(run, [0], [4, 5, 6]);
      given(run, [1, 2], [7, 8, 9]);
    }),
    tale((run) => {
      failed(run, [0, 1], [1, 2, 3]);
      given(run, [1, 2], [4, 5, 6]);
    }),
  ],
  [
    'what is given while what stands before it is under way',
    deliveredInOrder,
    tale((run) => {
      given(run, [0], [1, 2, 3]);
      given(run, [0, 1], [4, 5, 6]);
    }),
    tale((run) => {
      given(run, [0], [1, 5, 6]);
      given(run, [1], [4, 7, 8]);
    }),
  ],
  [
    'a delivery with a gap that no filter made',
    deliveredInOrder,
    tale((run) => given(run, [0, 2], [1, 2, 3]), factsOf({ filter })),
    tale((run) => given(run, [0, 2], [1, 2, 3])),
  ],
  [
    'records that do not rise',
    deliveredInOrder,
    tale((run) => given(run, [0, 1], [1, 2, 3])),
    tale((run) => given(run, [1, 0], [1, 2, 3])),
  ],
  [
    'what comes after what was passed over by nobody',
    deliveredInOrder,
    tale((run) => given(run, [2], [3, 4, 5]), factsOf({}, { moves: [move(0, 2, 1, 'placed')] })),
    tale((run) => given(run, [2], [3, 4, 5]), factsOf({}, { moves: [move(0, 2, 1)] })),
  ],
  [
    'a commit before the receiver has it',
    committedAfterSuccess,
    tale((run) => given(run, [0], [1, 2, 3]), factsOf({}, { moves: [move(0, 1, 4)] })),
    tale((run) => given(run, [0], [1, 5, 6]), factsOf({}, { moves: [move(0, 1, 4)] })),
  ],
  [
    'a commit of what failed',
    committedAfterSuccess,
    tale(
      (run) => {
        failed(run, [0], [1, 2, 3]);
        addLetters(run, [{ offset: 0, event: 4 }]);
      },
      factsOf({}, { moves: [move(0, 1, 5)] }),
    ),
    tale((run) => failed(run, [0], [1, 2, 3]), factsOf({}, { moves: [move(0, 1, 5)] })),
  ],
  [
    'a commit past what no filter left out',
    committedAfterSuccess,
    tale((run) => given(run, [0, 2], [1, 2, 3]), factsOf({ filter }, { moves: [move(0, 3, 4)] })),
    tale((run) => given(run, [0, 2], [1, 2, 3]), factsOf({}, { moves: [move(0, 3, 4)] })),
  ],
  [
    'what no filter lets through',
    filtered,
    tale((run) => given(run, [0, 2], [1, 2, 3]), factsOf({ filter })),
    tale((run) => given(run, [0, 1, 2], [1, 2, 3]), factsOf({ filter })),
  ],
  [
    'what is for another',
    filtered,
    tale((run) => givenFirstFor(run, 'alpha')),
    tale((run) => givenFirstFor(run, 'beta')),
  ],
  [
    'a subscription that does not come to its end',
    deliveredAll,
    tale((run) => given(run, [0, 1, 2], [1, 2, 3])),
    tale((run) => given(run, [0, 1, 2], [1, 2, 3]), factsOf({}, { behind: ['orders-0'] })),
  ],
  [
    'a record of which nothing became',
    deliveredAll,
    tale((run) => {
      given(run, [0, 2], [1, 2, 3]);
      addLetters(run, [{ offset: 1, event: 4 }]);
    }),
    tale((run) => given(run, [0, 2], [1, 2, 3])),
  ],
  [
    'two deliveries of a partition at once',
    atOnce,
    tale((run) => {
      given(run, [0], [1, 2, 3]);
      given(run, [1], [4, 5, 6]);
    }),
    tale((run) => {
      given(run, [0], [1, 2, 5]);
      given(run, [1], [4, 6, 7]);
    }),
  ],
  [
    'more deliveries at once than it may have',
    atOnce,
    tale(givenToTwoPartitions, factsOf({ deliveriesMax: 2 })),
    tale(givenToTwoPartitions, factsOf({ deliveriesMax: 1 })),
  ],
  [
    'more than the rate',
    rate,
    tale((run) => given(run, [0, 1, 2], [1, 2, 3]), factsOf({ recordsPerSecondMax: 1 })),
    tale(
      (run) => {
        for (let more = 0; more < 3; more++) given(run, [0, 1, 2], [1, 2, 3]);
      },
      factsOf({ recordsPerSecondMax: 1 }),
    ),
  ],
  [
    'what a source was told is stored, and is not',
    ingestedOnce,
    tale((run) => bring(run, ['c1.0', 'c9.9'], ['c9.9'])),
    tale((run) => bring(run, ['c1.0', 'c9.9'], [])),
  ],
  [
    'a shard out of order',
    ingestedOnce,
    tale((run) => bring(run, ['c1.0', 'c3.1'], [], 'one')),
    tale((run) => bring(run, ['c3.1', 'c1.0'], [], 'one')),
  ],
];

function givenToTwoPartitions(run: HandMade): void {
  given(run, [0], [1, 2, 5]);
  addLog(run, [['c4.0']], { partition: 1 });
  run.logs.reverse();
  given(run, [0], [4, 6, 7]);
}

function givenFirstFor(run: HandMade, name: string): void {
  addPutBack(run, [0], name);
  const copies = run.logs.pop() as Log;
  run.logs[0] = { ...(run.logs[0] as Log), records: copies.records };
  given(run, [0], [1, 2, 3]);
}

function bring(
  { history }: HandMade,
  ids: readonly string[],
  failures: readonly string[],
  shard?: string,
): void {
  const records = ids.map((id) => (shard === undefined ? { id } : { id, shard }));
  const asked = { client: 'c1', process: 'p0', topic: 'orders', records };
  history.ingests.push({ ...asked, invoked: 1, returned: 2, answer: new Set(failures) });
}

test.each(stories)('%s is found', (...story) => {
  const [good, bad] = findingsIn(story);
  expect(good).toEqual([]);
  expect(bad).not.toEqual([]);
});
