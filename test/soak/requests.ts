// What writers ask for: records for partitions, and what makes a request safe to send again.

import type { Engine } from '../../shared/engine/engine.ts';
import { hostClock } from '../../shared/engine/host-environment.ts';
import type { Identity } from '../../shared/engine/identify.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import type { ProducedEntry } from '../../shared/engine/records-by-partition.ts';
import { transact } from '../../shared/engine/transact.ts';
import type { Content, Contents } from './contents.ts';
import type { Dice } from './dice.ts';
import type { ModelPartition } from './model.ts';
import { callOf, type Setting } from './setting.ts';

export type Item = {
  readonly partition: ModelPartition;
  readonly content: Content;
  /** undefined: the time of the append. */
  readonly timestamp: number | undefined;
};

/** How its producer is known. */
export type Kind = 'plain' | 'keyed' | 'numbered';

export type Request = {
  /** Unless it is a transaction, all of one topic. */
  readonly items: readonly Item[];
  readonly isTransaction: boolean;
  /** undefined: none, and it is sent once. */
  readonly identity: { readonly key: string } | Numbers | undefined;
};

/** A producer's own: of each partition the number of its next record. */
export class Numbers {
  readonly id: number;
  readonly epoch: number;
  readonly #next = new Map<ModelPartition, number>();

  constructor({ id, epoch }: { readonly id: number; readonly epoch: number }) {
    this.id = id;
    this.epoch = epoch;
  }

  of(partition: ModelPartition): number {
    return this.#next.get(partition) ?? 0;
  }

  /** All of them are stored. */
  advance(items: readonly Item[]): void {
    for (const { partition } of items) this.#next.set(partition, this.of(partition) + 1);
  }
}

const recordsMax = 20;
/** Timestamps of producers are so much older than the append, at most. */
const lateMillisMax = 3_000;
const keysAtOnce = 30;
/** Others come in their place: the last record of a key, and most of all a tombstone, is to stay
 * the last of it for long. */
const keysLastMillis = 4_000;

/** Records for some of the partitions. @param isTimed by their producer. */
export function drawItems(
  setting: Setting,
  dice: Dice,
  partitions: readonly ModelPartition[],
  isTimed: boolean,
): readonly Item[] {
  const { contents } = setting;
  const count = 1 + dice.mostlySmall(recordsMax - 1);
  return Array.from({ length: count }, () => {
    const partition = dice.pick(partitions);
    return { partition, ...drawRecord(setting, dice, partition, contents, isTimed) };
  });
}

function drawRecord(
  { startedAt }: Setting,
  dice: Dice,
  { policy: { isCompacted } }: ModelPartition,
  contents: Contents,
  isTimed: boolean,
): Omit<Item, 'partition'> {
  const now = hostClock.now();
  const turn = Math.floor((now - startedAt) / keysLastMillis);
  const of = dice.odds(0.9) ? turn : dice.upTo(turn);
  const key = `key ${of}/${dice.mostlySmall(keysAtOnce - 1)}`;
  return {
    content: contents.draw(dice, {
      key: isCompacted || dice.odds(0.5) ? key : null,
      tombstones: isCompacted ? 0.25 : 0.02,
    }),
    timestamp: isTimed ? now - dice.mostlySmall(lateMillisMax) : undefined,
  };
}

/** @throws EngineError as the verb does. */
export function send(
  { contents }: Setting,
  engine: Engine,
  { items, isTransaction, identity }: Request,
): Promise<readonly ProducedEntry[]> {
  const records = items.map(({ partition: { topic, id }, content, timestamp }) => {
    const record = { ...contents.record(content), topic, partition: id.partition };
    return timestamp === undefined ? record : { ...record, timestamp };
  });
  if (isTransaction && identity !== undefined) {
    const own = identity instanceof Numbers ? { producer: byTopic(identity, items) } : identity;
    return transact(engine, callOf(engine), { records, identity: own });
  }
  const topic = items[0]?.partition.topic ?? '';
  const own: Identity | undefined =
    identity instanceof Numbers ? { producer: byPartition(identity, items) } : identity;
  return produceRecords(engine, callOf(engine), { topic, records, identity: own });
}

function byPartition(numbers: Numbers, items: readonly Item[]) {
  const partitions = new Set(items.map(({ partition }) => partition));
  const sequences = [...partitions].map((one) => [one.id.partition, numbers.of(one)] as const);
  return { id: numbers.id, epoch: numbers.epoch, sequences: new Map(sequences) };
}

function byTopic(numbers: Numbers, items: readonly Item[]) {
  const topics = Map.groupBy(items, ({ partition }) => partition.topic);
  const sequences = [...topics].map(([topic, own]) => {
    return [topic, byPartition(numbers, own).sequences] as const;
  });
  return { id: numbers.id, epoch: numbers.epoch, sequences: new Map(sequences) };
}
