// Stores of AWS's are checked, and keys made there, by the same programs, while an engine goes on
// with them.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbedded } from '../../local/embedded.ts';
import { openAwsStores } from '../../local/open-aws-stores.ts';
import type { Emulator } from '../emulators/child-server.ts';
import { describeWithDynamodbLocal, startDynamodbLocal } from '../emulators/dynamodb-local.ts';
import { startS3rver } from '../emulators/s3rver.ts';
import { runFsck, runKeys } from './child-programs.ts';
import { createTopic, produce } from './conversation.ts';

describeWithDynamodbLocal(() => {
  const emulators: Emulator[] = [];
  beforeAll(async () => {
    for (const startOne of [startS3rver, startDynamodbLocal]) emulators.push(await startOne());
  });
  afterAll(() => Promise.all(emulators.map((emulator) => emulator.stop())));

  test('healthy, and then an object that is lost', async () => {
    const [s3Endpoint, dynamodbEndpoint] = emulators.map(({ endpoint }) => endpoint) as [
      string,
      string,
    ];
    const stores = { s3Endpoint, dynamodbEndpoint, bucket: 'sluice', table: 'sluice' };
    const words = ['--s3-endpoint', s3Endpoint, '--dynamodb-endpoint', dynamodbEndpoint];
    // What is not there is not made, and then found to be healthy.
    const absent = await runFsck(...words);
    expect(absent).toMatchObject({ status: 3, out: '' });
    expect(absent.complaint).toMatch(/^fsck: .*(bucket|NoSuchBucket)/);
    const engine = await startEmbedded({
      host: '127.0.0.1',
      port: 0,
      allowedHosts: [],
      stores: { kind: 'aws', ...stores },
    });
    const url = `http://127.0.0.1:${engine.port}`;
    await createTopic(url, 'orders');
    for (let number = 0; number < 20; number++) {
      await produce(url, 'topics/orders/partitions/0', [{ value: `${number}` }]);
    }
    const healthy = await runFsck(...words, '--deep');
    expect(healthy).toMatchObject({ status: 0, complaint: '' });
    expect(healthy.out).toContain('1 chunks, 20 refs and 20 objects');
    const { objects, close } = await openAwsStores(stores);
    const [first] = await objects.list({ prefix: 'segments/', limit: 1 });
    await objects.delete([first?.key ?? '']);
    await close();
    const damaged = await runFsck(...words, '--json');
    expect(damaged.status).toBe(2);
    const found = { kind: 'missing-object', topic: 'orders', key: first?.key };
    expect(JSON.parse(damaged.out)).toMatchObject({ findings: [found] });
    await engine.stop();
  });

  test('a key that is made at the table opens the engine that works on it', async () => {
    const [s3Endpoint, dynamodbEndpoint] = emulators.map(({ endpoint }) => endpoint);
    const stores = { s3Endpoint, dynamodbEndpoint, bucket: 'sluice', table: 'keys' };
    const engine = await startEmbedded({
      host: '127.0.0.1',
      port: 0,
      allowedHosts: [],
      stores: { kind: 'aws', ...stores },
      access: { callers: { kind: 'api-keys' }, acls: undefined },
    });
    const place = ['--dynamodb-endpoint', String(dynamodbEndpoint), '--table', 'keys'];
    const made = await runKeys('create', '--principal', 'User:admin', ...place);
    expect(made).toMatchObject({ status: 0, out: expect.stringMatching(/^\S+\n$/) });
    const topics = `http://127.0.0.1:${engine.port}/topics`;
    const headers = { Authorization: `Bearer ${made.out.trim()}` };
    expect((await fetch(topics)).status).toBe(401);
    expect((await fetch(topics, { headers })).status).toBe(200);
    await engine.stop();
  });
});
