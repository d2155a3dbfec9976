// What each operation costs, counted at the ports: the price of the engine, held by a test.

import { expect, test } from 'vitest';
import type { Call } from '../../shared/engine/engine.ts';
import { fetchBatches } from '../../shared/engine/fetch.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import { refsPerChunk, residentProducersBusyMax } from '../../shared/limits.ts';
import { noOperations, type Operations } from '../../shared/store/counted.ts';
import { fetchFrom, produce, produceStamped } from '../world/story.ts';
import { inWorld } from '../world/world.ts';

function expectOperations(call: Call, operations: Partial<Operations>): void {
  expect(call.operations).toEqual({ ...noOperations(), ...operations });
}

test('a first append reads topic and head once; the next is one PUT and one write', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const first = world.call(engine);
    await produce(world, engine, ['a'], { call: first });
    expectOperations(first, { objectPuts: 1, tableWrites: 1, tableReads: 2 });
    const unitsBefore = world.account.bill.writeUnits;
    const second = world.call(engine);
    await produce(world, engine, ['b'], { call: second });
    expectOperations(second, { objectPuts: 1, tableWrites: 1 });
    expect(world.account.bill.writeUnits - unitsBefore).toBe(1);
  });
});

test('a request to P partitions is one PUT and P writes', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 5 });
    const engine = world.newEngine();
    const records = Array.from({ length: 20 }, (_, index) => ({
      key: null,
      value: Buffer.from('v'),
      headers: [],
      partition: index % 5,
    }));
    await produceRecords(engine, world.call(engine), { topic: 'orders', records });
    const call = world.call(engine);
    const unitsBefore = world.account.bill.writeUnits;
    await produceRecords(engine, call, { topic: 'orders', records });
    expectOperations(call, { objectPuts: 1, tableWrites: 5 });
    expect(world.account.bill.writeUnits - unitsBefore).toBe(5);
  });
});

test(`a roll adds two writes every ${refsPerChunk} appends, each of one unit`, async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await produce(world, engine, ['warm']);
    const before = { ...world.account.bill };
    const rounds = 4;
    for (let append = 0; append < rounds * refsPerChunk; append++) {
      await produce(world, engine, ['v']);
      await engine.background.idle();
    }
    const { bill } = world.account;
    expect(bill.objectPuts - before.objectPuts).toBe(rounds * refsPerChunk);
    expect(bill.writeUnits - before.writeUnits).toBe(rounds * (refsPerChunk + 2));
    expect(bill.readUnits - before.readUnits).toBe(0);
  });
});

test('a stamped append of a resident costs what a plain one costs, to the unit', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const send = (sequence: number, call: Call) =>
      produceStamped(world, engine, ['v'], { id: 7, epoch: 0, sequence }, { call });
    await send(0, world.call(engine));
    const { writeUnits, readUnits } = world.account.bill;
    const call = world.call(engine);
    await send(1, call);
    expectOperations(call, { objectPuts: 1, tableWrites: 1 });
    expect(world.account.bill.writeUnits - writeUnits).toBe(1);
    expect(world.account.bill.readUnits - readUnits).toBe(0);
  });
});

test('a producer that is not resident adds two reads, and a write when it leaves', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await produce(world, engine, ['warm']);
    const { bill } = world.account;
    const send = async (id: number, call = world.call(engine)) => {
      await produceStamped(world, engine, ['v'], { id, epoch: 0, sequence: 0 }, { call });
      await engine.background.idle();
    };
    const { writeUnits, readUnits } = bill;
    const call = world.call(engine);
    await send(1, call);
    expectOperations(call, { objectPuts: 1, tableWrites: 1, tableReads: 2 });
    expect([bill.writeUnits - writeUnits, bill.readUnits - readUnits]).toEqual([1, 2]);
    const before = { ...engine.operations };
    const others = residentProducersBusyMax;
    for (let id = 2; id <= others; id++) await send(id);
    // Half of them leave, by an item each, and one update for all.
    const chunksAndCuts = 2 * Math.floor(others / refsPerChunk);
    const written = engine.operations.tableWrites - before.tableWrites;
    expect(written).toBe(others - 1 + chunksAndCuts + others / 2 + 1);
  });
});

test('requests that meet in one process share one PUT and one write', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await produce(world, engine, ['warm']);
    const before = { ...engine.operations };
    await Promise.all(Array.from({ length: 50 }, (_, one) => produce(world, engine, [`${one}`])));
    expect(engine.operations.objectPuts - before.objectPuts).toBe(1);
    expect(engine.operations.tableWrites - before.tableWrites).toBe(1);
  });
});

test('a fetch at the tail is one read unit, and a GET only of what is not at hand', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const writer = world.newEngine();
    await produce(world, writer, ['a']);
    const reader = world.newEngine();
    const cold = world.call(reader);
    await fetchFrom(world, reader, 0, { call: cold });
    expectOperations(cold, { tableReads: 2, objectReads: 1 });
    const warm = world.call(reader);
    const unitsBefore = world.account.bill.readUnits;
    await fetchFrom(world, reader, 0, { call: warm });
    expectOperations(warm, { tableReads: 1 });
    expect(world.account.bill.readUnits - unitsBefore).toBe(1);
    const own = world.call(writer);
    await fetchFrom(world, writer, 0, { call: own });
    expectOperations(own, { tableReads: 1 });
  });
});

test('a fetch of old data is one read and one query a chunk not yet seen', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const writer = world.newEngine();
    for (let append = 0; append < 10 * refsPerChunk; append++) await produce(world, writer, ['v']);
    await writer.background.idle();
    const reader = world.newEngine();
    await fetchFrom(world, reader, 10 * refsPerChunk);
    const cold = world.call(reader);
    const place = { topic: 'orders', partition: 0, waitMillis: 0 };
    await fetchBatches(reader, cold, { ...place, offset: 40, maxBytes: 1 });
    expectOperations(cold, { tableReads: 1, tableQueries: 1, objectReads: 1 });
    const sameChunk = world.call(reader);
    await fetchBatches(reader, sameChunk, { ...place, offset: 45, maxBytes: 1 });
    expectOperations(sameChunk, { tableReads: 1, objectReads: 1 });
    const sameRange = world.call(reader);
    await fetchBatches(reader, sameRange, { ...place, offset: 45, maxBytes: 1 });
    expectOperations(sameRange, { tableReads: 1 });
  });
});

test('a request under a key of its own: 4 to 5 write units with all that follows', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await produce(world, engine, ['warm']);
    const send = async (from: number, to: number) => {
      for (let request = from; request < to; request++) {
        const identity = { key: `order-${request}` };
        const records = [{ key: null, value: Buffer.from('v'), headers: [], partition: 0 }];
        const call = world.call(engine);
        await produceRecords(engine, call, { topic: 'orders', records, identity });
        await engine.background.idle();
      }
    };
    const warm = 2 * residentProducersBusyMax;
    await send(0, warm);
    const { writeUnits, objectPuts } = world.account.bill;
    await send(warm, 4 * warm);
    const requests = 3 * warm;
    expect(world.account.bill.objectPuts - objectPuts).toBe(requests);
    const each = (world.account.bill.writeUnits - writeUnits) / requests;
    expect(each).toBeGreaterThan(4);
    expect(each).toBeLessThan(5);
  });
});
