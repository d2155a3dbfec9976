// Ten members are restarted one after the other while records keep coming: none is lost, none is
// given again after it was committed, and partitions that stay with their owner keep flowing.

import { expect, test } from 'vitest';
import { commitOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import { deleteInstance } from '../../../shared/engine/group/instances.ts';
import { type Consumer, consumer, polled } from '../../world/group-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const members = 10;
const partitions = 30;
const pollMillis = 1_000;

type Delivery = { readonly instance: string; readonly at: number };

/** What happened to each partition. */
type Watched = {
  readonly offsets: Map<string, number[]>;
  readonly deliveries: Map<string, Delivery[]>;
  readonly committed: Map<string, number>;
};

test('a rolling restart loses nothing, repeats nothing, and stops nobody else', () =>
  inWorld(10, async (world) => {
    await world.createTopic({ name: 'orders', partitions });
    const watched: Watched = { offsets: new Map(), deliveries: new Map(), committed: new Map() };
    let isOver = false;
    const producing = keepProducing(world, () => isOver);
    const running = Array.from({ length: members }, (_, at) => keepConsuming(world, at, watched));
    const all = await Promise.all(running.map(({ begin }) => begin()));
    await world.time.sleep(10 * pollMillis);
    const settledAt = world.time.now();
    for (const one of running) {
      await one.restart();
      await world.time.sleep(5 * pollMillis);
    }
    isOver = true;
    const sent = await producing;
    await world.time.sleep(10 * pollMillis);
    await Promise.all(running.map(({ stop }) => stop()));
    expect(all).toHaveLength(members);
    for (let partition = 0; partition < partitions; partition++) {
      const given = watched.offsets.get(`orders-${partition}`) ?? [];
      expect(given).toEqual([...Array(sent).keys()]);
    }
    const gap = longestGap(watched, settledAt);
    console.log(
      `the longest gap of a partition that stayed: ${gap} ms, polls every ${pollMillis} ms`,
    );
    expect(gap).toBeLessThan(2 * pollMillis);
  }));

/** @returns how many records each partition got. */
async function keepProducing(world: World, isOver: () => boolean): Promise<number> {
  const engine = world.newEngine();
  let sent = 0;
  for (; !isOver(); sent++) {
    const all = Array.from({ length: partitions }, (_, partition) =>
      produce(world, engine, [`${sent}`], { partition }),
    );
    await Promise.all(all);
  }
  return sent;
}

function keepConsuming(world: World, at: number, watched: Watched) {
  let lives = 0;
  let current: Consumer | undefined;
  let mustEnd = false;
  let running: Promise<void> = Promise.resolve();
  const begin = async () => {
    mustEnd = false;
    const instance = `m${at}.${lives++}`;
    const mine = await consumer(world, { instance }, { autoCommit: false });
    current = mine;
    running = consume(world, mine, watched, () => mustEnd);
    return mine;
  };
  const stop = async () => {
    mustEnd = true;
    await running;
    if (current === undefined) return;
    await deleteInstance(current.engine, world.call(current.engine), current);
  };
  return {
    begin,
    stop,
    restart: async () => {
      await stop();
      await begin();
    },
  };
}

async function consume(
  world: World,
  mine: Consumer,
  { offsets, deliveries, committed }: Watched,
  mustEnd: () => boolean,
): Promise<void> {
  while (!mustEnd()) {
    const nextAt = world.time.now() + pollMillis;
    const given = await polled(world, mine);
    for (const { place, offset } of given) {
      // What was committed is not given again, nor is anything passed over.
      expect(offset).toBeGreaterThanOrEqual(committed.get(place) ?? 0);
      offsets.set(place, [...(offsets.get(place) ?? []), offset]);
      const before = deliveries.get(place) ?? [];
      deliveries.set(place, [...before, { instance: mine.instance, at: world.time.now() }]);
    }
    await commitOffsets(mine.engine, world.call(mine.engine), mine, undefined);
    for (const { place, offset } of given) committed.set(place, offset + 1);
    await world.time.sleep(nextAt - world.time.now());
  }
}

/** Between two deliveries of one partition to one and the same instance. */
function longestGap({ deliveries }: Watched, from: number): number {
  let longest = 0;
  for (const all of deliveries.values()) {
    for (const [index, { instance, at }] of all.entries()) {
      const before = all[index - 1];
      if (before?.instance !== instance || before.at < from) continue;
      longest = Math.max(longest, at - before.at);
    }
  }
  return longest;
}
