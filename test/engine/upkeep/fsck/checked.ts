// The few sentences that stories about checking a store are told in.

import { type Call, type Engine, openCall } from '../../../../shared/engine/engine.ts';
import {
  type CompactionOptions,
  compactPartition,
} from '../../../../shared/engine/upkeep/compact-partition.ts';
import {
  type CheckOptions,
  checkStore,
  type Report,
} from '../../../../shared/engine/upkeep/fsck/check-store.ts';
import type { Finding } from '../../../../shared/engine/upkeep/fsck/findings.ts';
import { type Repair, repairStore } from '../../../../shared/engine/upkeep/fsck/repair-store.ts';
import { mergePartition } from '../../../../shared/engine/upkeep/merge-partition.ts';
import { sweepObjects } from '../../../../shared/engine/upkeep/sweep-objects.ts';
import { sweepGraceMillis } from '../../../../shared/housekeeping-limits.ts';
import type { EpochMillis, PartitionId } from '../../../../shared/ids.ts';
import { type Chunk, readChunk } from '../../../../shared/log/chunk.ts';
import { type Head, readHead } from '../../../../shared/log/head.ts';
import { segmentKey } from '../../../../shared/segment/keys.ts';
import type { Item, Key, Value } from '../../../../shared/store/algebra.ts';
import { chunkKey, headKey } from '../../../../shared/store/items.ts';
import { weakLagMillisMax } from '../../../world/replicated-table.ts';
import { produce } from '../../../world/story.ts';
import type { World } from '../../../world/world.ts';

export const day = 24 * 60 * 60 * 1000;

/** Of a process that has all the time it wants. */
export function patientCall({ time }: World, engine: Engine): Call {
  return openCall(engine, { deadline: (time.now() + 1_000 * day) as EpochMillis });
}

export function check(
  world: World,
  options: Partial<CheckOptions> = {},
  engine: Engine = world.newEngine(),
): Promise<Report> {
  return checkStore(engine, patientCall(world, engine), { depth: 'quick', ...options });
}

/** What is found, quickly or deeply, in short: `kind topic-partition [from, to) key`. */
export async function found(world: World, options: Partial<CheckOptions> = {}): Promise<string[]> {
  return (await check(world, options)).findings.map(inShort);
}

export function inShort({ kind, place }: Finding): string {
  const { topic, partition, from, to, key } = place;
  const at = topic === null ? [] : [partition === null ? topic : `${topic}-${partition}`];
  const offsets = from === null ? [] : [`[${from}, ${to})`];
  return [kind, ...at, ...offsets, ...(key === null ? [] : [key])].join(' ');
}

export async function repair(
  world: World,
  options: { readonly isAlone?: boolean } = {},
): Promise<readonly Repair[]> {
  const report = await check(world);
  const engine = world.newEngine();
  const all = { graceMillis: sweepGraceMillis, ...options };
  return repairStore(engine, patientCall(world, engine), report, all);
}

/** One request each, and every roll ends. */
export async function produceEach(
  world: World,
  values: readonly string[],
  place: { topic?: string; partition?: number; engine?: Engine } = {},
): Promise<void> {
  const { engine = world.newEngine(), ...rest } = place;
  for (const value of values) {
    await produce(world, engine, [value], rest);
    await engine.background.idle();
  }
}

export async function merge(world: World, id: PartitionId): Promise<void> {
  const engine = world.newEngine();
  await mergePartition(engine, patientCall(world, engine), id, 'zstd');
}

/** All that is superseded goes. */
export async function compact(world: World, id: PartitionId): Promise<void> {
  const engine = world.newEngine();
  const options: CompactionOptions = {
    compression: 'none',
    lagMillisMin: 0,
    deleteRetentionMillis: day,
    dirtyRatioMin: 0.5,
  };
  await compactPartition(engine, patientCall(world, engine), id, options);
}

export async function sweep(world: World): Promise<void> {
  // Weak reads show it all by then.
  await world.time.sleep(weakLagMillisMax);
  const engine = world.newEngine();
  await sweepObjects(engine, patientCall(world, engine), { graceMillis: sweepGraceMillis });
}

/** A partition of one record an append, and as many appends as that. */
export async function newLog(world: World, appends: number): Promise<PartitionId> {
  const { id: topicId } = await world.createTopic({ name: 'orders' });
  await produceEach(
    world,
    Array.from({ length: appends }, (_, index) => `v${index}`),
  );
  return { topicId, partition: 0 };
}

export function headOf({ account }: World, id: PartitionId): Head {
  return readHead(account.stored.peek(headKey(id)) as Item);
}

export function chunkOf({ account }: World, id: PartitionId, baseOffset: number): Chunk {
  return readChunk(account.stored.peek(chunkKey(id, baseOffset)) as Item);
}

/** Puts what the attribute is to be; undefined: it goes. */
export async function plant(
  { account: { stored } }: World,
  key: Key,
  attributes: Readonly<Record<string, Value | undefined>>,
): Promise<void> {
  const item = { ...(stored.peek(key) as Item), ...attributes };
  const rest = Object.entries(item).filter(([, value]) => value !== undefined);
  await stored.write({ put: Object.fromEntries(rest) as Item });
}

/** Puts other bytes in the place of an object's. */
export async function replaceObject(
  { account: { objects } }: World,
  { segment }: { readonly segment: Parameters<typeof segmentKey>[0] },
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<string> {
  const key = segmentKey(segment);
  const bytes = (await objects.read({ key, position: 0, length: 2 ** 30 })) as Uint8Array;
  await objects.delete([key]);
  await objects.put({ key, parts: [change(bytes)], crc32c: 0 });
  return key;
}

/** Whatever nothing names is old enough to be swept. */
export async function pastTheGrace({ time }: World): Promise<void> {
  await time.sleep(day);
}
