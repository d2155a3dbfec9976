// The real program, killed at any moment under loops of read, process and write: in the end one
// record was made of every record, and no two of any.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { hostClock } from '../../shared/engine/host-environment.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { startChildEngine } from './child-engine.ts';
import { createTopic, endOffset, fetchAll, text } from './conversation.ts';
import { engineLine } from './engine-line.ts';
import { derived, keepProcessing, source } from './steady-processors.ts';

const rounds = 15;
const partitions = 4;
const processors = 3;
const records = 6_000;
const answersMin = 3;
const answersMax = 20;
const seed = Number(process.env['SLUICE_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-processors-'));
});
afterAll(() => rm(directory, { recursive: true }));

test(`one record is made of each after ${rounds} kills (seed ${seed})`, {
  timeout: 180_000,
}, async () => {
  const chance = seededChance(seed);
  let engine = await startChildEngine(directory);
  onTestFinished(async () => {
    await engine.kill('SIGKILL');
  });
  await createTopic(engine.url, source, partitions);
  await createTopic(engine.url, derived, 1);
  await fill(engine.url);
  const line = engineLine(engine);
  let left = 0;
  const answered = () => {
    left--;
    if (left === 0) engine.kill('SIGKILL');
  };
  const processing = keepProcessing({ line, chance, answered }, processors);
  for (let round = 0; round < rounds; round++) {
    left = answersMin + Math.floor(chance.fraction() * (answersMax - answersMin));
    expect(await engine.ended).toBe('SIGKILL');
    engine = await startChildEngine(directory);
    line.connect(engine);
  }
  left = Number.POSITIVE_INFINITY;
  while ((await endOffset(engine.url, derived)) < records) await hostClock.sleep(50);
  await processing.stop();
  await expectEachOnce(engine.url);
  await engine.kill('SIGTERM');
});

async function fill(url: string): Promise<void> {
  const values = Array.from({ length: records }, (_, at) => ({ key: `${at}`, value: `${at}` }));
  const response = await fetch(`${url}/topics/${source}`, {
    method: 'POST',
    headers: { 'Content-Type': text },
    body: JSON.stringify({ records: values }),
  });
  expect(response.status).toBe(200);
}

async function expectEachOnce(url: string): Promise<void> {
  const sources = new Map<string, unknown>();
  for (let partition = 0; partition < partitions; partition++) {
    for (const { offset, value } of await fetchAll(url, source, partition)) {
      sources.set(`${partition}:${offset}`, value);
    }
  }
  expect(sources.size).toBe(records);
  const made = await fetchAll(url, derived, 0);
  expect(made).toHaveLength(records);
  for (const { key, value } of made) {
    expect(sources.get(String(key)), `${key} once`).toBe(value);
    sources.delete(String(key));
  }
}
