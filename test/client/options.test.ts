// What the client is told that makes no sense: it is refused when it is said, and named.

import { expect, test } from 'vitest';
import type { RetryOptions } from '../../client/retry.ts';
import type { SluiceOptions } from '../../client/sluice.ts';
import { inStory } from './consumer/consumer-story.ts';
import { newWire } from './wire.ts';

const badRetries: readonly (readonly [RetryOptions, string])[] = [
  [{ initialRetryTime: 0 }, 'retry.initialRetryTime: must be at least 1'],
  [{ initialRetryTime: Number.NaN }, 'retry.initialRetryTime'],
  [{ maxRetryTime: -1 }, 'retry.maxRetryTime'],
  [{ factor: 2 }, 'retry.factor: must be from 0 to 1'],
  [{ multiplier: 0 }, 'retry.multiplier'],
  [{ retries: -1 }, 'retry.retries'],
  [{ retries: '5' as unknown as number }, 'retry.retries'],
];

test('how often and how soon it tries again is bounded, wherever it is said', async () => {
  const { newClient } = await newWire();
  const client = newClient();
  for (const [retry, said] of badRetries) {
    expect(() => newClient({ retry })).toThrow(said);
    expect(() => client.admin({ retry })).toThrow(said);
    expect(() => client.producer({ retry })).toThrow(said);
    expect(() => client.consumer({ groupId: 'shop', retry })).toThrow(said);
  }
  const unsaid = { retries: undefined } as unknown as RetryOptions;
  newClient({ retry: unsaid }).admin({ retry: { retries: Number.POSITIVE_INFINITY } });
});

test('so is what else is said of the client', async () => {
  const { newClient } = await newWire();
  const bad: readonly (readonly [Partial<SluiceOptions>, string])[] = [
    [{ requestTimeout: 0 }, 'requestTimeout: must be at least 1'],
    [{ requestTimeout: Number.NaN }, 'requestTimeout'],
    [{ clientId: 'лавка' }, 'clientId: must be text of Latin-1'],
    [{ clientId: 'shop\n' }, 'clientId'],
    [{ clientId: 5 as unknown as string }, 'clientId'],
  ];
  for (const [options, said] of bad) expect(() => newClient(options), said).toThrow(said);
  newClient({ clientId: 'Müller', requestTimeout: Number.POSITIVE_INFINITY });
});

test('no text is taken for an offset that is none', () =>
  inStory(async ({ client, newConsumer, produce, until, committed }) => {
    await produce(0, 'a');
    const consumer = await newConsumer({ retry: { retries: 0 } });
    const at = (offset: string) => ({ topic: 'orders', partition: 0, offset });
    const seen: unknown[] = [];
    await consumer.run({
      partitionsConsumedConcurrently: Number.POSITIVE_INFINITY,
      autoCommit: false,
      eachBatch: async ({ resolveOffset, commitOffsetsIfNecessary }) => {
        for (const text of ['', ' ', 'a', '-1', '0.5']) {
          expect(() => consumer.seek(at(text === '-1' ? '-3' : text))).toThrow('offset');
          expect(() => resolveOffset(text)).toThrow('offset');
          await expect(consumer.commitOffsets([at(text)])).rejects.toThrow('offset');
          const topics = [{ topic: 'orders', partitions: [{ partition: 0, offset: text }] }];
          await expect(commitOffsetsIfNecessary({ topics })).rejects.toThrow('offset');
        }
        seen.push('all');
      },
    });
    await until(() => seen.length === 1);
    await consumer.disconnect();
    expect(await committed()).toEqual([-1, -1, -1, -1]);
    const wanted = { groupId: 'shop', topic: 'orders', partitions: [at('')] };
    await expect(client.admin().setOffsets(wanted)).rejects.toThrow('offset');
  }));
