// The real program, killed under the client when it has stored what it was sent and nobody has
// heard of it yet: what producers send is in the log once and in order, and consumers are given all
// of it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Host, realHost } from '../../client/host.ts';
import { Sluice } from '../../client/sluice.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { startChildEngine } from './child-engine.ts';
import { fetchAll } from './conversation.ts';

const rounds = 12;
const topic = 'orders';
const partitions = 4;
const consumers = 2;
const producers = 3;
const messagesPerSend = 7;
const answersMin = 5;
const answersMax = 60;
const seed = Number(process.env['SLUICE_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-clients-'));
});
afterAll(() => rm(directory, { recursive: true }));

test(`each message once and in order, all given, after ${rounds} kills (seed ${seed})`, {
  timeout: 180_000,
}, async () => {
  const chance = seededChance(seed);
  let engine = await startChildEngine(directory);
  onTestFinished(async () => {
    await engine.kill('SIGKILL');
  });
  const { url } = engine;
  let left = Number.POSITIVE_INFINITY;
  const host: Host = {
    ...realHost,
    fetch: async (to, init) => {
      const answer = await realHost.fetch(to, init);
      if (to.pathname !== `/topics/${topic}` || --left !== 0) return answer;
      await engine.kill('SIGKILL');
      throw new TypeError('the answer was lost');
    },
  };
  const sluice = new Sluice({ url, logLevel: 0, retry: { initialRetryTime: 20 } }, host);
  await sluice.admin().createTopics({ topics: [{ topic, numPartitions: partitions }] });
  const given = new GivenMessages();
  const reading = await Promise.all(
    Array.from({ length: consumers }, () => consume(sluice, given.see)),
  );
  let isOver = false;
  const sending = Array.from({ length: producers }, (_, name) => {
    return produce(sluice, name, () => isOver);
  });
  for (let round = 0; round < rounds; round++) {
    left = answersMin + Math.floor(chance.fraction() * (answersMax - answersMin));
    expect(await engine.ended).toBe('SIGKILL');
    engine = await startChildEngine(directory, '--port', new URL(url).port);
  }
  isOver = true;
  const counts = await Promise.all(sending);
  await given.all(counts.reduce((sum, count) => sum + count, 0));
  await Promise.all(reading.map((consumer) => consumer.disconnect()));
  await expectEachOnce(url, counts);
  expect(await lagOf(sluice)).toBe(0);
  await engine.kill('SIGTERM');
});

/** Sends one call after the other, until it is over. @returns how many messages it sent. */
async function produce(sluice: Sluice, name: number, isOver: () => boolean): Promise<number> {
  await using producer = sluice.producer();
  await producer.connect();
  let next = 0;
  while (!isOver()) {
    const messages = Array.from({ length: messagesPerSend }, () => {
      const id = next++;
      return { key: `${name}-${id % 10}`, value: `${name} ${id}` };
    });
    await producer.send({ topic, messages });
  }
  return next;
}

/** Different messages that were given, and who waits for so many. */
class GivenMessages {
  readonly #seen = new Set<string>();
  #wanted = Number.POSITIVE_INFINITY;
  readonly #done = Promise.withResolvers<void>();

  readonly see = (value: string): void => {
    this.#seen.add(value);
    if (this.#seen.size >= this.#wanted) this.#done.resolve();
  };

  all(count: number): Promise<void> {
    this.#wanted = count;
    if (this.#seen.size >= count) this.#done.resolve();
    return this.#done.promise;
  }
}

async function consume(sluice: Sluice, see: (value: string) => void) {
  const consumer = sluice.consumer({ groupId: 'billing', sessionTimeout: 6_000 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommitInterval: 50,
    eachMessage: async ({ message }) => see(String(message.value)),
  });
  return consumer;
}

async function expectEachOnce(url: string, counts: readonly number[]): Promise<void> {
  const stored = new Map<number, number[]>(counts.map((_, name) => [name, []]));
  for (let partition = 0; partition < partitions; partition++) {
    const last = new Map<string, number>();
    for (const { key, value } of await fetchAll(url, topic, partition)) {
      const [name, id] = String(value).split(' ').map(Number) as [number, number];
      expect(id, `${key} in order`).toBeGreaterThan(last.get(String(key)) ?? -1);
      last.set(String(key), id);
      stored.get(name)?.push(id);
    }
  }
  for (const [name, count] of counts.entries()) {
    const ids = stored.get(name)?.toSorted((one, other) => one - other);
    expect(ids).toEqual(Array.from({ length: count }, (_, id) => id));
  }
}

async function lagOf(sluice: Sluice): Promise<number> {
  const lag = await sluice.admin().lag('billing');
  return lag.partitions.reduce((sum, { lag: one }) => sum + Number(one), 0);
}
