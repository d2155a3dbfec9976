// A folder over the months: engines come and go, the marks in their table expire, and what was
// brought is not brought again.

import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ingestFolders } from '../../local/folder-ingest.ts';
import { memoryObjects } from '../../local/memory-objects.ts';
import { lookMillis } from '../../local/watched-folder.ts';
import { createEngine, type Engine, openCall } from '../../shared/engine/engine.ts';
import { hostChance, hostClock } from '../../shared/engine/host-environment.ts';
import { createTopic } from '../../shared/engine/make-topics.ts';
import { partitionOffsets } from '../../shared/engine/offsets.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import { requestMillisMax } from '../../shared/limits.ts';
import { eventMarkMillis } from '../../shared/trigger-limits.ts';
import { MemoryTable } from '../world/memory-table.ts';
import { until } from './subscriptions.ts';

const dayMillis = 24 * 60 * 60 * 1000;

let parent = '';
let folder = '';

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sluice-folders-'));
  folder = join(parent, 'incoming');
  await mkdir(folder);
});
afterEach(() => rm(parent, { recursive: true }));

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
    createTopic: async () => {
      const engine = newEngine();
      await createTopic(engine, call(engine), { name: 'files', partitions: 1 });
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
    watch: async (directory: string | undefined) => {
      const before = looks;
      const { stop } = ingestFolders(newEngine(), new Map([[folder, 'files']]), directory);
      await until(() => looks >= before + 3);
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
