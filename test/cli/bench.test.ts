// `sluice bench`: what it sends, what it says of it, and that it clears its topic away.

import { expect, test } from 'vitest';
import { newShell } from './shell-story.ts';

test('it sends and reads so many messages, tells their costs, and leaves nothing', async () => {
  const { sluice, wire } = await newShell();
  const said = await sluice('bench --messages 1200 --bytes 100 --partitions 2 --json');
  expect(said.code).toBe(0);
  const { produce, consume, topic } = said.json() as {
    readonly topic: string;
    readonly produce: {
      readonly messages: number;
      readonly stats: { readonly requests: number; readonly bytes: number };
      readonly perThousand: Readonly<Record<string, number>>;
    };
    readonly consume: { readonly messages: number };
  };
  expect([produce.messages, consume.messages]).toEqual([1_200, 1_200]);
  const isSent = ({ method, path }: { readonly method: string; readonly path: string }) =>
    method === 'POST' && path === `/topics/${topic}`;
  const requests = wire.sent.filter(isSent).length;
  expect(produce.perThousand['requests']).toBeCloseTo(requests / 1.2, 1);
  expect(produce.perThousand['objectPuts']).toBeCloseTo(requests / 1.2, 1);
  expect((await sluice('topics list')).out).toBe('orders\n');
});

test('it uses a topic that is there, from where it ends, and leaves it', async () => {
  const { sluice } = await newShell();
  await sluice('produce orders', { stdin: ['a'] });
  const said = await sluice('bench --topic orders --messages 10');
  expect(said.out).toMatch(
    /^ +MESSAGES +SECONDS +MESSAGES\/S +MB\/S\nproduce +10 .*\nconsume +10 /,
  );
  expect(said.out).toContain('A thousand messages of 1,000 bytes took ');
  expect((await sluice('consume orders')).err).toBe('11 messages of orders\n');
});
