// A log that fails: what the client does goes on as if it had not.

import { expect, test } from 'vitest';
import type { Host } from '../../client/host.ts';
import { inStory } from './consumer/consumer-story.ts';

test.each([
  [
    'throws',
    () => () => {
      throw new Error('the disk is full');
    },
  ],
  [
    'rejects',
    () => async () => {
      throw new Error('the disk is full');
    },
  ],
])('a logger that %s ends no consumer, and is told of on the host', (_, logCreator) =>
  inStory(async ({ wire, produce, until }) => {
    await produce(0, 'a', 'b');
    const lines: string[] = [];
    const host: Host = { ...wire.host, log: (line) => void lines.push(line) };
    const consumer = wire
      .newClient({ logCreator, retry: { retries: 1 } }, host)
      .consumer({ groupId: 'shop' });
    await consumer.subscribe({ topics: ['orders'], fromBeginning: true });
    let tries = 0;
    // It is tried again, and then the consumer crashes, and starts again: both are logged.
    await consumer.run({
      eachMessage: () => {
        if (tries++ < 2) throw new Error('fails');
      },
    });
    await until(() => tries === 4);
    await consumer.disconnect();
    expect(lines.length).toBeGreaterThan(1);
    expect(new Set(lines)).toEqual(new Set(['a log entry is lost: Error: the disk is full']));
  }),
);

test('nor does a host that can write no line', () =>
  inStory(async ({ wire, produce, until }) => {
    await produce(0, 'a');
    const log = () => {
      throw new Error('the pipe is closed');
    };
    const consumer = wire.newClient({}, { ...wire.host, log }).consumer({ groupId: 'shop' });
    await consumer.subscribe({ topics: ['orders'], fromBeginning: true });
    let tries = 0;
    await consumer.run({
      eachMessage: () => {
        if (tries++ === 0) throw new Error('fails once');
      },
    });
    await until(() => tries === 2);
    await consumer.disconnect();
  }));

test('a consumer that its host lets down says so, and may be stopped, and run again', () =>
  inStory(async ({ wire, produce, until }) => {
    await produce(0, 'a');
    const lines: string[] = [];
    let isDown = true;
    const { chance } = wire.host;
    const host: Host = {
      ...wire.host,
      log: (line) => void lines.push(line),
      chance: {
        ...chance,
        fraction: () => {
          if (isDown) throw new Error('no chance');
          return chance.fraction();
        },
      },
    };
    const consumer = wire.newClient({}, host).consumer({ groupId: 'shop' });
    await consumer.subscribe({ topics: ['orders'], fromBeginning: true });
    let seen = 0;
    wire.fateOf = () => new Response('{"error_code":40301,"message":"no"}', { status: 403 });
    await consumer.run({ eachMessage: () => ++seen });
    await until(() => lines.length === 2);
    expect(lines[1]).toContain('the consumer has ended: Error: no chance');
    await consumer.stop();
    wire.fateOf = () => 'passes';
    isDown = false;
    await consumer.run({ eachMessage: () => ++seen });
    await until(() => seen === 1);
    await consumer.disconnect();
  }));
