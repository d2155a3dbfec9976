// A data directory outlives the engine on it: stopped and opened again, everything is there.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbedded } from '../../local/embedded.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { batches, createTopic, endOffset, fetchAll, produce, produceRaw } from './conversation.ts';

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-restart-'));
});
afterAll(() => rm(directory, { recursive: true }));

const start = (port = 0) =>
  startEmbedded({
    host: '127.0.0.1',
    port,
    allowedHosts: [],
    stores: { kind: 'directory', directory },
  });

const urlOf = ({ port }: { readonly port: number }) => `http://127.0.0.1:${port}`;

test('every record is there again, in its place, and the next goes behind it', async () => {
  const first = await start();
  await createTopic(urlOf(first), 'orders', 2);
  // More than one chunk of them, so that the log is not in its head alone.
  for (let number = 0; number < 40; number++) {
    await produce(urlOf(first), 'topics/orders/partitions/0', [{ key: `k${number}`, value: 'v' }]);
  }
  const record = { timestamp: 1, key: null, value: Buffer.from('raw'), headers: [] };
  const raw = encodeBatch({ records: [record, record], compression: 'none' });
  expect(await produceRaw(urlOf(first), 'topics/orders/partitions/1', raw)).toBe(0);
  const before = await fetchAll(urlOf(first), 'orders');
  await first.stop();

  const second = await start();
  expect(before.map(({ offset, key }) => `${offset} ${key}`).at(39)).toBe('39 k39');
  expect(await fetchAll(urlOf(second), 'orders')).toEqual(before);
  const path = 'topics/orders/partitions/1/records?offset=0';
  const fetched = await fetch(`${urlOf(second)}/${path}`, { headers: { Accept: batches } });
  expect(Buffer.from(await fetched.arrayBuffer())).toEqual(raw);
  const [next] = await produce(urlOf(second), 'topics/orders/partitions/0', [{ value: 'next' }]);
  expect(next?.offset).toBe(40);
  await second.stop();
});

test('one that cannot have its port gives back its data', async () => {
  const stores = { kind: 'memory' } as const;
  const other = await startEmbedded({ host: '127.0.0.1', port: 0, allowedHosts: [], stores });
  await expect(start(other.port)).rejects.toThrow('address already in use');
  const alone = await start();
  await expect(start()).rejects.toThrow(
    `another process has ${join(directory, 'table.sqlite')} open`,
  );
  expect(await endOffset(urlOf(alone), 'orders')).toBe(41);
  await Promise.all([alone.stop(), other.stop()]);
});
