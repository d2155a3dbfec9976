// What a client tells whoever listens: beside its work, whatever they do.

import { expect, test } from 'vitest';
import type { LogEntry } from '../../client/logger.ts';
import { newWire } from './wire.ts';

test('who listens and fails is written to the log, and the others are told', async () => {
  const entries: LogEntry[] = [];
  const logCreator = () => (entry: LogEntry) => void entries.push(entry);
  const producer = (await newWire()).newClient({ logCreator }).producer();
  const { CONNECT, DISCONNECT } = producer.events;
  const told: string[] = [];
  const stop = producer.on(CONNECT, () => {
    throw new Error('broken');
  });
  producer.on(CONNECT, async () => {
    throw new Error('broken later');
  });
  for (const type of [CONNECT, DISCONNECT]) producer.on(type, (event) => told.push(event.type));
  stop();
  producer.on(CONNECT, () => {
    throw new Error('broken again');
  });
  await producer.connect();
  await producer.disconnect();
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual([CONNECT, DISCONNECT]);
  expect(entries.every(({ namespace }) => namespace === 'Producer')).toBe(true);
  expect(entries.map(({ log }) => log.message).sort()).toEqual([
    'a listener of producer.connect failed: Error: broken again',
    'a listener of producer.connect failed: Error: broken later',
  ]);
});

test('nobody listens to what is never told', async () => {
  const client = (await newWire()).newClient();
  const admin = client.admin();
  expect(() => admin.on('admin.crash' as 'admin.connect', () => {})).toThrow(
    'eventName: must be one of admin.connect, admin.disconnect',
  );
  const producer = client.producer();
  expect(() => producer.on('crash' as 'producer.connect', () => {})).toThrow('eventName');
});
