// Checkers of order and of time, each shown a good history and a bad one: linearizability,
// producers with sequences, transactions, topics that have successors.

import { expect, test } from 'vitest';
import { crossingTopics } from './check/crossing-topics.ts';
import { linearizable } from './check/linearizable.ts';
import { producerOrder } from './check/producer-order.ts';
import { tornTransaction } from './check/torn-transaction.ts';
import {
  addLog,
  at,
  ends,
  findings,
  type HandMade,
  look,
  never,
  produce,
  type Story,
  unknown,
} from './hand-made.ts';

const stories: readonly Story[] = [
  [
    'a look that misses what was acknowledged before',
    linearizable,
    (run) => [
      addLog(run, [['a'], ['b']]),
      produce(run, [{ ids: ['b'] }], [[1, 4, at(1)]]),
      look(run, { from: 3, to: 6 }, ends(1)),
    ],
    (run) => [
      addLog(run, [['a'], ['b']]),
      produce(run, [{ ids: ['b'] }], [[1, 2, at(1)]]),
      look(run, { from: 3, to: 4 }, ends(1)),
    ],
  ],
  [
    'an end that goes back, for two clients',
    linearizable,
    (run) => [
      addLog(run, [['a'], ['b']]),
      look(run, { client: 'c1', from: 1, to: 4 }, ends(2)),
      look(run, { client: 'c2', from: 3, to: 5 }, ends(1)),
    ],
    (run) => [
      addLog(run, [['a'], ['b']]),
      look(run, { client: 'c1', from: 1, to: 2 }, ends(2)),
      look(run, { client: 'c2', from: 3, to: 5 }, ends(1)),
    ],
  ],
  [
    'an append after one that was acknowledged, and before it in the log',
    linearizable,
    (run) => [
      addLog(run, [['a'], ['b']]),
      produce(run, [{ ids: ['b'] }], [[1, 2, at(1)]]),
      produce(run, [{ ids: ['a'] }], [[1, 9, unknown]]),
    ],
    (run) => [
      addLog(run, [['a'], ['b']]),
      produce(run, [{ ids: ['b'] }], [[1, 2, at(1)]]),
      produce(run, [{ ids: ['a'] }], [[3, 9, unknown]]),
    ],
  ],
  [
    'an append that is seen before it is asked for',
    linearizable,
    (run) => [
      addLog(run, [['a']]),
      produce(run, [{ ids: ['a'] }], [[1, never, unknown]]),
      look(run, { from: 2, to: 3 }, ends(1)),
    ],
    (run) => [
      addLog(run, [['a']]),
      look(run, { from: 1, to: 2 }, ends(1)),
      produce(run, [{ ids: ['a'] }], [[3, never, unknown]]),
    ],
  ],
  [
    'an end that never was',
    linearizable,
    (run) => [addLog(run, [['a', 'b']]), look(run, { from: 1, to: 2 }, ends(2))],
    (run) => [addLog(run, [['a', 'b']]), look(run, { from: 1, to: 2 }, ends(1))],
  ],
  [
    'sequences out of order',
    producerOrder,
    (run) => [
      addLog(run, [['a', 'b'], ['c']]),
      stamped(run, ['a', 'b'], 0, 0),
      stamped(run, ['c'], 0, 2),
    ],
    (run) => [
      addLog(run, [['a', 'b'], ['c']]),
      stamped(run, ['a', 'b'], 0, 1),
      stamped(run, ['c'], 0, 0),
    ],
  ],
  [
    'an epoch after a newer one',
    producerOrder,
    (run) => [addLog(run, [['a'], ['b']]), stamped(run, ['a'], 0, 0), stamped(run, ['b'], 1, 0)],
    (run) => [addLog(run, [['b'], ['a']]), stamped(run, ['a'], 0, 0), stamped(run, ['b'], 1, 0)],
  ],
  [
    'a transaction of which a part is stored',
    tornTransaction,
    (run) => [both(run), transaction(run, [[1, 2, unknown, unknown]])],
    (run) => [addLog(run, [['a']]), transaction(run, [[1, 2, unknown, unknown]])],
  ],
  [
    'a precommitted read',
    tornTransaction,
    (run) => [
      both(run),
      transaction(run, [[1, 9, at(0), at(0)]]),
      look(run, { partition: 0, from: 2, to: 5 }, ends(1)),
      look(run, { partition: 1, from: 4, to: 6 }, ends(0)),
    ],
    (run) => [
      both(run),
      transaction(run, [[1, 9, at(0), at(0)]]),
      look(run, { partition: 0, from: 2, to: 3 }, ends(1)),
      look(run, { partition: 1, from: 4, to: 6 }, ends(0)),
    ],
  ],
  [
    'what is stored in a topic that is over',
    crossingTopics,
    (run) => [addLog(run, [['a']], { gone: 5 }), produce(run, [{ ids: ['a'] }], [[1, 2, at(0)]])],
    (run) => [addLog(run, [['a']], { gone: 5 }), produce(run, [{ ids: ['a'] }], [[6, 7, at(0)]])],
  ],
  [
    'what is stored in a topic that has a successor',
    crossingTopics,
    (run) => [
      addLog(run, [['a']], { topicId: 'old' }),
      produce(run, [{ ids: ['a'] }], [[6, 7, at(0)]]),
    ],
    (run) => [
      addLog(run, [['a']], { topicId: 'old' }),
      addLog(run, [], { topicId: 'new', named: 5 }),
      produce(run, [{ ids: ['a'] }], [[6, 7, at(0)]]),
    ],
  ],
];

function stamped(run: HandMade, ids: readonly string[], epoch: number, sequence: number): void {
  produce(run, [{ ids, stamp: { producer: 7, epoch, sequence } }], [[1, 2, unknown]]);
}

function both(run: HandMade): void {
  for (const [partition, ids] of [['a'], ['b']].entries()) addLog(run, [ids], { partition });
}

function transaction(run: HandMade, attempts: Parameters<typeof produce>[2]): void {
  const batches = ['a', 'b'].map((id, partition) => ({ ids: [id], partition }));
  produce(run, batches, attempts, { isAtomic: true });
}

test.each(stories)('%s is found', (...story) => {
  const [good, bad] = findings(story);
  expect(good).toEqual([]);
  expect(bad).not.toEqual([]);
});
