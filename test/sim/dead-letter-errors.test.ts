// The checkers of dead letters, each shown a good history and a bad one: what was given up wrongly,
// says something wrong of itself, or is there more than once.

import { expect, test } from 'vitest';
import { deadLetters } from './check/dead-letters.ts';
import { redrivenOnce } from './check/redriven-once.ts';
import { type HandMade, recordAt } from './hand-made.ts';
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

const dead = { deadLetterTopic: 'dead', attemptsMax: 1 } as const;
const reason = 'older than the maximum age';

const givenUp = (run: HandMade) => {
  failed(run, [0], [1, 2, 3]);
  addLetters(run, [{ offset: 0, event: 4 }]);
};

const givenUpTwice = (run: HandMade) => {
  failed(run, [0], [1, 2, 3]);
  addLetters(run, [
    { offset: 0, event: 4 },
    { offset: 0, event: 9 },
  ]);
};

const givenUpTogether = (run: HandMade) => {
  failed(run, [0, 1], [1, 2, 3]);
  addLetters(run, [
    { offset: 0, event: 4 },
    { offset: 1, event: 4 },
  ]);
};

const failedTwiceBut = (kind: 'busy' | 'failed') =>
  tale((run) => {
    failed(run, [0], [1, 2, 3]);
    const told = kind === 'busy' ? { kind } : { kind, reason: 'PoisonError' };
    given(run, [0], [4, 5, 6], { taken: [], told });
    addLetters(run, [{ offset: 0, event: 7, attempts: 2 }]);
  }, factsOf(dead));

const givenUpForItsAge = (at: number) =>
  tale(
    (run) => addLetters(run, [{ offset: 0, event: 4, attempts: 0, reason, at }]),
    factsOf({ ...dead, ageMillisMax: 1_000 }),
  );

const stories: readonly DeliveryStory[] = [
  [
    'one that did not fail often enough',
    deadLetters,
    tale(givenUp, factsOf(dead)),
    tale(givenUp, factsOf({ ...dead, attemptsMax: 2 })),
  ],
  [
    'one that counts what was no attempt',
    deadLetters,
    failedTwiceBut('failed'),
    failedTwiceBut('busy'),
  ],
  [
    'one with another cause',
    deadLetters,
    tale(givenUp, factsOf(dead)),
    tale((run) => {
      failed(run, [0], [1, 2, 3]);
      addLetters(run, [{ offset: 0, event: 4, reason: 'the dead-letter topic takes nothing' }]);
    }, factsOf(dead)),
  ],
  [
    'one that was elsewhere',
    deadLetters,
    tale(givenUp, factsOf(dead)),
    tale((run) => {
      failed(run, [1], [1, 2, 3]);
      addLetters(run, [{ offset: 1, event: 4, record: recordAt('c1.0', 0) }]);
    }, factsOf(dead)),
  ],
  [
    'one in another topic',
    deadLetters,
    tale(givenUp, factsOf(dead)),
    tale(givenUp, factsOf({ ...dead, deadLetterTopic: 'graves' })),
  ],
  [
    'one that is given up again, and nobody went back',
    deadLetters,
    tale(givenUpTwice, factsOf(dead, { moves: [move(1, 0, 6, 'placed')] })),
    tale(givenUpTwice, factsOf(dead)),
  ],
  [
    'others that are given up with it',
    deadLetters,
    tale(givenUpTogether, factsOf({ ...dead, bisects: false })),
    tale(givenUpTogether, factsOf(dead)),
  ],
  [
    'one that is given up for its age, and is young',
    deadLetters,
    givenUpForItsAge(2_001),
    givenUpForItsAge(1_999),
  ],
  [
    'one that is put back twice',
    redrivenOnce,
    tale((run) => {
      givenUp(run);
      addPutBack(run, [0]);
    }, factsOf(dead)),
    tale((run) => {
      givenUp(run);
      addPutBack(run, [0, 0]);
    }, factsOf(dead)),
  ],
];

test.each(stories)('%s is found', (...story) => {
  const [good, bad] = findingsIn(story);
  expect(good).toEqual([]);
  expect(bad).not.toEqual([]);
});
