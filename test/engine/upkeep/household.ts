// What stories about housekeeping ask of an account: which objects there are, which of them the
// index names, and whether everything that was acknowledged is where it was said to be.

import { expect } from 'vitest';
import { segmentsPrefix } from '../../../shared/contract.ts';
import { type Call, createEngine, type Engine, openCall } from '../../../shared/engine/engine.ts';
import { type Swept, sweepObjects } from '../../../shared/engine/upkeep/sweep-objects.ts';
import type { EpochMillis, PartitionId } from '../../../shared/ids.ts';
import { readChunk } from '../../../shared/log/chunk.ts';
import { readHead } from '../../../shared/log/head.ts';
import { refsOfTail } from '../../../shared/log/refs.ts';
import { segmentKey } from '../../../shared/segment/keys.ts';
import { chunkSk, headKey, partitionPk } from '../../../shared/store/items.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { fetchFrom, produce } from '../../world/story.ts';
import type { World } from '../../world/world.ts';

export const minute = 60_000;
export const day = 24 * 60 * minute;

/** Of a process that has all the time it wants. */
export function patientCall(engine: Engine): Call {
  return openCall(engine, { deadline: (engine.clock.now() + 1_000 * day) as EpochMillis });
}

/** A process whose clock is ahead by so much, or behind. */
export function engineAhead(world: World, millis: number): Engine {
  const { table, objects } = world.account;
  const { time } = world;
  const clock = {
    now: () => (time.now() + millis) as EpochMillis,
    sleep: time.sleep.bind(time),
    turn: time.turn.bind(time),
  };
  const chance = seededChance((time.now() + millis) % 1_000_003);
  return createEngine({ objects, table, clock, chance });
}

/** Of all that is there, by a new process. */
export function sweep(world: World, engine = world.newEngine(), graceMillis = 0): Promise<Swept> {
  return sweepObjects(engine, patientCall(engine), { graceMillis });
}

export async function storedObjects({ account }: World): Promise<readonly string[]> {
  const all = await account.objects.list({ prefix: segmentsPrefix, limit: 1_000_000 });
  return all.map(({ key }) => key);
}

/** What any ref of the partitions names that is not below the log start, sorted. */
export function namedObjects(world: World, partitions: readonly PartitionId[]): readonly string[] {
  return [...new Set(partitions.flatMap((id) => namedIn(world, id)))].sort();
}

function namedIn({ account: { stored } }: World, id: PartitionId): readonly string[] {
  const item = stored.peek(headKey(id));
  if (item === undefined) return [];
  const { logStart, tailBase, tail } = readHead(item);
  const range = { from: chunkSk(0), to: chunkSk(10 ** 15), limit: 1_000_000 };
  const chunks = stored.peekRange({ pk: partitionPk(id), ...range }).map(readChunk);
  return [...chunks, refsOfTail(tailBase, tail)].flatMap((run) => {
    const refs = Array.from({ length: run.length }, (_, index) => run.at(index));
    const alive = refs.filter(({ baseOffset, count }) => baseOffset + count > logStart);
    return alive.map(({ segment }) => segmentKey(segment));
  });
}

/** Nothing names an object that is not there. @returns those that nothing names. */
export async function orphans(
  world: World,
  partitions: readonly PartitionId[],
): Promise<readonly string[]> {
  const named = new Set(namedObjects(world, partitions));
  const stored = await storedObjects(world);
  expect([...named].filter((key) => !stored.includes(key))).toEqual([]);
  return stored.filter((key) => !named.has(key));
}

/** What producers were told: by partition of `orders`, by offset. */
export class Acknowledged {
  readonly #partitions = new Map<number, Map<number, string>>();

  note(partition: number, offset: number, value: string): void {
    const offsets = this.#partitions.get(partition) ?? new Map<number, string>();
    this.#partitions.set(partition, offsets);
    expect(offsets.get(offset) ?? value).toBe(value);
    offsets.set(offset, value);
  }

  /** One record a request, and every roll ends. */
  async produce(
    world: World,
    { engine = world.newEngine(), partition = 0, values }: ToProduce,
  ): Promise<void> {
    for (const value of values) {
      const [offset] = await produce(world, engine, [value], { partition });
      this.note(partition, offset as number, value);
      await engine.background.idle();
    }
  }

  /** A new process reads all of it. @returns what the partitions hold. */
  async check(world: World, engine = world.newEngine()): Promise<ReadonlyMap<number, string[]>> {
    const read = new Map<number, string[]>();
    for (const [partition, offsets] of this.#partitions) {
      const values = await valuesIn(world, engine, partition);
      for (const [offset, value] of offsets) {
        expect({ partition, offset, value: values[offset] }).toEqual({ partition, offset, value });
      }
      read.set(partition, values);
    }
    return read;
  }
}

type ToProduce = {
  readonly engine?: Engine;
  readonly partition?: number;
  readonly values: readonly string[];
};

export async function valuesIn(world: World, engine: Engine, partition: number): Promise<string[]> {
  const values: string[] = [];
  for (let offset = 0; ; ) {
    const fetched = await fetchFrom(world, engine, offset, { partition });
    for (const record of fetched.records) {
      values[record.offset] = Buffer.from(record.value ?? '').toString();
    }
    offset = fetched.nextOffset;
    if (offset === fetched.highWatermark) return values;
  }
}

/** As many values as that, named so. */
export function valuesNamed(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${index}`);
}
