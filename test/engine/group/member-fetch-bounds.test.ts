// A reply to a member that holds many partitions, of which one has a batch as large as there is: it
// must be sent, or every fetch would fail the same way.

import { expect, test } from 'vitest';
import { memberFetch, type NamedPartition } from '../../../shared/engine/group/member-fetch.ts';
import { produceRecords } from '../../../shared/engine/produce.ts';
import { recordCountOf } from '../../../shared/engine/ranges.ts';
import { produceBodyBytesMax } from '../../../shared/limits.ts';
import { consumer } from '../../world/group-story.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { inWorld } from '../../world/world.ts';

const topic = 'a-topic-of-thirty-two-characters';
const partitionCount = 600;
const batchBytes = 4_190_000;

test('beside a batch that leaves no room the line names little else', () =>
  inWorld(1, async (world) => {
    const configs = new Map([['max.message.bytes', `${produceBodyBytesMax}`]]);
    await world.createTopic({ name: topic, partitions: partitionCount, configs });
    const one = await consumer(world, { instance: 'one' }, { autoCommit: false, topics: [topic] });
    const { engine, ...name } = one;
    const value = seededChance(1).bytes(batchBytes);
    const records = [{ partition: 7, key: null, value, headers: [], timestamp: 1 }];
    const [stored] = await produceRecords(engine, world.call(engine), { topic, records });
    expect(stored).toMatchObject({ offset: 0 });
    const fetched = (named: readonly NamedPartition[]) =>
      memberFetch(engine, world.call(engine), {
        ...name,
        named,
        waitMillis: 1_000,
        bytesMax: 1_000_000,
      });
    // All is news, and where it begins must be told.
    const first = await fetched([]);
    expect(first.partitions.length).toBe(partitionCount);
    expect(first.partitions.every(({ batches }) => batches.length === 0)).toBe(true);
    expect(first.partitions[7]).toMatchObject({ offset: 0, nextOffset: 0, highWatermark: 1 });
    const named = first.held.map(({ partition, takenIn }) => {
      return { topic, partition, takenIn, offset: partition === 9 ? 5 : 0 };
    });
    const second = await fetched(named);
    expect(second.held.length).toBe(partitionCount);
    // Of the others only what is not as it was named.
    expect(second.partitions.map(({ partition }) => partition)).toEqual([7, 9]);
    expect(recordCountOf(second.partitions.flatMap(({ batches }) => batches))).toBe(1);
    const third = await fetched(
      named.map((place) => ({ ...place, offset: Number(place.partition === 7) })),
    );
    expect(third.partitions.length).toBe(partitionCount);
  }));
