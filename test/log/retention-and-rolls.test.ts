// Rollers and retainers of one partition, each frozen and thawed between any two of its writes:
// what lies above the log start is there once, in order, at its offset, and chunks do not overlap.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EpochMillis, segmentIdOf, topicIdOf } from '../../shared/ids.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { type Chunk, readChunk } from '../../shared/log/chunk.ts';
import { type Append, appendWrite, type Head, newHead, readHead } from '../../shared/log/head.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import { planTailCut, raiseLogStart } from '../../shared/log/retention.ts';
import { planRoll } from '../../shared/log/roll.ts';
import type { Item, Write } from '../../shared/store/algebra.ts';
import { chunkKey, chunkSk, headKey, partitionPk } from '../../shared/store/items.ts';
import { MemoryTable } from '../world/memory-table.ts';

const id = { topicId: topicIdOf(new Uint8Array(16)), partition: 0 };

type Placed = { readonly ref: Uint8Array; readonly base: number; readonly end: number };

class Partition {
  readonly table = new MemoryTable();
  readonly placed: Placed[] = [];

  constructor() {
    void this.table.write({ put: newHead(id) });
  }

  head(): Head {
    return readHead(this.table.peek(headKey(id)) as Item);
  }

  chunks(): readonly Chunk[] {
    const range = { pk: partitionPk(id), from: chunkSk(0), to: chunkSk(1e9), limit: 10_000 };
    return this.table.peekRange(range).map(readChunk);
  }

  async append(count: number): Promise<void> {
    const time = (this.placed.length + 1) as EpochMillis;
    const segment = segmentIdOf(time, new Uint8Array(10));
    // Times go up and down.
    const timestampMax = (this.placed.length * 7) % 31;
    const ref = encodeRef({ segment, position: 0, length: 9, count, timestampMax });
    const base = this.head().nextOffset;
    const append: Append = { id, refs: [ref], count, segmentTime: time, stamps: [] };
    const { kind } = await this.table.write(appendWrite(append));
    if (kind === 'done') this.placed.push({ ref, base, end: base + count });
  }

  /** What a process is about to write, by what it has read. */
  plan(event: 'roll' | 'cut' | 'delete'): readonly Write[] {
    const head = this.head();
    if (event === 'roll') {
      const plan = planRoll(id, head);
      return plan === undefined ? [] : [...plan.puts, plan.cut];
    }
    if (event === 'cut') {
      const plan = planTailCut(id, head);
      return plan.kind === 'cut' ? [plan.write] : [];
    }
    return this.chunks()
      .filter(({ endOffset }) => endOffset <= head.logStart)
      .map(({ baseOffset }) => ({ delete: chunkKey(id, baseOffset) }));
  }

  expectWhole(): void {
    const { logStart, tailBase, tail, timeBefore, nextOffset } = this.head();
    const kept = this.placed.filter(({ end }) => end > logStart);
    const chunks = this.chunks().filter((chunk) => {
      return chunk.baseOffset < tailBase && chunk.endOffset > logStart;
    });
    let end = chunks[0]?.baseOffset ?? tailBase;
    expect(end, 'nothing that may be read is missing').toBeLessThanOrEqual(
      kept[0]?.base ?? nextOffset,
    );
    for (const chunk of chunks) {
      expect(chunk.baseOffset, 'chunks lie back to back').toBe(end);
      end = chunk.endOffset;
      const before = this.placed.filter((one) => one.end <= end);
      const times = before.map((one) => Buffer.from(one.ref).readIntBE(29, 6));
      expect(chunk.timeThrough).toBe(Math.max(...times));
    }
    expect(end, 'up to the tail').toBe(tailBase);
    const index = this.placed.findIndex(({ base }) => base === tailBase);
    expect(tail).toEqual(index < 0 ? [] : this.placed.slice(index).map(({ ref }) => ref));
    const times = this.placed.slice(0, index < 0 ? undefined : index).map(({ ref }) => ref);
    const latest = times.map((ref) => Buffer.from(ref).readIntBE(29, 6));
    expect(timeBefore).toBe(Math.max(-1, ...latest));
    for (const { ref, base } of kept) {
      const chunk = chunks.find((one) => one.baseOffset <= base && base < one.endOffset);
      if (chunk === undefined) expect(base).toBeGreaterThanOrEqual(tailBase);
      else expect(chunk.baseOffsetOf(ref)).toBe(base);
    }
  }
}

const event = fc.oneof(
  { weight: 8, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ raise: fc.nat({ max: 99 }) }) },
  { weight: 1, arbitrary: fc.record({ plan: fc.constant('roll' as const) }) },
  { weight: 2, arbitrary: fc.record({ plan: fc.constantFrom('cut' as const, 'delete' as const) }) },
  { weight: 4, arbitrary: fc.record({ step: fc.nat() }) },
);

test('what lies above the log start is there, whatever thaws when', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 40, maxLength: 300 }), async (story) => {
      const partition = new Partition();
      const processes: Write[][] = [];
      for (const next of story) {
        if ('append' in next) await partition.append(next.append);
        else if ('plan' in next) processes.push([...partition.plan(next.plan)]);
        else if ('raise' in next) {
          const { logStart, nextOffset } = partition.head();
          const to = logStart + Math.ceil(((nextOffset - logStart) * next.raise) / 99);
          await partition.table.write(raiseLogStart(id, to));
        } else {
          const chosen = processes[next.step % Math.max(processes.length, 1)];
          const write = chosen?.shift();
          if (write !== undefined) await partition.table.write(write);
        }
        partition.expectWhole();
      }
    }),
    { numRuns: 300 },
  );
});

test('the log start only rises, and never above the end', async () => {
  const partition = new Partition();
  for (let at = 0; at < refsPerChunk; at++) await partition.append(1);
  const raise = async (to: number) => (await partition.table.write(raiseLogStart(id, to))).kind;
  expect(await raise(5)).toBe('done');
  expect(await raise(5)).toBe('refused');
  expect(await raise(4)).toBe('refused');
  expect(await raise(refsPerChunk + 1)).toBe('refused');
  expect(await raise(refsPerChunk)).toBe('done');
  expect(partition.head().logStart).toBe(refsPerChunk);
});
