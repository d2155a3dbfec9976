// The contracts of both ports through the fault proxy: as if it were not there when it does
// nothing; and with faults that the engine's own rules of retrying make up for. Were one of the
// adapters to call a change 'unknown' that surely was not done, or to answer a read wrongly, a test
// of the suite would fail.
//
// SLUICE_SEED replays the faults that are drawn; which request meets which is the sockets' to say.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { s3Client } from '../../shared/aws/clients.ts';
import { createBucket } from '../../shared/aws/create-stores.ts';
import { type OpenObjects, objectsContract } from '../contract/objects-contract.ts';
import { type OpenTable, tableContract } from '../contract/table-contract.ts';
import { dynamodbWire, s3Wire } from '../emulators/aws-wire.ts';
import { type Emulator, stoppedUnless } from '../emulators/child-server.ts';
import { emulatorCredentials } from '../emulators/credentials.ts';
import { describeWithDynamodbLocal, startDynamodbLocal } from '../emulators/dynamodb-local.ts';
import { drawn } from '../emulators/fault-plans.ts';
import { type FaultProxy, startFaultProxy } from '../emulators/fault-proxy.ts';
import { startS3Fake } from '../emulators/s3-fake.ts';
import { skipGapsOfS3rver, startS3rver } from '../emulators/s3rver.ts';
import {
  type FaultKind,
  faultKinds,
  noFaults,
  type Operation,
  type Plan,
} from '../emulators/wire-faults.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { bucketName, objectsAt, tableAt } from './open-stores.ts';
import { retryingObjects, retryingTable } from './retrying-stores.ts';

const seed = Number(process.env['SLUICE_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

/** Of ten tries, all fail once in ten million calls. */
const rate = () => 0.2;

const definite: readonly FaultKind[] = ['throttle', 'conflict', 'delay'];
/** A hang costs its whole limit, and proves nothing here that another unknown outcome does not. */
const passing = faultKinds.filter((kind) => !kind.startsWith('hang') && kind !== 'conflict');
/** S3's answers to reads and lists carry no sum: changed ones are for the batches' CRC to find. */
const unnoticed: ReadonlySet<FaultKind> = new Set(['flip', 'shorten']);

function madeUpFor(operation: Operation): readonly FaultKind[] {
  switch (operation) {
    case 'get':
    case 'query':
      return passing;
    case 'write':
    case 'transact':
    case 'put':
      return definite;
    case 'read':
    case 'list':
    case 'delete':
      return passing.filter((kind) => !unnoticed.has(kind));
  }
}

const faulty = () => drawn({ chance: seededChance(seed), rate, kinds: madeUpFor });

type Opened<Store> = Store & { readonly proxy: FaultProxy };

describeWithDynamodbLocal(() => {
  let upstream: Emulator;
  beforeAll(async () => {
    upstream = await startDynamodbLocal();
  });
  afterAll(() => upstream?.stop());

  async function open(plan: Plan): Promise<Opened<OpenTable>> {
    const proxy = await startFaultProxy({ wire: dynamodbWire, upstream, plan });
    const { table, close: closeTable } = tableAt(proxy);
    const close = async () => {
      await closeTable();
      await proxy.stop();
    };
    return { table, close, proxy };
  }

  // Its tests write each under a key of its own, and may as well do so at once.
  describe.concurrent('as if it were not there', () => {
    tableContract('the DynamoDB table behind a proxy', () => open(noFaults));
  });

  describe(`with faults drawn from SLUICE_SEED=${seed}`, () => {
    let met: FaultProxy['met'];
    describe.concurrent('made up for', () => {
      tableContract('the DynamoDB table, asked again', async () => {
        const { table, close, proxy } = await open(faulty());
        met = proxy.met;
        return { table: retryingTable(table, seededChance(seed)), close };
      });
    });

    test('every fault that is made up for was met', () => {
      for (const operation of ['get', 'write'] as const) expectMet(met, operation);
    });
  });
});

describe('S3', () => {
  async function open(upstream: Emulator, plan: Plan): Promise<Opened<OpenObjects>> {
    const starting = startFaultProxy({ wire: s3Wire, upstream, plan });
    const proxy = await stoppedUnless(upstream, starting);
    const { objects, close: closeObjects } = objectsAt(proxy);
    const close = async () => {
      await closeObjects();
      await proxy.stop();
      await upstream.stop();
    };
    return { objects, close, proxy };
  }

  objectsContract('a fake S3 behind a proxy', async () => {
    return await open(await startS3Fake(bucketName), noFaults);
  });

  describe('s3rver', () => {
    skipGapsOfS3rver();
    objectsContract('s3rver behind a proxy', async () => {
      const upstream = await startS3rver();
      const client = s3Client({ endpoint: upstream.endpoint, ...emulatorCredentials });
      await stoppedUnless(upstream, createBucket(client, bucketName));
      client.destroy();
      return await open(upstream, noFaults);
    });
  });

  describe(`with faults drawn from SLUICE_SEED=${seed}`, () => {
    let met: FaultProxy['met'];
    objectsContract('a fake S3, asked again', async () => {
      const { objects, close, proxy } = await open(await startS3Fake(bucketName), faulty());
      met = proxy.met;
      return { objects: retryingObjects(objects, seededChance(seed)), close };
    });

    test('every fault that is made up for was met', () => expectMet(met, 'put'));
  });
});

function expectMet(met: FaultProxy['met'], operation: Operation): void {
  const kinds = met.filter((one) => one.operation === operation).map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining([...madeUpFor(operation)]));
}
