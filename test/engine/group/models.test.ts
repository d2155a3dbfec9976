// The two models of messaging: every group is given every record, and within a group each record is
// given to one member.

import { expect, test } from 'vitest';
import { type Consumer, consumer, polled, values } from '../../world/group-story.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const partitions = 20;
const rounds = 5;

async function produceRound(world: World, round: number): Promise<readonly string[]> {
  const engine = world.newEngine();
  const sent: string[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const some = [`${round}/${partition}/a`, `${round}/${partition}/b`];
    await produce(world, engine, some, { partition });
    sent.push(...some);
  }
  return sent;
}

test('publish and subscribe: 20 groups are each given every record, once', () =>
  inWorld(20, async (world) => {
    await world.createTopic({ name: 'orders', partitions });
    const engine = world.newEngine();
    const groups = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        consumer(world, { group: `g${at}`, instance: 'only', engine }),
      ),
    );
    const sent: string[] = [];
    const given = groups.map((): string[] => []);
    for (let round = 0; round < rounds; round++) {
      sent.push(...(await produceRound(world, round)));
      await takeAll(world, groups, given);
    }
    for (const own of given) expect(own.toSorted()).toEqual(sent.toSorted());
  }));

test('point to point: 20 members share a topic, and nothing is given to two', () =>
  inWorld(21, async (world) => {
    await world.createTopic({ name: 'orders', partitions });
    const members = await Promise.all(
      Array.from({ length: 20 }, (_, at) => consumer(world, { instance: `m${at}` })),
    );
    const sent: string[] = [];
    const given = members.map((): string[] => []);
    for (let round = 0; round < rounds; round++) {
      sent.push(...(await produceRound(world, round)));
      await takeAll(world, members, given);
    }
    expect(given.flat().toSorted()).toEqual(sent.toSorted());
    expect(given.every((own) => own.length > 0)).toBe(true);
  }));

/** Everyone polls until nobody is given anything. */
async function takeAll(
  world: World,
  consumers: readonly Consumer[],
  given: readonly string[][],
): Promise<void> {
  for (let idle = 0; idle < 3; ) {
    const polls = await Promise.all(consumers.map((one) => polled(world, one)));
    for (const [at, records] of polls.entries()) given[at]?.push(...values(records));
    idle = polls.some((records) => records.length > 0) ? 0 : idle + 1;
  }
}
