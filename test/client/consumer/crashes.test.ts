// What a consumer cannot go on with: whether it starts again, and how soon.

import { expect, test } from 'vitest';
import { inStory, textOf } from './consumer-story.ts';

const answer = (status: number, code: number) =>
  new Response(JSON.stringify({ error_code: code, message: 'no' }), { status });

test.each([
  ['a right is taken from it', 403, 40301],
  ['its key is not known', 401, 40101],
  ['the engine has a fault', 500, 50002],
])('when %s it tries again, in pauses that grow, until it may go on', (_, status, code) =>
  inStory(async ({ wire, newConsumer, produce, until, time, fetches }) => {
    await produce(0, 'a');
    const consumer = await newConsumer();
    const seen: string[] = [];
    const crashes: boolean[] = [];
    consumer.on('consumer.crash', ({ payload }) => crashes.push(payload.restart));
    await consumer.run({ eachMessage: ({ message }) => seen.push(textOf(message)) });
    await until(() => seen.length === 1);
    wire.fateOf = ({ path }) => (path.endsWith('/fetch') ? answer(status, code) : 'passes');
    await until(() => crashes.length === 1);
    const before = fetches();
    await time.sleep(600_000);
    expect(fetches() - before).toBeGreaterThan(15);
    expect(fetches() - before).toBeLessThan(40);
    expect(crashes).not.toContain(false);
    wire.fateOf = () => 'passes';
    await produce(0, 'b');
    await time.sleep(40_000);
    expect(seen).toEqual(['a', 'b']);
    // What lies long ago does not make it wait.
    await time.sleep(60_000);
    wire.fateOf = ({ path }) => {
      if (!path.endsWith('/fetch')) return 'passes';
      wire.fateOf = () => 'passes';
      return answer(status, code);
    };
    const { length } = crashes;
    await until(() => crashes.length > length);
    await produce(0, 'c');
    await time.sleep(5_000);
    expect(seen).toEqual(['a', 'b', 'c']);
    await consumer.disconnect();
  }),
);

test('a group that gives it up as soon as it has joined is joined in pauses that grow', () =>
  inStory(async ({ wire, newConsumer, produce, until, time }) => {
    await produce(0, 'a');
    const consumer = await newConsumer();
    const seen: string[] = [];
    await consumer.run({ eachMessage: ({ message }) => seen.push(textOf(message)) });
    const joins = () => wire.sent.filter(({ path }) => path === '/consumers/shop').length;
    for (const what of ['/fetch', '/offsets']) {
      await produce(0, 'again');
      wire.fateOf = ({ path }) => (path.endsWith(what) ? answer(404, 40403) : 'passes');
      const before = joins();
      await time.sleep(600_000);
      expect(joins() - before).toBeGreaterThan(5);
      expect(joins() - before).toBeLessThan(40);
      wire.fateOf = () => 'passes';
      await time.sleep(120_000);
    }
    await produce(0, 'b');
    await until(() => seen.at(-1) === 'b');
    // It waits for nothing when it stops.
    wire.fateOf = ({ path }) => (path.endsWith('/fetch') ? answer(404, 40403) : 'passes');
    const before = joins();
    await until(() => joins() === before + 6);
    await time.sleep(1_000);
    const began = time.now();
    await consumer.disconnect();
    expect(time.now() - began).toBeLessThan(1_000);
  }));

test.each([
  ['makes no sense there', 422, 42206],
  ['is not known there', 404, 404],
])('what %s it does not ask again', (_, status, code) =>
  inStory(async ({ wire, newConsumer, produce, until, time }) => {
    await produce(0, 'a');
    const restartOnFailure = async () => expect.unreachable();
    const consumer = await newConsumer({ retry: { restartOnFailure } });
    const crashes: boolean[] = [];
    consumer.on('consumer.crash', ({ payload }) => crashes.push(payload.restart));
    wire.fateOf = ({ path }) => (path.endsWith('/fetch') ? answer(status, code) : 'passes');
    await consumer.run({ eachMessage: () => undefined });
    await until(() => crashes.length === 1);
    const { length } = wire.sent;
    await time.sleep(60_000);
    expect([crashes, wire.sent.length]).toEqual([[false], length]);
  }),
);
