// Folders as the stand-ins of buckets: their files become records of topics. Over the months
// engines come and go, the marks in their table expire, and what was brought is not brought again.

import { appendFile, link, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, assert, beforeEach, expect, test, vi } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import { ingestFolders } from '../../local/folder-ingest.ts';
import { memoryObjects } from '../../local/memory-objects.ts';
import { lookMillis } from '../../local/watched-folder.ts';
import { createEngine, type Engine, openCall } from '../../shared/engine/engine.ts';
import { hostChance, hostClock } from '../../shared/engine/host-environment.ts';
import { createTopic } from '../../shared/engine/make-topics.ts';
import { partitionOffsets } from '../../shared/engine/offsets.ts';
import { alterConfigs } from '../../shared/engine/topics.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import { requestMillisMax } from '../../shared/limits.ts';
import { eventMarkMillis } from '../../shared/trigger-limits.ts';
import { MemoryTable } from '../world/memory-table.ts';
import { createTopic as askForTopic, endOffset, text } from './conversation.ts';
import { until } from './subscriptions.ts';

const dayMillis = 24 * 60 * 60 * 1000;

let parent = '';
let folder = '';

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sluice-folders-'));
  folder = join(parent, 'incoming');
  await mkdir(folder);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(parent, { recursive: true });
});

/** Stores that outlive their engines, and a clock that can be put forward and never waits long. */
function newStory() {
  const stores = { objects: memoryObjects(), table: new MemoryTable() };
  let ahead = 0;
  let looks = 0;
  const clock = {
    ...hostClock,
    now: () => (hostClock.now() + ahead) as EpochMillis,
    sleep: (millis: number, wake?: Promise<unknown>) => {
      if (millis === lookMillis) looks++;
      return hostClock.sleep(Math.min(millis, 1), wake);
    },
  };
  const newEngine = () => createEngine({ ...stores, clock, chance: hostChance });
  const call = (engine: Engine) =>
    openCall(engine, { deadline: (clock.now() + requestMillisMax) as EpochMillis });
  return {
    createTopic: async (configs: ReadonlyMap<string, string> = new Map()) => {
      const engine = newEngine();
      await createTopic(engine, call(engine), { name: 'files', partitions: 1, configs });
    },
    alterConfigs: async (configs: ReadonlyMap<string, string>) => {
      const engine = newEngine();
      await alterConfigs(engine, call(engine), { name: 'files', changes: configs });
    },
    /** How many its topic has. */
    files: async () => {
      const engine = newEngine();
      const partition = { topic: 'files', partition: 0 };
      return (await partitionOffsets(engine, call(engine), partition)).highWatermark;
    },
    pass: (millis: number) => {
      ahead += millis;
    },
    /** By an engine of its own, until all that was there could be brought. */
    watch: async (directory: string | undefined, watched: readonly string[] = [folder]) => {
      const before = looks;
      const folders = new Map(watched.map((each) => [each, 'files'] as const));
      const onFault = (error: unknown) => assert.fail(String(error));
      const { stop } = ingestFolders(newEngine(), {
        folders,
        directory,
        onFault,
        tell: () => undefined,
      });
      await until(() => looks >= before + 3 * watched.length);
      await stop();
    },
  };
}

test('a file is brought once, also by an engine that starts after its mark’s end', async () => {
  const { createTopic, files, pass, watch } = newStory();
  const data = join(parent, 'data');
  await createTopic();
  await writeFile(join(folder, 'a'), '1');
  await watch(data);
  expect(await files()).toBe(1);
  pass(eventMarkMillis + dayMillis);
  await watch(data);
  expect(await files()).toBe(1);
  await writeFile(join(folder, 'b'), '2');
  await appendFile(join(folder, 'a'), ' and more');
  await watch(data);
  expect(await files()).toBe(3);
});

test('what was lost of that is told by the mark, as long as there is one', async () => {
  const { createTopic, files, pass, watch } = newStory();
  const data = join(parent, 'data');
  await createTopic();
  await writeFile(join(folder, 'a'), '1');
  await watch(data);
  await rm(data, { recursive: true });
  pass(eventMarkMillis - dayMillis);
  await watch(data);
  expect(await files()).toBe(1);
  pass(2 * dayMillis);
  await watch(data);
  expect(await files(), 'it was saved again').toBe(1);
});

test('an engine without a directory of its own has the marks alone', async () => {
  const { createTopic, files, pass, watch } = newStory();
  await createTopic();
  await writeFile(join(folder, 'a'), '1');
  await watch(undefined);
  pass(eventMarkMillis - dayMillis);
  await watch(undefined);
  expect(await files()).toBe(1);
  pass(2 * dayMillis);
  await watch(undefined);
  expect(await files()).toBe(2);
});

test('a file that its topic does not take is brought until it does', async () => {
  const { createTopic, alterConfigs, files, watch } = newStory();
  const data = join(parent, 'data');
  const bytesMax = (value: number) => new Map([['max.message.bytes', `${value}`]]);
  await writeFile(join(folder, 'a'), '1');
  await watch(data);
  await createTopic(bytesMax(10));
  await watch(data);
  expect(await files()).toBe(0);
  await alterConfigs(bytesMax(1_000_000));
  await watch(data);
  expect(await files()).toBe(1);
});

test('an engine whose data is in the folder does not bring its own files', async () => {
  const { createTopic, files, watch } = newStory();
  const data = join(folder, 'data');
  await createTopic();
  await writeFile(join(folder, 'a'), '1');
  for (let times = 0; times < 2; times++) await watch(data);
  expect(await readdir(join(data, 'watched'))).toHaveLength(1);
  expect(await files()).toBe(1);
});

test('folders of one name bring their own into one topic, also the same file', async () => {
  const { createTopic, files, watch } = newStory();
  const other = join(parent, 'other/incoming');
  await createTopic();
  await mkdir(other, { recursive: true });
  await writeFile(join(folder, 'a'), '1');
  await link(join(folder, 'a'), join(other, 'a'));
  await watch(undefined, [folder, other]);
  expect(await files()).toBe(2);
  // However each of them is written.
  await watch(undefined, [`${folder}/`, join(other, '../incoming/.')]);
  expect(await files()).toBe(2);
});

function startWatching(): Promise<Embedded> {
  const folders = new Map([[folder, 'files']]);
  return startEmbedded({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    stores: { kind: 'directory', directory: join(parent, 'data') },
    triggers: { functions: new Map(), folders, sqsEndpoint: undefined },
  });
}

test('an engine that is started with a folder tells its files as S3 would', async () => {
  const engine = await startWatching();
  try {
    const url = `http://127.0.0.1:${engine.port}`;
    await askForTopic(url, 'files');
    const file = join(folder, 'été/☀ + 1.json');
    await mkdir(join(folder, 'été'));
    await writeFile(file, 'a');
    await until(async () => (await endOffset(url, 'files')) === 1);
    const path = `${url}/topics/files/partitions/0/records?offset=0`;
    const answer = await fetch(path, { headers: { Accept: text } });
    const [record] = (await answer.json()) as readonly [{ readonly value: string }];
    const timestamp = Math.floor((await stat(file)).mtimeMs);
    expect(record).toMatchObject({ key: 'incoming/été/☀ + 1.json', timestamp });
    expect(JSON.parse(record.value)).toMatchObject({
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { object: { key: '%C3%A9t%C3%A9/%E2%98%80+%2B+1.json', size: 1 } },
    });
  } finally {
    await engine.stop();
  }
});

test('stopped, it looks no more', async () => {
  const { sleep } = hostClock;
  let pauses = 0;
  vi.spyOn(hostClock, 'sleep').mockImplementation(async (millis, wake) => {
    if (millis === lookMillis) pauses++;
    await sleep(millis, wake);
    if (millis === lookMillis) pauses--;
  });
  const engine = await startWatching();
  await until(() => pauses === 1);
  await engine.stop();
  expect(pauses).toBe(0);
});
