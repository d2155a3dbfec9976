// Rolls move refs and lose none, whoever rolls when: properties over the head's own writes.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EpochMillis, segmentIdOf, topicIdOf } from '../../shared/ids.ts';
import { refsPerChunk, tailRefsMax } from '../../shared/limits.ts';
import { readChunk } from '../../shared/log/chunk.ts';
import {
  type Append,
  appendWrite,
  type Head,
  newHead,
  readHead,
  whyRefused,
} from '../../shared/log/head.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import { planRoll, type RollPlan, rollIsDue } from '../../shared/log/roll.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { headKey, partitionPk } from '../../shared/store/items.ts';
import { MemoryTable } from '../world/memory-table.ts';

const id = { topicId: topicIdOf(new Uint8Array(16)), partition: 0 };

function appendOf(number: number, count: number, timestampMax = -1): Append {
  const segment = segmentIdOf((number + 1) as EpochMillis, new Uint8Array(10));
  const ref = encodeRef({ segment, position: 0, length: 100, count, timestampMax });
  return { id, refs: [ref], count, segmentTime: (number + 1) as EpochMillis, stamps: [] };
}

async function headIn(table: MemoryTable): Promise<Head> {
  return readHead((await table.get(headKey(id))) as Item);
}

/** What a roller does, a write at a time, so that others come between. */
type Roller = { plan: RollPlan; step: number };

async function stepRoller(table: MemoryTable, roller: Roller): Promise<'going' | 'done'> {
  const { plan, step } = roller;
  const put = plan.puts[step];
  roller.step++;
  if (put !== undefined) {
    await table.write(put);
    return 'going';
  }
  await table.write(plan.cut);
  return 'done';
}

describe('any number of rollers, frozen and thawed between any two writes', () => {
  const steps = fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 9 }) }) },
      { weight: 1, arbitrary: fc.record({ begin: fc.constant(true) }) },
      { weight: 3, arbitrary: fc.record({ step: fc.nat() }) },
    ),
    { minLength: 50, maxLength: 400 },
  );

  test('keep every ref once, in order, at its offset', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (story) => {
        const table = new MemoryTable();
        await table.write({ put: newHead(id) });
        const appended: Append[] = [];
        const rollers: Roller[] = [];
        for (const event of story) {
          if ('append' in event) {
            const append = appendOf(appended.length, event.append, appended.length * 3);
            const { kind } = await table.write(appendWrite(append));
            if (kind === 'done') appended.push(append);
          } else if ('begin' in event) {
            const plan = planRoll(id, await headIn(table));
            if (plan !== undefined) rollers.push({ plan, step: 0 });
          } else if (rollers.length > 0) {
            const chosen = event.step % rollers.length;
            const state = await stepRoller(table, rollers[chosen] as Roller);
            if (state === 'done') rollers.splice(chosen, 1);
          }
          await expectWhole(table, appended);
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** What a reader sees: chunks below tailBase, then the tail. */
async function expectWhole(table: MemoryTable, appended: readonly Append[]): Promise<void> {
  const head = await headIn(table);
  const items = await table.query({ pk: partitionPk(id), limit: 1_000, strong: true });
  const chunks = items.filter(({ sk }) => sk !== 'head').map(readChunk);
  let offset = 0;
  let index = 0;
  let time = -1;
  for (const chunk of chunks.filter(({ baseOffset }) => baseOffset < head.tailBase)) {
    expect(chunk.baseOffset).toBe(offset);
    expect(chunk.length).toBe(refsPerChunk);
    for (let at = 0; at < chunk.length; at++) {
      const append = appended[index++] as Append;
      expect(chunk.baseOffsetOf(append.refs[0] as Uint8Array)).toBe(offset);
      time = Math.max(time, chunk.at(at).timestampMax);
      offset += append.count;
    }
    expect(chunk.timeThrough).toBe(time);
  }
  expect(head.tailBase).toBe(offset);
  expect(head.timeBefore).toBe(time);
  expect(head.tail.map((ref) => Buffer.from(ref).toString('hex'))).toEqual(
    appended.slice(index).map(({ refs }) => Buffer.concat(refs).toString('hex')),
  );
  expect(head.nextOffset).toBe(appended.reduce((sum, { count }) => sum + count, 0));
}

test('the writer that fills a chunk rolls, and no other', async () => {
  const table = new MemoryTable();
  await table.write({ put: newHead(id) });
  const due: number[] = [];
  for (let number = 1; number <= 3 * refsPerChunk; number++) {
    await table.write(appendWrite(appendOf(number, 1)));
    if (rollIsDue(await headIn(table), { refs: 1, producers: 0 })) due.push(number);
  }
  expect(due).toEqual([refsPerChunk, 2 * refsPerChunk, 3 * refsPerChunk]);
});

test('a refusal says which: a full tail, a sweep, or an absent head', async () => {
  const table = new MemoryTable();
  const first = appendOf(0, 1);
  const absent = await table.write(appendWrite(first));
  expect(absent.kind === 'refused' && whyRefused(first, absent.current).kind).toBe('no-partition');
  await table.write({ put: newHead(id) });
  for (let number = 0; number < tailRefsMax; number++) {
    expect((await table.write(appendWrite(appendOf(number, 1)))).kind).toBe('done');
  }
  const full = await table.write(appendWrite(first));
  expect(full.kind === 'refused' && whyRefused(first, full.current).kind).toBe('full');
  await table.write({ update: headKey(id), actions: [{ set: 'w', to: { value: 1 } }] });
  const swept = await table.write(appendWrite(first));
  expect(swept.kind === 'refused' && whyRefused(first, swept.current).kind).toBe('swept');
});
