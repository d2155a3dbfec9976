// The few sentences that stories about the engine are told in.

import type { Call, Engine } from '../../shared/engine/engine.ts';
import { type FetchedRecords, fetchRecords } from '../../shared/engine/fetch.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import type { ProducedEntry, RecordToProduce } from '../../shared/engine/records-by-partition.ts';
import type { Processes, World } from './world.ts';

/** Produces the values to one partition, in one request.
 * @returns their offsets. @throws the EngineError of the first that was not stored. */
export async function produce(
  world: Processes,
  engine: Engine,
  values: readonly string[],
  place: { topic?: string; partition?: number; call?: Call } = {},
): Promise<readonly number[]> {
  const { topic = 'orders', partition = 0, call = world.call(engine) } = place;
  const records = values.map((value) => recordOf(value, partition));
  const entries = await produceRecords(engine, call, { topic, records });
  return entries.map((entry) => {
    if ('error' in entry) throw entry.error;
    return entry.offset;
  });
}

/** Every value from the offset to the end, as a new process reads them, checked to be dense. */
export async function readAll(world: World, from = 0, topic = 'orders'): Promise<string[]> {
  const engine = world.newEngine();
  const values: string[] = [];
  let offset = from;
  for (;;) {
    const fetched = await fetchFrom(world, engine, offset, { topic });
    for (const record of fetched.records) {
      if (record.offset !== from + values.length) throw new Error(`a gap at ${record.offset}`);
      values.push(Buffer.from(record.value ?? '').toString());
    }
    offset = fetched.nextOffset;
    if (offset === fetched.highWatermark) return values;
  }
}

export function fetchFrom(
  world: World,
  engine: Engine,
  offset: number,
  options: {
    topic?: string;
    partition?: number;
    maxBytes?: number;
    waitMillis?: number;
    call?: Call;
  } = {},
): Promise<FetchedRecords> {
  const { call = world.call(engine), ...rest } = options;
  const defaults = { topic: 'orders', partition: 0, maxBytes: 1_000_000, waitMillis: 0 };
  return fetchRecords(engine, call, { ...defaults, ...rest, offset });
}

export function valuesOf({ records }: FetchedRecords): string[] {
  return records.map((record) => Buffer.from(record.value ?? '').toString());
}

/** The same, as the next batch of a producer. @returns what became of each. */
export function produceStamped(
  world: World,
  engine: Engine,
  values: readonly string[],
  stamp: { readonly id: number; readonly epoch: number; readonly sequence: number },
  place: { topic?: string; partition?: number; call?: Call } = {},
): Promise<readonly ProducedEntry[]> {
  const { topic = 'orders', partition = 0, call = world.call(engine) } = place;
  const { id, epoch, sequence } = stamp;
  const producer = { id, epoch, sequences: new Map([[partition, sequence]]) };
  const records = values.map((value) => recordOf(value, partition));
  return produceRecords(engine, call, { topic, records, identity: { producer } });
}

function recordOf(value: string, partition: number): RecordToProduce {
  return { key: null, value: Buffer.from(value), headers: [], partition };
}
