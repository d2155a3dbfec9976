// What the adapters make of each thing that can happen to a request on its way, and what is really
// in the store afterwards: never 'not-done' of what was done, and never a wrong answer.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodbWire, s3Wire, type Wire } from '../emulators/aws-wire.ts';
import type { Emulator } from '../emulators/child-server.ts';
import { describeWithDynamodbLocal, startDynamodbLocal } from '../emulators/dynamodb-local.ts';
import { always, inTurn } from '../emulators/fault-plans.ts';
import { type FaultProxy, startFaultProxy } from '../emulators/fault-proxy.ts';
import { startS3Fake } from '../emulators/s3-fake.ts';
import { type FaultKind, faultKinds, type Plan } from '../emulators/wire-faults.ts';
import { bucketName, objectsAt, patient, tableAt } from './open-stores.ts';
import { objectCalls, right, type StoreCall, tableCalls, told } from './store-calls.ts';

/** What a read is answered, what a change is answered, and whether the change was done. */
type Fate = readonly [read: string, change: string, done: string];

const notDone = 'not-done, unavailable';
const unknown = 'unknown, unavailable';

const fates: Readonly<Record<FaultKind, Fate>> = {
  'drop-before': [notDone, unknown, 'not done'],
  'drop-after': [notDone, unknown, 'done'],
  'reset-before': [notDone, unknown, 'not done'],
  'reset-after': [notDone, unknown, 'done'],
  'reset-midway': [notDone, unknown, 'done'],
  delay: [right, right, 'done'],
  'hang-before': [notDone, unknown, 'not done'],
  'hang-after': [notDone, unknown, 'done'],
  late: [notDone, unknown, 'done later'],
  throttle: ['not-done, throttled', 'not-done, throttled', 'not done'],
  conflict: [right, 'not-done, conflict', 'not done'],
  '500-before': [notDone, unknown, 'not done'],
  '500-after': [notDone, unknown, 'done'],
  '503-before': [notDone, unknown, 'not done'],
  '503-after': [notDone, unknown, 'done'],
  truncate: [notDone, unknown, 'done'],
  shorten: ['not-done, corrupt', 'unknown, corrupt', 'done'],
  flip: ['not-done, corrupt', 'unknown, corrupt', 'done'],
};

/** S3 sends no sum of a range, of a list or of what it deleted, and no body to a put: what reads a
 * segment checks the CRC of each batch. The flipped bits here are of names in the answers. */
const objectFates: { readonly [kind in FaultKind]?: Readonly<Record<string, string>> } = {
  shorten: {
    put: `${right}; done`,
    read: '"1234"',
    delete: `${unknown}; done`,
    list: notDone,
  },
  flip: { put: `${right}; done`, read: '"1234%6789"', delete: `${right}; done`, list: notDone },
};

/** Ends a call that hangs: above what a busy machine needs for a request. */
const impatient = { ...patient, callMillisMax: 2_000 };

function limitsFor(kind: FaultKind) {
  return kind.startsWith('hang') ? impatient : patient;
}

/** One round of all calls at once, each of which meets what the proxy's plan says.
 * @returns by call, what came of it. */
async function round<Store>(
  calls: Readonly<Record<string, StoreCall<Store>>>,
  { clean, faulty, proxy }: { clean: Store; faulty: Store; proxy: FaultProxy },
): Promise<Record<string, string>> {
  const stories = Object.entries(calls);
  for (const [, { prepare }] of stories) await prepare?.(clean);
  const answers = await Promise.all(stories.map(([, { ask }]) => told(ask(faulty))));
  await proxy.quiet();
  const atOnce = await Promise.all(stories.map(([, { isDone }]) => isDone?.(clean)));
  await proxy.settle();
  const atLast = await Promise.all(stories.map(([, { isDone }]) => isDone?.(clean)));
  expect(proxy.met).toHaveLength(stories.length);
  return Object.fromEntries(
    stories.map(([name], index) => {
      const done = atOnce[index] ? 'done' : atLast[index] ? 'done later' : 'not done';
      const isRead = atLast[index] === undefined;
      return [name, isRead ? `${answers[index]}` : `${answers[index]}; ${done}`];
    }),
  );
}

function expected<Store>(calls: Readonly<Record<string, StoreCall<Store>>>, kind: FaultKind) {
  const [read, change, done] = fates[kind];
  return Object.fromEntries(
    Object.entries(calls).map(([name, { isDone }]) => [name, isDone ? `${change}; ${done}` : read]),
  );
}

/** A proxy of its own, for one story. */
async function through<Answer>(
  { wire, upstream, plan }: { wire: Wire; upstream: Emulator; plan: Plan },
  story: (proxy: FaultProxy) => Promise<Answer>,
): Promise<Answer> {
  const proxy = await startFaultProxy({ wire, upstream, plan });
  return await story(proxy).finally(proxy.stop);
}

describeWithDynamodbLocal(() => {
  describe.concurrent('a call of the table', () => {
    let upstream: Emulator;
    beforeAll(async () => {
      upstream = await startDynamodbLocal();
    });
    afterAll(() => upstream?.stop());

    async function roundOf(kind: FaultKind, plan: Plan): Promise<Record<string, string>> {
      return await through({ wire: dynamodbWire, upstream, plan }, async (proxy) => {
        const opened = [tableAt(upstream), tableAt(proxy, limitsFor(kind))] as const;
        const [{ table: clean }, { table: faulty }] = opened;
        const came = round(tableCalls(randomUUID()), { clean, faulty, proxy });
        return await came.finally(() => opened.map(({ close }) => close()));
      });
    }

    test.each(faultKinds)('that meets: %s', async (kind) => {
      expect(await roundOf(kind, always(kind))).toEqual(expected(tableCalls(''), kind));
    });

    test.each([0, 0.26, 0.51, 0.76])('that is told in another way to slow down: %d', async (at) => {
      const plan = always('throttle', at);
      expect(await roundOf('throttle', plan)).toEqual(expected(tableCalls(''), 'throttle'));
    });

    test.each([0, 0.1, 0.3, 0.7, 0.9, 0.99])('of whose answer a bit flips, at %d', async (at) => {
      expect(await roundOf('flip', always('flip', at))).toEqual(expected(tableCalls(''), 'flip'));
    });

    // DynamoDB says `{}` of what is not there, and the SDK reads no body at all as just that.
    test('whose answer has no body is not told that there is nothing', async () => {
      const plan = always('shorten', 0);
      expect(await roundOf('shorten', plan)).toEqual(expected(tableCalls(''), 'shorten'));
    });

    test('that comes late is still what it was: once, and under its condition', async () => {
      const plan = inTurn({ kind: 'late', at: 0 }, { kind: 'late', at: 0 });
      await through({ wire: dynamodbWire, upstream, plan }, async (proxy) => {
        const { table } = tableAt(proxy);
        const pk = randomUUID();
        const log = { pk, sk: 'log' };
        await tableAt(upstream).table.write({ put: { ...log, r: [] } });
        const append = (value: string) =>
          table.write({ update: log, actions: [{ append: 'r', values: [value] }] });
        const claim = (by: string) =>
          table.write({ put: { pk, sk: 'claim', by }, if: { item: 'absent' } });
        await expect(append('old')).rejects.toMatchObject({ outcome: 'unknown' });
        await expect(claim('old')).rejects.toMatchObject({ outcome: 'unknown' });
        await append('new');
        expect(await claim('new')).toMatchObject({ kind: 'done' });
        await proxy.settle();
        const items = await table.query({ pk, limit: 9, strong: true });
        expect(items).toEqual([
          { pk, sk: 'claim', by: 'new' },
          { ...log, r: ['new', 'old'] },
        ]);
      });
    });
  });
});

describe.concurrent('a call of the objects', () => {
  let upstream: Emulator;
  beforeAll(async () => {
    upstream = await startS3Fake(bucketName);
  });
  afterAll(() => upstream?.stop());

  /** The same keys in each round: which bit of an answer is which follows from them. */
  async function roundOf(kind: FaultKind, plan: Plan): Promise<Record<string, string>> {
    return await through({ wire: s3Wire, upstream, plan }, async (proxy) => {
      const opened = [objectsAt(upstream), objectsAt(proxy, limitsFor(kind))] as const;
      const [{ objects: clean }, { objects: faulty }] = opened;
      const came = round(objectCalls(`${kind}/`), { clean, faulty, proxy });
      return await came.finally(() => opened.map(({ close }) => close()));
    });
  }

  test.each(faultKinds)('that meets: %s', async (kind) => {
    const fate = { ...expected(objectCalls(''), kind), ...objectFates[kind] };
    expect(await roundOf(kind, always(kind))).toEqual(fate);
  });

  test('that comes late replaces nothing', async () => {
    const plan = inTurn({ kind: 'late', at: 0 });
    await through({ wire: s3Wire, upstream, plan }, async (proxy) => {
      const { objects } = objectsAt(proxy);
      const key = 'segments/claimed';
      const put = (digits: string, crc32c: number) =>
        objects.put({ key, parts: [Buffer.from(digits)], crc32c });
      await expect(put('123456789', 0xe3069283)).rejects.toMatchObject({ outcome: 'unknown' });
      expect(await put('', 0)).toBe('stored');
      await proxy.settle();
      expect(await objects.list({ prefix: key, limit: 1 })).toEqual([{ key, length: 0 }]);
    });
  });
});
