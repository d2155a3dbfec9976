// `npm run bench:housekeeping`: what a merge is worth, and what it costs, over the embedded
// engine's own stores, in one run:
//
// - 100,000 appends of one record over 8 partitions: objects, bytes of the index, and how long
//   reading all of it takes, before and after.
// - Appends a second while a merge runs beside them, and alone: in turn, some times.
// - Store operations and bytes of what was merged, for a gigabyte of it.
//
//     npm run bench:housekeeping -- [appends, default 100000]

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeItem } from '../local/item-bytes.ts';
import { openStores } from '../local/open-stores.ts';
import { segmentsPrefix } from '../shared/contract.ts';
import { createEngine, type Engine, openCall } from '../shared/engine/engine.ts';
import { fetchBatches } from '../shared/engine/fetch.ts';
import { hostChance, hostClock } from '../shared/engine/host-environment.ts';
import { createTopic } from '../shared/engine/make-topics.ts';
import { produceRecords } from '../shared/engine/produce.ts';
import { mergePartition } from '../shared/engine/upkeep/merge-partition.ts';
import { sweepObjects } from '../shared/engine/upkeep/sweep-objects.ts';
import type { EpochMillis, PartitionId } from '../shared/ids.ts';
import { partitionPk } from '../shared/store/items.ts';

const appends = Number(process.argv[2] ?? 100_000);
const partitions = 8;
/** Processes that append, one request after the other each: so each append is an object. */
const producers = 32;
/** Appends of each measurement of the throughput, and pairs of them: a machine is never quiet. */
const beside = 10_000;
const pairs = 7;
const value = Buffer.from(
  JSON.stringify({ id: 1, amount: 12.5, currency: 'EUR', note: 'x'.repeat(60) }),
);

const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const stores = await openStores({ kind: 'directory', directory: folder });
/** A process of its own, that remembers nothing. */
const newEngine = (): Engine =>
  createEngine({
    ...stores,
    clock: hostClock,
    chance: hostChance,
    // As the embedded engine has it.
    settings: { rewriteReadsInFlight: 16 },
  });
const callOf = (engine: Engine) =>
  openCall(engine, { deadline: (hostClock.now() + 3_600_000) as EpochMillis });

try {
  const first = newEngine();
  const { id: topicId } = await createTopic(first, callOf(first), { name: 'bench', partitions });
  const ids = Array.from({ length: partitions }, (_, partition) => ({ topicId, partition }));
  await appendAll(appends);

  const before = await measure(ids);
  const merger = newEngine();
  let merged = { chunks: 0, bytesIn: 0, bytesOut: 0 };
  const startedAt = performance.now();
  for (const id of ids) merged = plus(merged, await mergeAll(merger, id));
  const mergeSeconds = (performance.now() - startedAt) / 1_000;
  const spent = Object.entries(merger.operations);
  const sweeper = newEngine();
  const swept = await sweepObjects(sweeper, callOf(sweeper), { graceMillis: 0 });
  const after = await measure(ids);

  console.log(`${appends} appends of one record over ${partitions} partitions`);
  tell('objects', before.objects, after.objects);
  tell('bytes of the index', before.indexBytes, after.indexBytes);
  tell('GETs to read all of it', before.gets, after.gets);
  tell('milliseconds to read all of it', before.millis, after.millis);
  console.log(`swept ${swept.deleted} objects`);
  console.log(
    `merged ${merged.bytesIn} bytes into ${merged.bytesOut} in ${mergeSeconds.toFixed(1)} s`,
  );
  const gigabytes = merged.bytesIn / 1e9;
  for (const [name, count] of spent) {
    if (count === 0) continue;
    console.log(`  ${name}: ${count}, ${Math.round(count / gigabytes)} a gigabyte merged`);
  }

  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const alone = await rateOf(() => appendAll(beside));
    const together = await besideMerges(ids, () => rateOf(() => appendAll(beside)));
    tell('appends a second, alone and beside a merge', alone, together);
    ratios.push(together / alone);
  }
  const median = ratios.toSorted((one, other) => one - other)[pairs >> 1] as number;
  console.log(`the middle one of ${pairs}: ${median.toPrecision(3)}`);
} finally {
  await stores.close();
  await rm(folder, { recursive: true });
}

async function appendAll(count: number): Promise<void> {
  let next = 0;
  const produce = async () => {
    const engine = newEngine();
    while (next < count) {
      const partition = next++ % partitions;
      const record = { partition, key: null, value, headers: [] };
      const request = { topic: 'bench', records: [record] };
      const [entry] = await produceRecords(engine, callOf(engine), request);
      if (entry === undefined || 'error' in entry) throw entry?.error;
    }
    await engine.background.idle();
  };
  await Promise.all(Array.from({ length: producers }, produce));
}

/** What is appended meanwhile is merged, again and again. */
async function besideMerges(
  ids: readonly PartitionId[],
  work: () => Promise<number>,
): Promise<number> {
  let isOver = false;
  const merger = newEngine();
  const merging = (async () => {
    while (!isOver) {
      for (const id of ids) await mergeAll(merger, id);
      await hostClock.sleep(10);
    }
  })();
  const result = await work();
  isOver = true;
  await merging;
  return result;
}

async function mergeAll(engine: Engine, id: PartitionId) {
  return mergePartition(engine, callOf(engine), id, 'zstd');
}

type Sum = { readonly chunks: number; readonly bytesIn: number; readonly bytesOut: number };

function plus(one: Sum, other: Sum): Sum {
  return {
    chunks: one.chunks + other.chunks,
    bytesIn: one.bytesIn + other.bytesIn,
    bytesOut: one.bytesOut + other.bytesOut,
  };
}

async function measure(ids: readonly PartitionId[]) {
  const engine = newEngine();
  let indexBytes = 0;
  for (const id of ids) {
    const range = { pk: partitionPk(id), limit: 1_000_000, strong: true };
    for (const item of await stores.table.query(range)) {
      indexBytes += item.pk.length + item.sk.length + encodeItem(item).length;
    }
  }
  const objects = await countObjects();
  const before = engine.operations.objectReads;
  const startedAt = performance.now();
  await Promise.all(ids.map((id) => readAll(engine, id)));
  const millis = performance.now() - startedAt;
  return { indexBytes, objects, gets: engine.operations.objectReads - before, millis };
}

async function countObjects(): Promise<number> {
  let count = 0;
  let after: string | undefined;
  for (;;) {
    const page = await stores.objects.list({
      prefix: segmentsPrefix,
      limit: 1_000,
      ...(after !== undefined && { after }),
    });
    count += page.length;
    after = page.at(-1)?.key;
    if (page.length < 1_000) return count;
  }
}

async function readAll(engine: Engine, { partition }: PartitionId): Promise<void> {
  for (let offset = 0; ; ) {
    const request = { topic: 'bench', partition, offset, maxBytes: 1_000_000, waitMillis: 0 };
    const { nextOffset } = await fetchBatches(engine, callOf(engine), request);
    if (nextOffset === offset) return;
    offset = nextOffset;
  }
}

async function rateOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (beside * 1_000) / (performance.now() - startedAt);
}

function tell(what: string, before: number, after: number): void {
  const ratio = (after / before).toPrecision(3);
  console.log(`${what}: ${Math.round(before)} -> ${Math.round(after)} (${ratio})`);
}
