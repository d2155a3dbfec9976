// The real program, killed at any moment while it delivers what producers send to a function that
// fails now and then: in the end every record was taken, for the first time in its order, and each
// that the function never takes is among the dead letters once. And it ends when it is asked to,
// whatever a function does.

import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { seededChance } from '../world/seeded-chance.ts';
import { startChildEngine } from './child-engine.ts';
import { createTopic, fetchAll, produce } from './conversation.ts';
import { engineLine } from './engine-line.ts';
import { type Entry, entriesIn, isPoison, journalVariable } from './functions/keep-journal.ts';
import { keepProducing, partitions, topic } from './steady-producers.ts';
import { caughtUp, subscribe, until } from './subscriptions.ts';

const rounds = 12;
const answersMin = 10;
const answersMax = 40;
const entriesMax = 60;
const seed = Number(process.env['SLUICE_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

/** As somebody would type it. */
const file = relative('.', fileURLToPath(new URL('./functions/keep-journal.ts', import.meta.url)));

let directory = '';
let journal = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-deliveries-'));
  journal = join(directory, 'journal');
  vi.stubEnv(journalVariable, journal);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

const start = () =>
  startChildEngine(join(directory, 'data'), '--functions', `keep-journal=${file}`);

test(`what was sent is delivered after ${rounds} kills (seed ${seed})`, {
  timeout: 180_000,
}, async () => {
  const chance = seededChance(seed);
  let engine = await start();
  onTestFinished(async () => {
    await engine.kill('SIGKILL');
  });
  await createTopic(engine.url, topic, partitions);
  await createTopic(engine.url, 'dead');
  await subscribe(engine.url, {
    name: 'keep-journal',
    topic,
    batch_size: 8,
    dead_letter_topic: 'dead',
    max_attempts: 2,
    retry_max_ms: 100,
  });
  const line = engineLine(engine);
  let answers = 0;
  const producing = keepProducing({ line, chance, answered: () => answers++ });
  for (let round = 0; round < rounds; round++) {
    const answersUntil = answers + drawn(answersMin, answersMax);
    const entriesUntil = (await readJournal()).length + drawn(1, entriesMax);
    await until(() => answers >= answersUntil);
    await until(async () => (await readJournal()).length >= entriesUntil);
    expect(await engine.kill('SIGKILL')).toBe('SIGKILL');
    engine = await start();
    line.connect(engine);
  }
  await producing.stop();
  await caughtUp(engine.url, 'keep-journal');
  await expectAllTaken(engine.url);
  expect(await engine.kill('SIGTERM')).toBe(0);

  function drawn(min: number, max: number): number {
    return min + Math.floor(chance.fraction() * (max - min));
  }
});

test('SIGTERM ends it while a function never answers, and the next engine delivers that', {
  // Shorter than the function's time: it is not waited for.
  timeout: 120_000,
}, async () => {
  const data = join(directory, 'hung');
  const began = join(directory, 'began');
  const module = join(directory, 'never-answer.mjs');
  await writeFile(
    module,
    `import { writeFileSync } from 'node:fs';
    export const handler = () => {
      writeFileSync(${JSON.stringify(began)}, '');
      return new Promise(() => undefined);
    };`,
  );
  await rm(journal, { force: true });
  const hung = await startChildEngine(data, '--functions', `bill=${module}`);
  onTestFinished(async () => {
    await hung.kill('SIGKILL');
  });
  await createTopic(hung.url, 'orders');
  await subscribe(hung.url, { name: 'bill', topic: 'orders', timeout_ms: 240_000 });
  await produce(hung.url, 'topics/orders', [{ value: 'shop/1' }]);
  await until(() => existsSync(began));
  expect(await hung.kill('SIGTERM')).toBe(0);
  const next = await startChildEngine(data, '--functions', `bill=${file}`);
  onTestFinished(async () => {
    await next.kill('SIGKILL');
  });
  await caughtUp(next.url, 'bill');
  expect(await readJournal()).toEqual([{ partition: 0, offset: 0, value: 'shop/1' }]);
});

async function readJournal(): Promise<readonly Entry[]> {
  return entriesIn(await readFile(journal, 'utf8').catch(() => ''));
}

async function expectAllTaken(url: string): Promise<void> {
  const entries = await readJournal();
  const poison: unknown[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const stored = await fetchAll(url, topic, partition);
    const own = entries.filter((entry) => entry.partition === partition);
    const firsts = new Map(own.toReversed().map((entry) => [entry.offset, entry]));
    const taken = new Set(own.map(({ offset }) => offset));
    const good = stored.filter(({ value }) => !isPoison(String(value)));
    const wanted = good.map(({ offset, value }) => ({ partition, offset, value }));
    expect([...taken].map((offset) => firsts.get(offset))).toEqual(wanted);
    poison.push(...stored.map(({ value }) => value).filter((value) => isPoison(String(value))));
  }
  const dead = (await fetchAll(url, 'dead')).map(({ value }) => value);
  expect(dead.toSorted()).toEqual(poison.toSorted());
  expect(poison.length).toBeGreaterThan(0);
}
