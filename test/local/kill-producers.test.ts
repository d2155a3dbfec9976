// The real program, killed at any moment under producers that send everything again until they are
// answered: every record is there exactly once, in its producer's order, whichever way it was made
// safe to send again.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { seededChance } from '../world/seeded-chance.ts';
import { startChildEngine } from './child-engine.ts';
import { createTopic, fetchAll } from './conversation.ts';
import { engineLine } from './engine-line.ts';
import { type Confirmed, keepProducing, partitions, topic } from './steady-producers.ts';
import { expectWholeSegments } from './whole-segments.ts';

const rounds = 50;
const answersMin = 30;
const answersMax = 80;
const seed = Number(process.env['SLUICE_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-producers-'));
});
afterAll(() => rm(directory, { recursive: true }));

test(`every record is there once and in order after ${rounds} kills (seed ${seed})`, {
  timeout: 180_000,
}, async () => {
  const chance = seededChance(seed);
  let engine = await startChildEngine(directory);
  onTestFinished(async () => {
    await engine.kill('SIGKILL');
  });
  await createTopic(engine.url, topic, partitions);
  const line = engineLine(engine);
  let left = 0;
  const answered = () => {
    left--;
    if (left === 0) engine.kill('SIGKILL');
  };
  const producing = keepProducing({ line, chance, answered });
  for (let round = 0; round < rounds; round++) {
    left = answersMin + Math.floor(chance.fraction() * (answersMax - answersMin));
    expect(await engine.ended).toBe('SIGKILL');
    engine = await startChildEngine(directory);
    line.connect(engine);
  }
  left = Number.POSITIVE_INFINITY;
  const confirmed = await producing.stop();
  await expectOnceInOrder(engine.url, confirmed);
  await engine.kill('SIGTERM');
  await expectWholeSegments(directory);
  expect(confirmed.length).toBeGreaterThan(rounds * answersMin);
});

/** What was confirmed is where it was said to be; nothing is there twice, and nothing else. */
async function expectOnceInOrder(url: string, confirmed: readonly Confirmed[]): Promise<void> {
  const place = new Map<string, { readonly partition: number; readonly offset: number }>();
  const latest = new Map<string, number>();
  for (let partition = 0; partition < partitions; partition++) {
    for (const { offset, key } of await fetchAll(url, topic, partition)) {
      expect(place.has(String(key)), `${key} is there twice`).toBe(false);
      place.set(String(key), { partition, offset });
      const [producer = '', number] = String(key).split('/');
      const own = `${producer}/${partition}`;
      expect(Number(number), `${key} in its order`).toBeGreaterThan(latest.get(own) ?? -1);
      latest.set(own, Number(number));
    }
  }
  expect(place.size).toBe(confirmed.length);
  const misplaced = confirmed.filter(({ key, partition, offset }) => {
    const found = place.get(key);
    if (found === undefined || found.partition !== partition) return true;
    return offset >= 0 && found.offset !== offset;
  });
  expect(misplaced).toEqual([]);
}
