// Retention among processes that freeze and thaw at any time: it itself, rollers, and readers.

import { expect, test } from 'vitest';
import { deleteRecords } from '../../../shared/engine/delete-records.ts';
import { type Engine, openCall } from '../../../shared/engine/engine.ts';
import { fetchRecords } from '../../../shared/engine/fetch.ts';
import { offsetForTime } from '../../../shared/engine/offsets.ts';
import { produceRecords } from '../../../shared/engine/produce.ts';
import { EngineError } from '../../../shared/errors.ts';
import type { EpochMillis, PartitionId } from '../../../shared/ids.ts';
import { refsPerChunk } from '../../../shared/limits.ts';
import { segmentKey } from '../../../shared/segment/keys.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import {
  append,
  bytesNow,
  chunksNow,
  headNow,
  keptFrom,
  logOfOrders,
  retain,
  timeOfOrder,
} from '../../world/retention-story.ts';
import { readAll } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const chunk = refsPerChunk;
const place = { topic: 'orders', partition: 0 };

/** Of whom the story knows that he may thaw late. */
function patientCall(world: World, engine: Engine) {
  return openCall(engine, { deadline: (world.time.now() + 10_000_000) as EpochMillis });
}

function values(first: number, end: number): readonly string[] {
  return Array.from({ length: end - first }, (_, at) => String(first + at));
}

/** A story for each call of the table before which the work freezes, up to its end. */
async function atEachStep(story: (step: number) => Promise<boolean>, first = 0): Promise<number> {
  let step = first;
  while (await story(step)) step++;
  return step;
}

test('one that dies between its steps is finished by the next', async () => {
  const steps = await atEachStep((step) =>
    inWorld(1, async (world) => {
      const id = await logOfOrders(world, 3 * chunk + 9);
      const kept = 3 * chunk + 4;
      const wanted = { ...keptFrom(world, kept), bytes: 1_000_000 };
      const dead = await freezing(world, step, (engine) => retain(world, id, wanted, { engine }));
      expect(await readAll(world, headNow(world, id).logStart)).toEqual(
        values(headNow(world, id).logStart, 3 * chunk + 9),
      );
      const { logStart } = await retain(world, id, keptFrom(world, kept));
      expect(logStart).toBe(kept);
      expect(headNow(world, id)).toMatchObject({ logStart: kept, tailBase: kept });
      expect(chunksNow(world, id)).toEqual([]);
      expect(await readAll(world, kept)).toEqual(values(kept, 3 * chunk + 9));
      return dead.isFrozen;
    }),
  );
  // The head, chunks, the log start, the tail, and each chunk's end.
  expect(steps).toBeGreaterThanOrEqual(8);
});

test('one that thaws late takes nothing that came since, whatever is kept by then', async () => {
  const story = (step: number) =>
    inWorld(2, async (world) => {
      const id = await logOfOrders(world, chunk + 5);
      const late = await freezing(world, step, (engine) => {
        const call = patientCall(world, engine);
        return retain(world, id, keptFrom(world, chunk + 2), { engine, call });
      });
      const other = world.newEngine();
      const now = world.time.now();
      for (let at = 0; at < chunk; at++) await append(world, other, `new ${at}`, now);
      await retain(world, id, keptFrom(world, chunk + 4));
      await world.time.sleep(60_000);
      await late.thaw();
      const { logStart, nextOffset } = headNow(world, id);
      expect([logStart, nextOffset]).toEqual([chunk + 4, 2 * chunk + 5]);
      const left = await readAll(world, logStart);
      expect(left).toEqual([String(chunk + 4), ...values(0, chunk).map((at) => `new ${at}`)]);
      return late.isFrozen;
    });
  // Before the first it does not know yet what time it is.
  expect(await atEachStep(story, 1)).toBeGreaterThan(4);
});

test('two at once by size leave what may stay', async () => {
  const steps = await atEachStep((step) =>
    inWorld(3, async (world) => {
      const id = await logOfOrders(world, 6 * chunk + 3);
      const bytes = Math.floor(bytesNow(world, id) / 2);
      const late = await freezing(world, step, (engine) => {
        return retain(world, id, { bytes }, { engine, call: patientCall(world, engine) });
      });
      await retain(world, id, { bytes });
      expect(bytesNow(world, id)).toBeGreaterThanOrEqual(bytes);
      await late.thaw();
      expect(bytesNow(world, id)).toBeGreaterThanOrEqual(bytes);
      expect(bytesNow(world, id)).toBeLessThan(bytes + 100);
      return late.isFrozen;
    }),
  );
  expect(steps).toBeGreaterThan(5);
});

test('a roller that thaws afterwards puts back what nobody reads, until the next run', async () => {
  const garbage: number[] = [];
  const steps = await atEachStep((step) =>
    inWorld(4, async (world) => {
      const id = await logOfOrders(world, 2 * chunk - 1);
      const roller = await freezing(world, step, async (engine) => {
        const records = [{ key: null, value: Buffer.from('last'), headers: [], timestamp: 1 }];
        await produceRecords(engine, patientCall(world, engine), { topic: 'orders', records });
        await engine.background.idle();
      });
      const other = world.newEngine();
      const now = world.time.now();
      for (let at = 0; at < 2 * chunk; at++) await append(world, other, `new ${at}`, now);
      await retain(world, id, { millis: 3_600_000 });
      const { logStart } = headNow(world, id);
      const kept = chunksNow(world, id);
      await world.time.sleep(60_000);
      await roller.thaw();
      const { nextOffset } = headNow(world, id);
      const found = await readAll(world, headNow(world, id).logStart);
      expect(found.filter((value) => value.startsWith('new'))).toHaveLength(2 * chunk);
      garbage.push(chunksNow(world, id).length - kept.length);
      expect(headNow(world, id).logStart).toBe(logStart);
      await retain(world, id, { millis: 0 });
      expect(chunksNow(world, id)).toEqual([]);
      expect(headNow(world, id)).toMatchObject({ logStart: nextOffset, tail: [] });
      return roller.isFrozen;
    }),
  );
  expect(steps).toBeGreaterThan(3);
  // Before it put its chunk others have put it, and retention has deleted it.
  expect(Math.max(...garbage)).toBe(1);
});

/** So many that halving does not come by all chunks. */
const orders = 8 * chunk + 2;
const kept = 5 * chunk + 3;
const readFrom = [1, chunk + 3, 3 * chunk + 5, kept, 7 * chunk];

/** Frozen before each call of the table, while retention takes the first of the log away, objects
 * and all. The very first record, gone before, was of a time that none of the others reaches: so
 * what the index says of time is true of all its chunks. */
async function readBeside<Answer>(
  read: (engine: Engine, world: World) => Promise<Answer>,
  judge: (answer: Answer | Error) => void,
): Promise<void> {
  const steps = await atEachStep((step) =>
    inWorld(5, async (world) => {
      const id = await logOfOrders(world, orders, { firstMadeAt: Date.UTC(2100, 0) });
      const admin = world.newEngine();
      await deleteRecords(admin, world.call(admin), { ...place, before: 1 });
      await world.time.sleep(2_000);
      const late = await freezing(world, step, (engine) => read(engine, world));
      const before = objectsBelow(world, id, kept);
      await retain(world, id, keptFrom(world, kept));
      await world.account.objects.delete(before);
      await world.time.sleep(5_000);
      judge(await late.thaw());
      return late.isFrozen;
    }),
  );
  expect(steps).toBeGreaterThanOrEqual(2);
}

function objectsBelow(world: World, id: PartitionId, offset: number): readonly string[] {
  return chunksNow(world, id).flatMap((one) => {
    const refs = Array.from({ length: one.length }, (_, at) => one.at(at));
    const below = refs.filter(({ baseOffset }) => baseOffset < offset);
    return below.map(({ segment }) => segmentKey(segment));
  });
}

test('a fetch beside it gives what there was, or says where the log starts', async () => {
  for (const offset of readFrom) {
    await readBeside(
      (engine, world) => {
        const wanted = { ...place, offset, maxBytes: 2_000, waitMillis: 0 };
        return fetchRecords(engine, patientCall(world, engine), wanted);
      },
      (answer) => {
        if (answer instanceof EngineError) {
          expect(offset).toBeLessThan(kept);
          expect(answer).toMatchObject({
            code: 'OFFSET_OUT_OF_RANGE',
            detail: { logStart: kept, highWatermark: orders },
          });
          return;
        }
        if (answer instanceof Error) throw answer;
        const given = answer.records.map(({ offset: at, value }) => [
          at,
          Buffer.from(value ?? []).toString(),
        ]);
        expect(given.length).toBeGreaterThan(0);
        expect(given).toEqual(given.map((_, at) => [offset + at, String(offset + at)]));
      },
    );
  }
});

test('a time looked for beside it is found where it was, or at what is left', async () => {
  for (const at of readFrom) {
    await readBeside(
      (engine, world) => {
        const wanted = { ...place, timestamp: timeOfOrder(at) };
        return offsetForTime(engine, patientCall(world, engine), wanted);
      },
      (answer) => {
        if (answer instanceof Error) throw answer;
        expect([at, Math.max(at, kept)]).toContain(answer);
      },
    );
  }
});
