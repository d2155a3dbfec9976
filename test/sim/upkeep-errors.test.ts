// Checkers of logs that are looked after, each shown a good history and a bad one: where they
// start, what is left out of them, and what readers are told of it.

import { expect, test } from 'vitest';
import { damage } from './check/damage.ts';
import { logBounds } from './check/log-bounds.ts';
import { logStart } from './check/log-start.ts';
import { needlessUnknown } from './check/needless-unknown.ts';
import { pollSkip } from './check/poll-skip.ts';
import { progress } from './check/progress.ts';
import { timeLookUp } from './check/time-look-up.ts';
import { drainClient, lateDrainClient, unseen } from './check/unseen.ts';
import {
  addLog,
  emptyRun,
  ends,
  findings,
  type HandMade,
  judge,
  look,
  produce,
  records,
  type Story,
  unknown,
} from './hand-made.ts';
import { asked, leftOut, raised, some, upkept } from './hand-made-upkeep.ts';
import type { Answer } from './history.ts';

const three = [['a'], ['b'], ['c']];

function outOfRange(start: number, end: number): Answer {
  const bounds = { logStart: start, highWatermark: end };
  return { kind: 'error', code: 'OFFSET_OUT_OF_RANGE', bounds };
}

function startingAt(answer: Answer, start: number): Answer {
  return answer.kind === 'records' ? { ...answer, logStart: start } : answer;
}

const stories: readonly Story[] = [
  [
    'a log start that nobody asked for',
    logStart,
    (run) => {
      raised(addLog(run, three), 2, 5);
      asked(run, { before: 2, from: 1, to: 6, answer: { logStart: 2, highWatermark: 3 } });
    },
    (run) => {
      raised(addLog(run, three), 2, 5);
      asked(run, { before: 1, from: 1, to: 6, answer: { logStart: 2, highWatermark: 3 } });
    },
  ],
  [
    'a log start that was raised before it was asked for',
    logStart,
    (run) => {
      raised(addLog(run, three), 3, 5);
      asked(run, { before: -1, from: 4, to: 6, answer: 'lost' });
    },
    (run) => {
      raised(addLog(run, three), 3, 5);
      asked(run, { before: -1, from: 6, to: 7, answer: 'lost' });
    },
  ],
  [
    'a record dropped that is not old enough',
    logStart,
    (run) => {
      const configs = { 'retention.ms': '100' };
      raised(addLog(run, three, { configs }), 1, 5, { latest: 1_000, at: 1_101 as never });
    },
    (run) => {
      const configs = { 'retention.ms': '100' };
      raised(addLog(run, three, { configs }), 1, 5, { latest: 1_000, at: 1_100 as never });
    },
  ],
  [
    'a record dropped though few bytes are left',
    logStart,
    (run) => {
      const configs = { 'retention.ms': '-1', 'retention.bytes': '100' };
      raised(addLog(run, three, { configs }), 1, 5, { bytesLeft: 100 });
    },
    (run) => {
      const configs = { 'retention.ms': '-1', 'retention.bytes': '100' };
      raised(addLog(run, three, { configs }), 1, 5, { bytesLeft: 80 });
    },
  ],
  [
    'a record dropped of a topic that only compacts',
    logStart,
    (run) => {
      const configs = { 'cleanup.policy': 'compact,delete', 'retention.bytes': '0' };
      raised(addLog(run, three, { configs }), 1, 5);
    },
    (run) => {
      const configs = { 'cleanup.policy': 'compact', 'retention.bytes': '0' };
      raised(addLog(run, three, { configs }), 1, 5);
    },
  ],
  [
    'retention that cuts a batch in two',
    logStart,
    (run) => raised(addLog(run, three, { configs: { 'retention.bytes': '0' } }), 1, 5),
    (run) => {
      const log = addLog(run, three, { configs: { 'retention.bytes': '0' } });
      raised(log, 1, 5, { isWhole: false });
    },
  ],
  [
    'a start that a reader is told, and that the log had before',
    logBounds,
    (run) => {
      raised(addLog(run, three), 2, 5);
      look(run, { from: 4, to: 6 }, ends(3, 0));
      look(run, { from: 4, to: 6 }, ends(3, 2));
    },
    (run) => {
      raised(addLog(run, three), 2, 5);
      look(run, { from: 6, to: 7 }, ends(3, 0));
    },
  ],
  [
    'a record read from below the log start',
    logBounds,
    (run) => {
      raised(addLog(run, three), 2, 5);
      look(run, { offset: 2, from: 6, to: 7 }, startingAt(records(['c'], 2, 3), 2));
    },
    (run) => {
      raised(addLog(run, three), 2, 5);
      look(run, { offset: 1, from: 6, to: 7 }, startingAt(records(['b', 'c'], 1, 3), 2));
    },
  ],
  [
    'an offset refused that is in the log',
    logBounds,
    (run) => {
      raised(addLog(run, three), 2, 5);
      look(run, { offset: 1, from: 6, to: 7 }, outOfRange(2, 3));
      look(run, { offset: 4, from: 6, to: 7 }, outOfRange(2, 3));
    },
    (run) => {
      raised(addLog(run, three), 2, 5);
      look(run, { offset: 2, from: 6, to: 7 }, outOfRange(2, 3));
    },
  ],
  [
    'records that were to be deleted, and are there',
    logBounds,
    (run) => {
      raised(addLog(run, three), 2, 5);
      asked(run, { before: 2, from: 4, to: 6, answer: { logStart: 2, highWatermark: 3 } });
      asked(run, { before: 1, from: 7, to: 8, answer: { logStart: 2, highWatermark: 3 } });
    },
    (run) => {
      raised(addLog(run, three), 2, 9);
      asked(run, { before: 2, from: 4, to: 6, answer: { logStart: 2, highWatermark: 3 } });
    },
  ],
  [
    'a record passed over that is there',
    pollSkip,
    (run) => {
      const log = addLog(run, three);
      leftOut(log, 1, 3);
      look(run, { offset: 0, from: 4, to: 5 }, some(log, [0, 2], 3));
      look(run, { offset: 1, from: 4, to: 5 }, some(log, [], 2));
    },
    (run) => {
      const log = addLog(run, three);
      leftOut(log, 1, 6);
      look(run, { offset: 0, from: 4, to: 5 }, some(log, [0, 2], 3));
    },
  ],
  [
    'a reader that goes on behind what is there',
    pollSkip,
    (run) => {
      const log = addLog(run, three);
      leftOut(log, 2, 3);
      look(run, { offset: 1, from: 4, to: 5 }, some(log, [1], 3));
    },
    (run) => {
      const log = addLog(run, three);
      look(run, { offset: 1, from: 4, to: 5 }, some(log, [1], 3));
    },
  ],
  [
    'a record that is not seen in the end',
    unseen,
    (run) => {
      const log = addLog(run, [['a'], ['b'], ['c'], ['d']]);
      raised(log, 1, 5);
      leftOut(log, 2, 6);
      look(run, { client: drainClient, offset: 0, from: 7, to: 8 }, outOfRange(1, 4));
      look(run, { client: drainClient, offset: 1, from: 9, to: 10 }, some(log, [1, 3], 4));
    },
    (run) => {
      const log = addLog(run, [['a'], ['b'], ['c'], ['d']]);
      raised(log, 1, 5);
      look(run, { client: drainClient, offset: 0, from: 7, to: 8 }, outOfRange(1, 4));
      look(run, { client: drainClient, offset: 1, from: 9, to: 10 }, some(log, [1, 3], 4));
    },
  ],
  [
    'a record that nobody sees any more once all is tidy',
    unseen,
    (run) => {
      const log = addLog(run, three);
      look(run, { client: drainClient, offset: 0, from: 1, to: 2 }, some(log, [0, 1, 2], 3));
      leftOut(log, 0, 3);
      look(run, { client: lateDrainClient, offset: 0, from: 4, to: 5 }, some(log, [1, 2], 3));
    },
    (run) => {
      const log = addLog(run, three);
      look(run, { client: drainClient, offset: 0, from: 1, to: 2 }, some(log, [0, 1, 2], 3));
      look(run, { client: lateDrainClient, offset: 0, from: 4, to: 5 }, some(log, [1, 2], 3));
    },
  ],
  [
    'a time that is found too late, though its record is there',
    timeLookUp,
    (run) => {
      const log = addLog(run, three);
      raised(log, 1, 3);
      leftOut(log, 1, 3);
      look(run, { timestamp: 1_000, from: 4, to: 5 }, { kind: 'offset', offset: 2 });
    },
    (run) => {
      raised(addLog(run, three), 1, 3);
      look(run, { timestamp: 1_000, from: 4, to: 5 }, { kind: 'offset', offset: 2 });
    },
  ],
  [
    'a time that is found below the log start',
    timeLookUp,
    (run) => {
      raised(addLog(run, three), 1, 5);
      look(run, { timestamp: 1_000, from: 4, to: 6 }, { kind: 'offset', offset: 0 });
    },
    (run) => {
      raised(addLog(run, three), 1, 3);
      look(run, { timestamp: 1_000, from: 4, to: 6 }, { kind: 'offset', offset: 0 });
    },
  ],
  [
    'an append that could have been found where it was',
    needlessUnknown,
    (run) => {
      const log = addLog(run, [['a']]);
      log.rewrites.push({ baseOffset: 0, endOffset: 1, event: 6 });
      lookedFor(run);
    },
    (run) => {
      addLog(run, [['a']]).rewrites.push({ baseOffset: 0, endOffset: 1, event: 12 });
      lookedFor(run);
    },
  ],
  [
    'housekeeping that is told of damage where there is none',
    damage,
    (run) => upkept(run, 1, 2, 'UNAVAILABLE'),
    (run) => upkept(run, 1, 2, 'DAMAGED'),
  ],
];

function lookedFor(run: HandMade): void {
  for (const attempt of produce(run, [{ ids: ['a'] }], [[1, 9, unknown]])) attempt.lookedFrom = 5;
}

test.each(stories)('%s is found', (...story) => {
  const [good, bad] = findings(story);
  expect(good).toEqual([]);
  expect(bad).not.toEqual([]);
});

test('housekeeping that fails after the storm is found, in a run that must go on', () => {
  const run = { ...emptyRun(), liveness: true };
  run.history.healed = 5;
  upkept(run, 1, 2, 'UNAVAILABLE');
  upkept(run, 6, 7, 'done');
  expect(judge(progress, run)).toEqual([]);
  upkept(run, 6, 7, 'UNAVAILABLE');
  expect(judge(progress, run)).toHaveLength(1);
});
