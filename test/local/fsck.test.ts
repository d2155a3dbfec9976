// A data directory is checked, and mended, by the program as people run it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEmbedded } from '../../local/embedded.ts';
import { type OpenStores, openStores } from '../../local/open-stores.ts';
import { housekeepingWaitMillis } from '../../shared/engine/upkeep/fsck/check-store.ts';
import { type EpochMillis, segmentIdOf, type TopicId } from '../../shared/ids.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { readChunk } from '../../shared/log/chunk.ts';
import { readHead } from '../../shared/log/head.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { segmentKey } from '../../shared/segment/keys.ts';
import { buildSegment } from '../../shared/segment/segment.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { chunkKey, headItem, headKey, topicItem, topicKey } from '../../shared/store/items.ts';
import { runFsck, runFsckUnheard } from './child-programs.ts';
import { createTopic, produce } from './conversation.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-fsck-'));
});
afterEach(() => rm(directory, { recursive: true }));

const appends = 2 * refsPerChunk + 3;

function start() {
  const stores = { kind: 'directory', directory } as const;
  return startEmbedded({ host: '127.0.0.1', port: 0, allowedHosts: [], stores });
}

/** Two chunks and a tail, by an engine that is stopped then. */
async function makeLog(): Promise<void> {
  const engine = await start();
  const url = `http://127.0.0.1:${engine.port}`;
  await createTopic(url, 'orders', 2);
  for (let number = 0; number < appends; number++) {
    await produce(url, 'topics/orders/partitions/0', [{ value: `${number}` }]);
  }
  await engine.stop();
}

async function change<Answer>(work: (stores: OpenStores, topicId: TopicId) => Promise<Answer>) {
  const stores = await openStores({ kind: 'directory', directory });
  const topic = (await stores.table.get(topicKey('orders'), { strong: true })) as Item;
  const answer = await work(stores, topic[topicItem.id] as TopicId);
  await stores.close();
  return answer;
}

const fsck = (...words: readonly string[]) => runFsck('--data', directory, ...words);

test('a healthy one: 0, by a line and by a document', async () => {
  await makeLog();
  const { status, out, complaint } = await fsck('--deep');
  expect({ status, complaint }).toEqual({ status: 0, complaint: '' });
  const counts = `1 topics, 2 partitions, 2 chunks, ${appends} refs and ${appends} objects`;
  expect(out.split('\n')).toEqual([
    `${directory}: ${counts}, looked at with all bytes`,
    'damage: 0, leftovers: 0',
    '',
  ]);
  const said = await fsck('--json', '--topic', 'orders');
  const looked = { topics: 1, partitions: 2, chunks: 2, refs: appends };
  expect(said.status).toBe(0);
  expect(JSON.parse(said.out)).toEqual({
    version: 1,
    place: directory,
    depth: 'quick',
    looked: {
      ...looked,
      stored: { objects: appends, bytes: expect.any(Number) },
      staleChunks: 0,
      waiting: null,
      perhapsLost: null,
    },
    findings: [],
    repairs: null,
  });
});

test('a lost object: 2, and a repair says that it cannot be made again', async () => {
  await makeLog();
  const [topicId, key] = await change(async ({ table, objects }, id) => {
    const item = await table.get(chunkKey({ topicId: id, partition: 0 }, 0), { strong: true });
    const lost = segmentKey(readChunk(item as Item).at(2).segment);
    await objects.delete([lost]);
    return [id, lost] as const;
  });
  const { status, out } = await fsck();
  expect(status).toBe(2);
  const name = `missing-object orders-0 offsets 2 to 2 ${key}`;
  expect(out).toContain(`damage    ${name}: there is no such object\n`);
  expect(out).toContain('damage: 1, leftovers: 0\n');
  const mending = await fsck('--repair', '--json');
  expect(mending.status).toBe(2);
  const place = { topic: 'orders', topicId, partition: 0, from: 2, to: 3, key };
  const detail = expect.any(String);
  const finding = { kind: 'missing-object', severity: 'damage', ...place, detail };
  expect(JSON.parse(mending.out)).toMatchObject({
    findings: [finding],
    repairs: [{ finding, mended: false, detail }],
  });
});

test('an orphan, and a chunk below the log start: 1; repaired: 0', async () => {
  await makeLog();
  const key = await change(async ({ table, objects }, topicId) => {
    const id = { topicId, partition: 1 };
    const time = (Date.now() - 2 * housekeepingWaitMillis) as EpochMillis;
    const orphan = segmentKey(segmentIdOf(time, new Uint8Array(10)));
    const record = { timestamp: 1, key: null, value: Buffer.from('v'), headers: [] };
    const batches = [encodeBatch({ records: [record], compression: 'none' })];
    await objects.put({
      key: orphan,
      ...buildSegment([{ ...id, batches, count: 1, timestampMax: 1 }]),
    });
    const set = { set: headItem.logStart, to: { value: refsPerChunk } };
    await table.write({ update: headKey({ topicId, partition: 0 }), actions: [set] });
    return orphan;
  });
  const before = await fsck();
  expect(before.status).toBe(1);
  expect(before.out).toContain(`leftover  orphaned-object ${key}: `);
  expect(before.out).toContain('waiting for housekeeping: 1 chunks below a log start\n');
  const { status, out } = await fsck('--repair');
  expect(status).toBe(0);
  expect(out).toContain(`mended  orphaned-object ${key}: swept\n`);
  expect(out).toContain('damage: 0, leftovers: 0\n');
  expect(out).not.toContain('below a log start');
  expect((await fsck('--deep')).status).toBe(0);
  const rest = await change(async ({ table, objects }, topicId) => {
    const head = await table.get(headKey({ topicId, partition: 0 }), { strong: true });
    const stored = await objects.list({ prefix: 'segments/', limit: 1_000 });
    return { end: readHead(head as Item).nextOffset, objects: stored.length };
  });
  // What the chunk named is young, and waits for a sweep.
  expect(rest).toEqual({ end: appends, objects: appends });
});

test('where it cannot look: 3, and why', async () => {
  const complaintOf = async (...words: readonly string[]) => {
    const { status, out, complaint } = await fsck(...words);
    expect({ status, out }).toEqual({ status: 3, out: '' });
    return complaint;
  };
  expect(await complaintOf()).toBe(`fsck: there is no data in ${directory}\n`);
  const engine = await start();
  const open = `another process has ${join(directory, 'table.sqlite')} open`;
  expect(await complaintOf('--json')).toBe(`fsck: ${open} (database is locked)\n`);
  await engine.stop();
  expect(await complaintOf('--topic', 'none')).toContain('topic none does not exist');
  expect(await complaintOf('--deeply')).toContain('--help lists the flags');
  expect((await fsck('--help')).out).toContain('--repair');
  // It was whole, and nobody was there to hear it.
  expect((await fsck()).status).toBe(0);
  for (const words of [[], ['--json']]) {
    expect(await runFsckUnheard('--data', directory, ...words)).toBe(3);
  }
});
