// The embedded engine over emulators of AWS's stores: the same records, byte for byte, from what S3
// and DynamoDB hold, for the engine that wrote them and for the next.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import { readOptions } from '../../local/options.ts';
import type { Emulator } from '../emulators/child-server.ts';
import { describeWithDynamodbLocal, startDynamodbLocal } from '../emulators/dynamodb-local.ts';
import { startS3rver } from '../emulators/s3rver.ts';
import { compressedBatches, fourRecords } from '../golden/record-batches.ts';
import { fromHex } from '../record/reading.ts';
import { batches, createTopic, fetchAll, produce, produceRaw } from './conversation.ts';

describeWithDynamodbLocal(() => {
  const emulators: Emulator[] = [];
  beforeAll(async () => {
    for (const start of [startS3rver, startDynamodbLocal]) emulators.push(await start());
  });
  afterAll(() => Promise.all(emulators.map((emulator) => emulator.stop())));

  /** As `npm start` would be told to. */
  async function start(): Promise<Embedded> {
    const [s3, dynamodb] = emulators.map(({ endpoint }) => endpoint);
    const flags = [`--s3-endpoint=${s3}`, `--dynamodb-endpoint=${dynamodb}`, '--port=0'];
    const read = readOptions(flags, {});
    if (read.kind !== 'options') throw new Error(read.text);
    return startEmbedded(read.options);
  }

  test('what is produced is fetched, byte for byte, and again from a later engine', async () => {
    const raw = fromHex(compressedBatches.snappy);
    const texts = Array.from({ length: 20 }, (_, index) => `value ${index} \0 ✓`);
    const first = await start();
    expect(first.place).toBe('bucket sluice and table sluice');
    let url = `http://127.0.0.1:${first.port}`;
    await createTopic(url, 'orders', 2);
    expect(await produceRaw(url, 'topics/orders/partitions/0', raw)).toBe(0);
    for (const value of texts) await produce(url, 'topics/orders/partitions/1', [{ value }]);
    await expectAll();
    await first.stop();

    const second = await start();
    url = `http://127.0.0.1:${second.port}`;
    await expectAll();
    expect(await produceRaw(url, 'topics/orders/partitions/0', raw)).toBe(fourRecords.length);
    await second.stop();

    async function expectAll(): Promise<void> {
      const path = `${url}/topics/orders/partitions/0/records?offset=0`;
      const fetched = await fetch(path, { headers: { Accept: batches } });
      expect(Buffer.from(await fetched.arrayBuffer())).toEqual(Buffer.from(raw));
      const records = await fetchAll(url, 'orders', 1);
      expect(records.map(({ value }) => value)).toEqual(texts);
    }
  });
});
