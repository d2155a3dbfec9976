// Producers move out of the head and come back while others append, roll and freeze: whatever is
// done in between, a batch is stored once, after the one before it, and its repeat says where.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EpochMillis, producerKeyOf, segmentIdOf, topicIdOf } from '../../shared/ids.ts';
import {
  producerExpiryMillis,
  residentProducersBusyMax,
  residentProducersMax,
} from '../../shared/limits.ts';
import { type Append, appendWrite, type Head, newHead, readHead } from '../../shared/log/head.ts';
import {
  producersToEvict,
  putProducers,
  type Residents,
  readProducer,
  removeProducers,
  unchanged,
} from '../../shared/log/producers.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import { judge } from '../../shared/log/stamp.ts';
import { runsOf, type Standing } from '../../shared/log/stamped-runs.ts';
import { sequenceAfter } from '../../shared/sequence.ts';
import type { Item, Write } from '../../shared/store/algebra.ts';
import { headKey, producerStateKey } from '../../shared/store/items.ts';
import { MemoryTable } from '../world/memory-table.ts';

const id = { topicId: topicIdOf(new Uint8Array(16)), partition: 0 };
const now = 1_000_000 as EpochMillis;
const producers = 2 * residentProducersMax;

type Batch = { readonly producer: number; readonly sequence: number; readonly count: number };

/** A writer with one batch to send, a step at a time: the head, the item, the update. */
type Writer = { readonly batch: Batch; head?: Item; item?: Item | undefined; hasItem?: true };

class Partition {
  readonly table = new MemoryTable();
  readonly stored: (Batch & { readonly base: number })[] = [];
  #segments = 0;

  peek = () => this.table.peek(headKey(id)) as Item;

  /** @returns whether the writer is done. */
  async step(writer: Writer): Promise<boolean> {
    const key = producerKeyOf(writer.batch.producer);
    if (writer.head === undefined) {
      writer.head = this.peek();
      return false;
    }
    const head = readHead(writer.head);
    const resident = head.residents.get(key);
    if (resident === undefined && writer.hasItem === undefined) {
      writer.item = this.table.peek(producerStateKey(id, key));
      writer.hasItem = true;
      return false;
    }
    const standing: Standing =
      resident === undefined
        ? { state: readProducer(writer.item, now), absentAt: head.nextOffset }
        : { state: resident };
    await this.#send(writer.batch, standing);
    return true;
  }

  async #send(batch: Batch, standing: Standing): Promise<void> {
    const { sequence, count } = batch;
    const stamp = { producer: producerKeyOf(batch.producer), epoch: 0, sequence };
    const judgement = judge(stamp, count, standing.state);
    const mine = this.stored.find(
      (one) => one.producer === batch.producer && one.sequence === sequence,
    );
    if (judgement.kind === 'repeat') expect(judgement.baseOffset).toBe(mine?.base);
    if (judgement.kind === 'older') expect(mine).toBeDefined();
    if (judgement.kind !== 'next') return;
    const segment = segmentIdOf((this.#segments++ + 1) as EpochMillis, new Uint8Array(10));
    const ref = encodeRef({ segment, position: 0, length: 9, count, timestampMax: -1 });
    const append: Append = {
      id,
      refs: [ref],
      count,
      segmentTime: this.#segments as EpochMillis,
      stamps: runsOf([{ stamp, count }], () => standing),
    };
    const base = readHead(this.peek()).nextOffset;
    const answer = await this.table.write(appendWrite(append));
    if (answer.kind === 'refused') return;
    expect(mine, `sequence ${sequence} is stored twice`).toBeUndefined();
    const last = this.stored.findLast((one) => one.producer === batch.producer);
    expect(sequence).toBe(last === undefined ? 0 : sequenceAfter(last.sequence, last.count));
    this.stored.push({ ...batch, base });
  }
}

/** One that evicts: items first, then the removal, again for whoever is still as he was put. */
type Roller = { readonly puts: Write[]; leaving: Residents; evictedUpTo: number };

function newRoller(head: Head): Roller {
  const leaving = producersToEvict(head);
  return { puts: putProducers(id, leaving, now), leaving, evictedUpTo: head.evictedUpTo };
}

async function stepRoller({ table }: Partition, roller: Roller): Promise<boolean> {
  const put = roller.puts.shift();
  if (put !== undefined) {
    await table.write(put);
    return false;
  }
  if (roller.leaving.size === 0) return true;
  const answer = await table.write(removeProducers(id, roller.leaving, roller.evictedUpTo));
  if (answer.kind === 'done') return true;
  const head = readHead(answer.current as Item);
  roller.leaving = unchanged(roller.leaving, head.residents);
  roller.evictedUpTo = head.evictedUpTo;
  return false;
}

/** Every roll finds somebody to evict: whoever is not among the last few. */
function crowded(head: Head): Head {
  return { ...head, tailBase: head.nextOffset };
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ send: fc.nat(producers - 1), behind: fc.nat(2), count: fc.constant(1) }),
  },
  { weight: 6, arbitrary: fc.record({ writer: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ begin: fc.constant(true) }) },
  { weight: 3, arbitrary: fc.record({ roller: fc.nat() }) },
);

test('any number of writers and rollers, frozen and thawed between any two steps', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 100, maxLength: 500 }), async (story) => {
      const partition = new Partition();
      await partition.table.write({ put: newHead(id) });
      const writers: Writer[] = [];
      const rollers: Roller[] = [];
      for (const event of story) {
        if ('send' in event) {
          const own = partition.stored.filter((one) => one.producer === event.send);
          const sequence = Math.max(own.length - event.behind, 0);
          writers.push({ batch: { producer: event.send, sequence, count: event.count } });
        } else if ('begin' in event) {
          rollers.push(newRoller(crowded(readHead(partition.peek()))));
        } else if ('writer' in event && writers.length > 0) {
          const chosen = event.writer % writers.length;
          if (await partition.step(writers[chosen] as Writer)) writers.splice(chosen, 1);
        } else if ('roller' in event && rollers.length > 0) {
          const chosen = event.roller % rollers.length;
          if (await stepRoller(partition, rollers[chosen] as Roller)) rollers.splice(chosen, 1);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('an item says what a producer was until it expires, and never goes back', async () => {
  const table = new MemoryTable();
  const producer = producerKeyOf(1);
  const key = producerStateKey(id, producer);
  for (const base of [7, 9, 5]) {
    const leaving = new Map([[producer, { epoch: 0, next: base, first: base - 1, base }]]);
    for (const put of putProducers(id, leaving, now)) await table.write(put);
  }
  const item = table.peek(key);
  expect(readProducer(item, now)).toEqual({ epoch: 0, next: 9, first: 8, base: 9 });
  const later = (now + producerExpiryMillis) as EpochMillis;
  expect(readProducer(item, later)).toBeUndefined();
  expect(readProducer(undefined, now)).toBeUndefined();
});

/** Residents whose last batches have these bases. */
function headWith(bases: readonly number[], nextOffset: number, tailBase: number) {
  const states = bases.map((base, index) => {
    return [producerKeyOf(index), { epoch: 0, next: 1, first: 0, base }] as const;
  });
  return { residents: new Map(states), nextOffset, tailBase };
}

const evicted = (head: Parameters<typeof producersToEvict>[0]) =>
  [...producersToEvict(head).values()].map(({ base }) => base);

test('who was idle for two tails leaves, but for a few; who is at work stays', () => {
  const idle = [1, 2, 3, 4, 5];
  const atWork = Array.from({ length: residentProducersMax + 4 }, (_, index) => 80 + index);
  expect(evicted(headWith([...atWork, ...idle], 100, 90))).toEqual(idle);
  expect(evicted(headWith(idle, 100, 90))).toEqual([]);
  expect(evicted(headWith(atWork, 100, 90))).toEqual([]);
});

test('past the bound the oldest leave whatever they do, down to half of it', () => {
  const bases = Array.from({ length: residentProducersBusyMax }, (_, index) => 100 + index);
  const half = residentProducersBusyMax / 2;
  expect(evicted(headWith(bases.toReversed(), 200, 0))).toEqual(bases.slice(0, half));
  expect(evicted(headWith(bases.slice(1), 200, 0))).toEqual([]);
});
