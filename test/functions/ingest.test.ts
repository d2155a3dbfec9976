// A source's event becomes records of the function's topic, and its answer says what is to come
// again.

import { beforeAll, expect, test, vi } from 'vitest';
import { environmentNames } from '../../shared/contract.ts';
import { fetchRecords } from '../../shared/engine/fetch.ts';
import { createTopic } from '../../shared/engine/make-topics.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import {
  eventBridgeEvent,
  kinesisEvent,
  kinesisSequences,
  s3TestEvent,
  snsEvent,
  snsRecord,
  sqsEvent,
  sqsMessage,
  tenantMessage,
} from '../ingest/events.ts';
import { EventAccount } from './event-account.ts';

const account = new EventAccount();
let ingest: (event: unknown) => Promise<unknown>;

beforeAll(async () => {
  const { engine, call } = account.process();
  const configs = new Map([['max.message.bytes', '1000']]);
  await createTopic(engine, call, { name: 'in', partitions: 1, configs });
  const mapping = JSON.stringify({ key: '$.orderId' });
  const own = { [environmentNames.ingestTopic]: 'in', [environmentNames.ingestMapping]: mapping };
  ingest = await account.start('ingest', own);
});

/** What the log says of the last invocation. */
function lastTold(): unknown {
  return JSON.parse(account.lines.at(-1) ?? '{}');
}

async function records() {
  const { engine, call } = account.process();
  const all = { topic: 'in', partition: 0, offset: 0, maxBytes: 1_000_000, waitMillis: 0 };
  const { records: found } = await fetchRecords(engine, call, all);
  return found.map(({ key, value }) => {
    return [key && Buffer.from(key).toString(), Buffer.from(value ?? '').toString()];
  });
}

test('messages are appended, with the key that the mapping finds', async () => {
  expect(await ingest(sqsEvent)).toEqual({ batchItemFailures: [] });
  expect(await records()).toEqual([
    ['o-17', sqsMessage.body],
    [null, 'not JSON'],
  ]);
});

test('what is brought again is not appended again', async () => {
  expect(await ingest(sqsEvent)).toEqual({ batchItemFailures: [] });
  expect(await records()).toHaveLength(2);
});

test('a message that no topic takes fails alone, and people are told why', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const large = { ...tenantMessage, messageId: 'large', body: 'x'.repeat(2_000) };
  const good = { ...tenantMessage, messageId: 'good', body: 'good' };
  expect(await ingest({ Records: [large, good] })).toEqual({
    batchItemFailures: [{ itemIdentifier: 'large' }],
  });
  expect((await records()).at(-1)).toEqual([null, 'good']);
  expect(log).toHaveBeenCalledExactlyOnceWith({
    topic: 'in',
    notStored: 1,
    first: { index: 0, code: 'RECORD_TOO_LARGE', reason: expect.stringContaining('1000') },
  });
  log.mockRestore();
});

test('a shard stops at what failed', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const [first, second] = kinesisEvent.Records;
  const bad = { ...first, kinesis: { ...first?.kinesis, data: '%' } };
  expect(await ingest({ Records: [bad, second] })).toEqual({
    batchItemFailures: kinesisSequences.map((itemIdentifier) => ({ itemIdentifier })),
  });
  log.mockRestore();
});

test('a source that knows of whole events alone is failed, so that it tries again', async () => {
  const Sns = { ...snsRecord.Sns, MessageId: 'large', Message: 'x'.repeat(2_000) };
  const large = { Records: [{ ...snsRecord, Sns }] };
  await expect(ingest(large)).rejects.toThrow('record 0 of sns was not stored: ');
  expect(lastTold()).toMatchObject({ outcome: 'refused', errorCode: 'RECORD_TOO_LARGE' });
  expect(await ingest(snsEvent)).toEqual({ batchItemFailures: [] });
  expect(await ingest(eventBridgeEvent)).toEqual({ batchItemFailures: [] });
});

test('an event of nobody that is known is no event', async () => {
  await expect(ingest({ hello: 'world' })).rejects.toThrow('it has no Records');
  expect(lastTold()).toMatchObject({ outcome: 'refused', errorCode: 'INVALID_RECORD' });
  expect(await ingest(s3TestEvent)).toEqual({ batchItemFailures: [] });
});

test('what a store refuses is told as that, and is no mistake of ours', async () => {
  vi.spyOn(account.table, 'transact').mockRejectedValue(new StoreError('not-done', 'throttled'));
  const Sns = { ...snsRecord.Sns, MessageId: 'throttled' };
  await expect(ingest({ Records: [{ ...snsRecord, Sns }] })).rejects.toThrow('was not stored: ');
  expect(lastTold()).toMatchObject({ outcome: 'retriable', errorCode: 'THROTTLED' });
  vi.restoreAllMocks();
});
