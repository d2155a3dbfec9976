// A soak: for a while everybody writes, reads and keeps house as they like; then all is quiet, and
// every record that should be there is there, and no other, before and after all that is due was
// done; and index and objects say the same.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStores } from '../../local/open-stores.ts';
import type { Engine } from '../../shared/engine/engine.ts';
import { hostClock } from '../../shared/engine/host-environment.ts';
import { createTopic } from '../../shared/engine/make-topics.ts';
import { checkStore } from '../../shared/engine/upkeep/fsck/check-store.ts';
import { retainPartition } from '../../shared/engine/upkeep/retain-partition.ts';
import { sweepObjects } from '../../shared/engine/upkeep/sweep-objects.ts';
import { upkeepPartitions } from '../../shared/engine/upkeep/upkeep-partitions.ts';
import { housekeepingMillisMax } from '../../shared/housekeeping-limits.ts';
import type { Stores } from '../../shared/store/counted.ts';
import { Contents } from './contents.ts';
import { Dice } from './dice.ts';
import { keeperOf, sweeperOf } from './keepers.ts';
import { ModelPartition } from './model.ts';
import { readerOf } from './readers.ts';
import { boundsOf, readFrom } from './reading.ts';
import { callOf, Setting, saidOf, type Tally } from './setting.ts';
import { partitionsPerTopic, policyOf, topicSettings } from './topics.ts';
import { type Writer, writerOf } from './writers.ts';

export type Soaked = {
  /** Of the storm. */
  readonly seconds: number;
  readonly tally: Tally;
  /** Offsets at which a fetch began. */
  readonly positions: number;
  /** Records, and those of them that somebody has read before all was quiet. */
  readonly written: number;
  readonly read: number;
  readonly violations: readonly string[];
  /** Where its data is, if there are any. */
  readonly folder: string | undefined;
};

const writers: readonly Writer[] = [
  ...times(6, (at) => ({ name: `plain ${at}`, kind: 'plain', transacts: false }) as const),
  ...times(3, (at) => ({ name: `keyed ${at}`, kind: 'keyed', transacts: false }) as const),
  ...times(3, (at) => ({ name: `numbered ${at}`, kind: 'numbered', transacts: false }) as const),
  { name: 'transactions by key', kind: 'keyed', transacts: true },
  { name: 'transactions by number', kind: 'numbered', transacts: true },
];
const keepers = 8;
const sweepers = 3;
const keptReaders = 12;
const otherReaders = 8;

export async function soak({
  seconds,
  seed,
}: {
  readonly seconds: number;
  readonly seed: number;
}): Promise<Soaked> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-soak-'));
  const stores = await openStores({ kind: 'directory', directory: folder });
  let violations: readonly string[] = ['it was not finished'];
  try {
    const setting = await begin(seed, stores);
    await storm(setting, seconds);
    const counts = setting.partitions.map(({ records }) => records);
    await endInQuiet(setting);
    violations = setting.violations;
    return {
      seconds,
      tally: setting.tally,
      positions: setting.partitions.reduce((sum, { positions }) => sum + positions.size, 0),
      written: counts.reduce((sum, { written }) => sum + written, 0),
      read: counts.reduce((sum, { read }) => sum + read, 0),
      violations,
      folder: violations.length > 0 ? folder : undefined,
    };
  } finally {
    await stores.close();
    if (violations.length === 0) await rm(folder, { recursive: true });
  }
}

async function begin(seed: number, stores: Stores): Promise<Setting> {
  const contents = new Contents(new Dice(seed));
  const setting = new Setting(seed, stores, contents);
  const engine = setting.newEngine();
  for (const [topic, settings] of Object.entries(topicSettings)) {
    const configs = new Map(Object.entries(settings));
    const asked = { name: topic, partitions: partitionsPerTopic, configs };
    const { id: topicId } = await createTopic(engine, callOf(engine), asked);
    const policy = policyOf(configs);
    for (let partition = 0; partition < partitionsPerTopic; partition++) {
      const { complain } = setting;
      const id = { topicId, partition };
      setting.partitions.push(new ModelPartition({ topic, id, policy, contents, complain }));
    }
  }
  return setting;
}

async function storm(setting: Setting, seconds: number): Promise<void> {
  let part = 0;
  const everybody = [
    ...writers.map((writer) => setting.repeat(writer.name, ++part, writerOf(setting, writer))),
    ...times(keepers, () => setting.repeat('keeper', ++part, keeperOf(setting))),
    ...times(sweepers, () => setting.repeat('sweeper', ++part, sweeperOf(setting))),
    ...times(keptReaders, () => {
      const kept = setting.drawEngine(new Dice(setting.seed + ++part));
      return setting.repeat('reader', part, readerOf(setting, kept));
    }),
    ...times(otherReaders, () => setting.repeat('reader', ++part, readerOf(setting, undefined))),
  ];
  await hostClock.sleep(seconds * 1_000);
  setting.isOver = true;
  await Promise.all(everybody);
}

async function endInQuiet(setting: Setting): Promise<void> {
  const { partitions, complain } = setting;
  const look = async (what: string, work: (engine: Engine) => Promise<void>) => {
    await work(setting.newEngine()).catch((error) => {
      complain(`${what}: ${saidOf(error)}`);
    });
  };
  const due = partitions.map(({ id }) => ({ id, byClock: true }));
  await look('drain', (engine) => drain(setting, engine));
  await look('tidy', async (engine) => {
    await upkeepPartitions(engine, callOf(engine, housekeepingMillisMax), due);
    // What has come since: fsck calls it a leftover.
    for (const { id, policy } of partitions) {
      const { retentionMillis: millis, retentionBytes: bytes } = policy;
      await retainPartition(engine, callOf(engine), id, { millis, bytes });
    }
    await sweepObjects(engine, callOf(engine), { graceMillis: -1_000 });
  });
  await look('last drain', (engine) => drain(setting, engine));
  await look('fsck', async (engine) => {
    const call = callOf(engine, housekeepingMillisMax);
    const { findings, looked } = await checkStore(engine, call, { depth: 'deep', graceMillis: 0 });
    for (const { kind, place, detail } of findings) {
      complain(`fsck: ${kind} ${JSON.stringify(place)}: ${detail}`);
    }
    const { waiting } = looked;
    if (waiting !== null && waiting.objects > 0) complain('fsck: some objects wait to be named');
  });
  for (const partition of partitions) partition.settle();
}

/** From the log start to the end, as a new process reads it. */
async function drain(setting: Setting, engine: Engine): Promise<void> {
  for (const partition of setting.partitions) {
    let { logStart: from } = await boundsOf(engine, partition);
    for (let isAtEnd = false; !isAtEnd; ) {
      const wanted = { from, maxBytes: 1_000_000, waitMillis: 0, byRecord: false };
      const answer = await readFrom(setting, engine, partition, wanted);
      if (answer.kind !== 'read') throw new Error(`${partition.name} at ${from}: ${answer.kind}`);
      from = answer.nextOffset;
      isAtEnd = answer.isAtEnd;
    }
  }
}

function times<Of>(count: number, make: (at: number) => Of): readonly Of[] {
  return Array.from({ length: count }, (_, at) => make(at));
}
