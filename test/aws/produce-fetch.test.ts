// Many engines produce and read one topic while everything that can happen to a request on its way
// happens. Then the faults stop, what was late has come, and the log is held against what each
// producer knows.
//
// SLUICE_SEED draws the same faults, loads and ids again; which request meets which fault is the
// sockets' to say, so a seed is a place to look, not a replay. No assertion depends on time.

import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { s3Client } from '../../shared/aws/clients.ts';
import { createBucket } from '../../shared/aws/create-stores.ts';
import type { Engine } from '../../shared/engine/engine.ts';
import type { Chance } from '../../shared/engine/environment.ts';
import { createTopic } from '../../shared/engine/make-topics.ts';
import type { Emulator } from '../emulators/child-server.ts';
import { emulatorCredentials } from '../emulators/credentials.ts';
import { describeWithDynamodbLocal, startDynamodbLocal } from '../emulators/dynamodb-local.ts';
import { startS3Fake } from '../emulators/s3-fake.ts';
import { startS3rver } from '../emulators/s3rver.ts';
import { seededChance } from '../world/seeded-chance.ts';
import {
  callFor,
  type FaultyAccount,
  fetchWith,
  openFaultyAccount,
  plainSend,
  stampedSend,
} from './faulty-account.ts';
import { findWrong, type Log } from './journal.ts';
import { bucketName } from './open-stores.ts';
import { type Acknowledged, Producer, Reader, readLog } from './workload.ts';

const seed = Number(process.env['SLUICE_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

const partitions = 2;
const enginesCount = 3;
const producersPerEngine = 2;
/** Above the refs of a chunk, so that heads roll. Producers go on until every fault was met. */
const requestsMin = 12;
const requestsMax = 200;
const makingMillisMax = 60_000;

const objectStores = {
  'a fake S3': () => startS3Fake(bucketName),
  async s3rver() {
    const emulator = await startS3rver();
    const client = s3Client({ endpoint: emulator.endpoint, ...emulatorCredentials });
    await createBucket(client, bucketName);
    client.destroy();
    return emulator;
  },
};

type Run = {
  readonly account: FaultyAccount;
  readonly topic: string;
  readonly chance: Chance;
};

describeWithDynamodbLocal(() => {
  let dynamodb: Emulator;
  beforeAll(async () => {
    dynamodb = await startDynamodbLocal();
  });
  afterAll(() => dynamodb?.stop());

  const name = `over %s, a log is what its producers were told, SLUICE_SEED=${seed}`;
  test.concurrent.each(Object.entries(objectStores))(name, async (store, start) => {
    const s3 = await start();
    const topic = store.replaceAll(' ', '-');
    // The runs share a table: drawn alike, their topics would have one id.
    const ownSeed = seed ^ crc32(topic);
    const account = await openFaultyAccount({ dynamodb, s3 }, ownSeed);
    try {
      await produceAndFetch({ account, topic, chance: seededChance(ownSeed) });
    } finally {
      await account.close();
      await s3.stop();
    }
  });
});

async function produceAndFetch(run: Run): Promise<void> {
  const { account, topic, chance } = run;
  const acknowledged: Acknowledged = [];
  const maker = account.newEngine('patient');
  await createTopic(maker, callFor(maker, makingMillisMax), { name: topic, partitions });
  const producerOf = (engine: Engine, producer: string, patience?: 'patient') => {
    const send = plainSend({ engine, topic }, chance, patience);
    return new Producer({ producer, send, partitions, acknowledged, chance });
  };
  const engines = Array.from({ length: enginesCount }, () => account.newEngine('impatient'));
  const plain = engines.flatMap((engine, index) =>
    Array.from({ length: producersPerEngine }, (_, n) => producerOf(engine, `${index}.${n}`)),
  );
  const stamped = engines.map((engine, index) => {
    const send = stampedSend({ engine, topic }, index);
    return new Producer({ producer: `n${index}`, send, partitions, acknowledged, chance });
  });
  const producers = [...plain, ...stamped];

  account.beginFaults();
  const lacking = () => account.notMet('get', 'write', 'put', 'read');
  const goesOn = (sent: number) =>
    sent < requestsMin || (sent < requestsMax && lacking().length > 0);
  const readers = await whileFollowed(run, acknowledged, () =>
    Promise.all(producers.map((producer) => producer.sendWhile(goesOn))),
  );
  expect(lacking()).toEqual([]);
  const answers = stamped.flatMap(({ sent }) => sent.map(({ fate }) => fate.kind));
  expect(new Set(answers)).toEqual(new Set(['acknowledged']));
  await Promise.all(engines.map((engine) => engine.background.idle()));
  await account.endFaults();

  const last = producerOf(account.newEngine('patient'), 'last', 'patient');
  for (let partition = 0; partition < partitions; partition++) {
    expect(await last.sendOne(partition)).toMatchObject({ kind: 'acknowledged' });
  }
  const logs = await readLogs(account.newEngine('patient'), topic);
  const sent = [...producers, last].flatMap((producer) => producer.sent);
  expect(findWrong(sent, logs)).toEqual([]);
  for (const engine of engines) expect(await readLogs(engine, topic)).toEqual(logs);
  for (const [partition, reader] of readers.entries()) {
    expect([...reader.wrong, ...reader.differences(logs[partition] ?? [])]).toEqual([]);
  }
}

/** One reader a partition follows the log while the work goes on, and begins again now and then in
 * a new process, whose caches are cold. */
async function whileFollowed(
  { account, topic, chance }: Run,
  acknowledged: Acknowledged,
  work: () => Promise<unknown>,
): Promise<readonly Reader[]> {
  let isOver = false;
  const readers = Array.from({ length: partitions }, (_, n) => new Reader(n, acknowledged));
  const following = readers.map(async (reader) => {
    let offset = 0;
    let engine = account.newEngine('impatient');
    while (!isOver) {
      offset = await reader.follow(fetchWith({ engine, topic }, pollMillis), offset);
      if (chance.fraction() < freshOdds) [engine, offset] = [account.newEngine('impatient'), 0];
    }
  });
  await work().finally(() => {
    isOver = true;
  });
  await Promise.all(following);
  return readers;
}

const pollMillis = 100;
const freshOdds = 0.1;

function readLogs(engine: Engine, topic: string): Promise<readonly Log[]> {
  const indexes = Array.from({ length: partitions }, (_, partition) => partition);
  const fetchFrom = fetchWith({ engine, topic });
  return Promise.all(indexes.map((partition) => readLog(fetchFrom, partition)));
}
