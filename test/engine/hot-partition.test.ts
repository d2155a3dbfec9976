// Many writers on one partition, each a process of its own, as functions are: none is refused by
// the head, since none says what the next offset must be.

import { expect, test } from 'vitest';
import { fetchRecords } from '../../shared/engine/fetch.ts';
import { partitionOffsets } from '../../shared/engine/offsets.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import { inWorld, type World } from '../world/world.ts';

const writers = 200;
const appendsPerSecond = 500;
const seconds = 10;

test('200 writers append 500 times a second at 1.25 units or less each', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'hot' });
    const { bill } = world.account;
    const unitsBefore = bill.writeUnits;
    const all = await Promise.all(Array.from({ length: writers }, (_, one) => write(world, one)));
    const offsets = all.flat().sort((one, other) => one - other);
    const appends = writers * (appendsPerSecond / writers) * seconds;
    expect(offsets).toEqual(Array.from({ length: appends }, (_, offset) => offset));
    expect(bill.refusedAppends).toBe(0);
    expect(bill.throttled).toBe(0);
    const unitsPerAppend = (bill.writeUnits - unitsBefore) / appends;
    const figure = `${appends} appends, ${unitsPerAppend.toFixed(3)} write units each`;
    expect(unitsPerAppend, figure).toBeLessThanOrEqual(1.25);
    await expectDense(world, appends);
  });
});

async function write(world: World, writer: number): Promise<number[]> {
  const engine = world.newEngine();
  const offsets: number[] = [];
  const pause = (1_000 * writers) / appendsPerSecond;
  const start = world.time.now();
  await world.time.sleep((pause * writer) / writers);
  const appends = (seconds * 1_000) / pause;
  for (let append = 0; append < appends; append++) {
    const entries = await produceRecords(engine, world.call(engine), {
      topic: 'hot',
      records: [{ key: null, value: Buffer.from(`${writer}:${append}`), headers: [] }],
    });
    const [entry] = entries;
    if (entry === undefined || 'error' in entry) throw entry?.error;
    offsets.push(entry.offset);
    const next = start + pause * (append + 1 + writer / writers);
    await world.time.sleep(Math.max(next - world.time.now(), 0));
  }
  await engine.background.idle();
  return offsets;
}

async function expectDense(world: World, appends: number): Promise<void> {
  const engine = world.newEngine();
  const partition = { topic: 'hot', partition: 0 };
  const { highWatermark } = await partitionOffsets(engine, world.call(engine), partition);
  expect(highWatermark).toBe(appends);
  for (let offset = 0; offset < appends; ) {
    const request = { ...partition, offset, maxBytes: 100_000, waitMillis: 0 };
    const { records, nextOffset } = await fetchRecords(engine, world.call(engine), request);
    expect(records[0]?.offset).toBe(offset);
    expect(records.map((record) => record.offset)).toEqual(
      records.map((_, index) => offset + index),
    );
    offset = nextOffset;
  }
}
