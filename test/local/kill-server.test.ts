// The real program under the load of many producers, killed at any moment: nothing that it has
// acknowledged is lost, moved or doubled, and nothing is half there.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { seededChance } from '../world/seeded-chance.ts';
import { startChildEngine } from './child-engine.ts';
import { createTopic } from './conversation.ts';
import { expectJournal, newJournal, partitions, produceUntilGone, topic } from './load.ts';
import { expectWholeSegments } from './whole-segments.ts';

const rounds = 20;
const answersMin = 100;
const answersMax = 200;
const seed = Number(process.env['SLUICE_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

let parent = '';

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sluice-killed-'));
});
afterAll(() => rm(parent, { recursive: true }));

test(`what was acknowledged before each of ${rounds} kills is there (seed ${seed})`, async () => {
  const directory = join(parent, 'killed');
  const chance = seededChance(seed);
  const journal = newJournal();
  let engine = await startChildEngine(directory);
  onTestFinished(async () => {
    await engine.kill('SIGKILL');
  });
  await createTopic(engine.url, topic, partitions);
  for (let round = 0; round < rounds; round++) {
    const { url, kill, ended } = engine;
    let left = answersMin + Math.floor(chance.fraction() * (answersMax - answersMin));
    const answered = () => {
      if (--left === 0) kill('SIGKILL');
    };
    await produceUntilGone({ url, journal, round, chance, answered });
    expect(await ended).toBe('SIGKILL');
    engine = await startChildEngine(directory);
    await expectJournal(engine.url, journal);
  }
  await engine.kill('SIGKILL');
  await expectWholeSegments(directory);
  const acknowledged = journal.acknowledged.reduce((sum, { size }) => sum + size, 0);
  expect(acknowledged).toBeGreaterThan(rounds * answersMin);
});

test('SIGTERM under load ends it in order, with all that was acknowledged', async () => {
  const directory = join(parent, 'terminated');
  const journal = newJournal();
  const { url, kill, ended } = await startChildEngine(directory);
  await createTopic(url, topic, partitions);
  let left = answersMax;
  const answered = () => {
    if (--left === 0) kill('SIGTERM');
  };
  await produceUntilGone({ url, journal, round: 0, chance: seededChance(seed), answered });
  expect(await ended).toBe(0);
  const again = await startChildEngine(directory);
  onTestFinished(async () => {
    await again.kill('SIGKILL');
  });
  await expectJournal(again.url, journal);
  expect(await again.kill('SIGINT')).toBe(0);
});
