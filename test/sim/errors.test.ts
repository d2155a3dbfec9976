// A checker that cannot fail is worthless. Each is shown a good history, in which it must find
// nothing, and a bad one, in which it must find what is wrong: here the error classes of Jepsen's
// Kafka workload, and what else a single look can show.

import { expect, test } from 'vitest';
import { abortedRead } from './check/aborted-read.ts';
import { damage } from './check/damage.ts';
import { duplicate } from './check/duplicate.ts';
import { inconsistentOffsets } from './check/inconsistent-offsets.ts';
import { lostWrite } from './check/lost-write.ts';
import { needlessUnknown } from './check/needless-unknown.ts';
import { nonMonotonicPoll } from './check/non-monotonic-poll.ts';
import { nonMonotonicSend } from './check/non-monotonic-send.ts';
import { pollSkip } from './check/poll-skip.ts';
import { progress } from './check/progress.ts';
import { timeLookUp } from './check/time-look-up.ts';
import { drainClient, unseen } from './check/unseen.ts';
import {
  addLog,
  at,
  emptyRun,
  ends,
  findings,
  judge,
  look,
  produce,
  records,
  refused,
  type Story,
  unknown,
} from './hand-made.ts';

const stories: readonly Story[] = [
  [
    'a lost write',
    lostWrite,
    (run) => [addLog(run, [['a']]), produce(run, [{ ids: ['a'] }], [[1, 2, at(0)]])],
    (run) => [addLog(run, [['b']]), produce(run, [{ ids: ['a'] }], [[1, 2, at(0)]])],
  ],
  [
    'an offset that is told wrong',
    lostWrite,
    (run) => [addLog(run, [['a'], ['b']]), produce(run, [{ ids: ['b'] }], [[1, 2, at(1)]])],
    (run) => [addLog(run, [['a'], ['b']]), produce(run, [{ ids: ['b'] }], [[1, 2, at(0)]])],
  ],
  [
    'a repeat that is told another offset',
    lostWrite,
    (run) => [
      addLog(run, [['a'], ['b']]),
      produce(
        run,
        [{ ids: ['b'] }],
        [
          [1, 2, unknown],
          [3, 4, at(1)],
          [5, 6, at(1)],
        ],
      ),
    ],
    (run) => [
      addLog(run, [['a'], ['b']]),
      produce(
        run,
        [{ ids: ['b'] }],
        [
          [1, 2, unknown],
          [3, 4, at(1)],
          [5, 6, at(2)],
        ],
      ),
    ],
  ],
  [
    'a batch that is torn',
    lostWrite,
    (run) => [addLog(run, [['a', 'b']]), produce(run, [{ ids: ['a', 'b'] }], [[1, 2, at(0)]])],
    (run) => [
      addLog(run, [['a'], ['x', 'b']]),
      produce(run, [{ ids: ['a', 'b'] }], [[1, 2, unknown]]),
    ],
  ],
  [
    'an aborted read',
    abortedRead,
    (run) => [addLog(run, []), produce(run, [{ ids: ['a'] }], [[1, 2, refused]])],
    (run) => [addLog(run, [['a']]), produce(run, [{ ids: ['a'] }], [[1, 2, refused]])],
  ],
  [
    'a duplicate',
    duplicate,
    (run) => addLog(run, [['a'], ['b']]),
    (run) => addLog(run, [['a'], ['b'], ['a']]),
  ],
  [
    'a plain duplicate in a topic and its successor',
    duplicate,
    (run) => [
      addLog(run, [['a']], { topicId: 'old' }),
      addLog(run, [['a']], { topicId: 'new' }),
      produce(run, [{ ids: ['a'], stamp: { key: 'k' } }], [[1, 2, unknown]]),
    ],
    (run) => [
      addLog(run, [['a']], { topicId: 'old' }),
      addLog(run, [['a']], { topicId: 'new' }),
      produce(run, [{ ids: ['a'] }], [[1, 2, unknown]]),
    ],
  ],
  [
    'inconsistent offsets',
    inconsistentOffsets,
    (run) => [
      addLog(run, [['a'], ['b']]),
      look(run, { from: 1, to: 2 }, records(['a', 'b'], 0, 2)),
    ],
    (run) => [
      addLog(run, [['a'], ['b']]),
      look(run, { from: 1, to: 2 }, records(['a', 'c'], 0, 2)),
    ],
  ],
  [
    'a poll that skips',
    pollSkip,
    (run) => look(run, { offset: 1, from: 1, to: 2 }, records(['b', 'c'], 1, 3)),
    (run) => look(run, { offset: 0, from: 1, to: 2 }, records(['b', 'c'], 1, 3)),
  ],
  [
    'a poll that is empty before the end',
    pollSkip,
    (run) => look(run, { offset: 3, from: 1, to: 2 }, records([], 3, 3)),
    (run) => look(run, { offset: 2, from: 1, to: 2 }, records([], 2, 3)),
  ],
  [
    'a poll that is not monotonic',
    nonMonotonicPoll,
    (run) => [look(run, { from: 1, to: 2 }, ends(5)), look(run, { from: 3, to: 4 }, ends(5))],
    (run) => [look(run, { from: 1, to: 2 }, ends(5)), look(run, { from: 3, to: 4 }, ends(4))],
  ],
  [
    'a log start that falls',
    nonMonotonicPoll,
    (run) => [look(run, { from: 1, to: 2 }, ends(5, 1)), look(run, { from: 3, to: 4 }, ends(5, 2))],
    (run) => [look(run, { from: 1, to: 2 }, ends(5, 2)), look(run, { from: 3, to: 4 }, ends(5, 1))],
  ],
  [
    'a send that is not monotonic',
    nonMonotonicSend,
    (run) => [
      addLog(run, [['a'], ['b']]),
      produce(run, [{ ids: ['a'] }], [[1, 2, at(0)]]),
      produce(run, [{ ids: ['b'] }], [[3, 4, at(1)]]),
    ],
    (run) => [
      addLog(run, [['b'], ['a']]),
      produce(run, [{ ids: ['a'] }], [[1, 2, at(1)]]),
      produce(run, [{ ids: ['b'] }], [[3, 4, at(0)]]),
    ],
  ],
  [
    'what is unseen when all is quiet',
    unseen,
    (run) => [
      addLog(run, [['a'], ['b']]),
      look(run, { client: drainClient, from: 1, to: 2 }, records(['a', 'b'], 0, 2)),
    ],
    (run) => [
      addLog(run, [['a'], ['b']]),
      look(run, { client: drainClient, from: 1, to: 2 }, records(['a'], 0, 1)),
    ],
  ],
  [
    'an unknown outcome that could have been known',
    needlessUnknown,
    (run) => [addLog(run, [['a']]), produce(run, [{ ids: ['a'] }], [[1, 2, unknown]])],
    (run) => {
      addLog(run, [['a']]);
      for (const attempt of produce(run, [{ ids: ['a'] }], [[1, 9, unknown]])) {
        attempt.lookedFrom = 5;
      }
    },
  ],
  [
    'a time that is found too late',
    timeLookUp,
    (run) => [
      addLog(run, [['a'], ['b'], ['c']]),
      look(run, { timestamp: 1_001, from: 1, to: 2 }, { kind: 'offset', offset: 1 }),
    ],
    (run) => [
      addLog(run, [['a'], ['b'], ['c']]),
      look(run, { timestamp: 1_001, from: 1, to: 2 }, { kind: 'offset', offset: 2 }),
    ],
  ],
  [
    'damage where there is none',
    damage,
    (run) => look(run, { from: 1, to: 2 }, { kind: 'error', code: 'UNAVAILABLE' }),
    (run) => look(run, { from: 1, to: 2 }, { kind: 'error', code: 'DAMAGED' }),
  ],
];

test.each(stories)('%s is found', (...story) => {
  const [good, bad] = findings(story);
  expect(good).toEqual([]);
  expect(bad).not.toEqual([]);
});

test('a failure after the storm is found, in a run that must go on', () => {
  for (const liveness of [false, true]) {
    const run = { ...emptyRun(), liveness };
    run.history.healed = 5;
    produce(run, [{ ids: ['a'] }], [[1, 2, refused]]);
    expect(judge(progress, run)).toEqual([]);
    produce(run, [{ ids: ['b'] }], [[6, 7, refused]]);
    look(run, { from: 6, to: 7 }, { kind: 'error', code: 'UNAVAILABLE' });
    expect(judge(progress, run)).toHaveLength(liveness ? 2 : 0);
  }
});
