// The embedded engine over emulators of AWS's stores: the same records, byte for byte, from what S3
// and DynamoDB hold, for the engine that wrote them and for the next.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import { readOptions } from '../../local/options.ts';
import { dynamodbClient } from '../../shared/aws/clients.ts';
import { createTable } from '../../shared/aws/create-stores.ts';
import { type Emulator, startChildServer, stoppedUnless } from '../emulators/child-server.ts';
import { emulatorCredentials } from '../emulators/credentials.ts';
import { describeWithDynamodbLocal } from '../emulators/dynamodb-local.ts';
import { startS3rver } from '../emulators/s3rver.ts';
import { compressedBatches, fourRecords } from '../golden/record-batches.ts';
import { fromHex } from '../record/reading.ts';
import { batches, createTopic, fetchAll, produce, produceRaw } from './conversation.ts';

const folder = new URL('../../node_modules/amplify-dynamodb-simulator/emulator/', import.meta.url);
/** Of a JVM that has just begun, on a busy machine. */
const patienceMillis = 30_000;

/** With the table made: an engine does not wait as long for the first call. */
async function startWarmDynamodbLocal(): Promise<Emulator> {
  const path = (name: string) => fileURLToPath(new URL(name, folder));
  const emulator = await startChildServer('java', (port) => [
    '-Xmx256m',
    `-Djava.library.path=${path('DynamoDBLocal_lib')}`,
    ...['-jar', path('DynamoDBLocal.jar'), '-inMemory', '-sharedDb', '-disableTelemetry'],
    ...['-port', String(port)],
  ]);
  const patience = { callMillisMax: patienceMillis, connectMillisMax: patienceMillis };
  const client = dynamodbClient({
    endpoint: emulator.endpoint,
    ...emulatorCredentials,
    ...patience,
  });
  await stoppedUnless(emulator, createTable(client, 'sluice'));
  client.destroy();
  return emulator;
}

describeWithDynamodbLocal(() => {
  const emulators: Emulator[] = [];
  beforeAll(async () => {
    for (const start of [startS3rver, startWarmDynamodbLocal]) emulators.push(await start());
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
