// A subscription that is slower than its topic, over a queue that keeps what it is sent, as a FIFO
// queue does: its wake-ups do not become more and more, and none that is needed is dropped.

import { expect, test } from 'vitest';
import { deliver } from '../../../shared/engine/delivery/deliver.ts';
import { routeAppends } from '../../../shared/engine/delivery/route-appends.ts';
import { createEngine, type Engine, openCall } from '../../../shared/engine/engine.ts';
import { headOf } from '../../../shared/engine/heads.ts';
import type { EpochMillis, TopicId } from '../../../shared/ids.ts';
import type { WakeUp, WakeUps } from '../../../shared/ports/wake-ups.ts';
import {
  caughtUp,
  newReceiver,
  offsetsBelow,
  type Receiver,
  subscription,
  takenOf,
} from '../../world/delivery-story.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

/** How long a FIFO queue knows what it was sent. */
const sameMillis = 300_000;

/** As those with a time of their own are, once it has come. */
function withoutKey({ deduplicationKey: _, ...rest }: WakeUp): WakeUp {
  return rest;
}

type Queue = { readonly wakeUps: WakeUps; readonly waiting: WakeUp[]; most: number };

function newQueue({ time }: World): Queue {
  const said = new Map<string, number>();
  const add = (wakeUp: WakeUp) => {
    const { deduplicationKey: key, partition } = wakeUp;
    const text = `${partition}/${key}`;
    const isSame = key !== undefined && time.now() - (said.get(text) ?? -sameMillis) < sameMillis;
    if (isSame) return;
    said.set(text, time.now());
    queue.waiting.push(wakeUp);
    queue.most = Math.max(queue.most, queue.waiting.length);
  };
  const queue: Queue = {
    waiting: [],
    most: 0,
    wakeUps: {
      send: async (wakeUps, notBefore = 0 as EpochMillis) => {
        const wait = notBefore - time.now();
        if (wait <= 0) wakeUps.map(add);
        else void time.sleep(wait).then(() => wakeUps.map(withoutKey).map(add));
      },
    },
  };
  return queue;
}

type Account = { readonly engine: Engine; readonly queue: Queue; readonly receiver: Receiver };

function newAccount(world: World): Account {
  const { objects, table } = world.account;
  const queue = newQueue(world);
  const parts = { clock: world.time, chance: seededChance(5), wakeUps: queue.wakeUps };
  const engine = createEngine({ objects, table, ...parts });
  return { engine, queue, receiver: newReceiver(world) };
}

const callOf = (world: World, engine: Engine) =>
  openCall(engine, { deadline: (world.time.now() + 297_000) as EpochMillis });

/** One worker, of one queue; ends with the story. */
async function work(world: World, { engine, queue, receiver }: Account, isOver: () => boolean) {
  while (!isOver()) {
    const [next] = queue.waiting;
    if (next !== undefined) {
      await deliver(engine, callOf(world, engine), receiver.targets, next);
      queue.waiting.shift();
    } else await world.time.sleep(20);
  }
}

/** What a stream brings to the router. */
async function route(world: World, { engine }: Account, topicId: TopicId, partition: number) {
  const call = callOf(world, engine);
  const { nextOffset } = await headOf(engine, call, { topicId, partition });
  await routeAppends(engine, call, [{ topicId, partition, nextOffset }]);
}

test.each([1, 6])('%i partitions behind one worker', (partitions) =>
  inWorld(1, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions });
    const account = newAccount(world);
    const { engine, queue, receiver } = account;
    const wanted = { recordsPerSecondMax: 5, deliveriesMax: 1 };
    await subscription(world, engine, wanted);
    let isOver = false;
    const working = work(world, account, () => isOver);
    // For five minutes twice as much as it takes.
    const rounds = 600;
    for (let round = 0; round < rounds; round++) {
      const partition = round % partitions;
      await produce(world, engine, Array(5).fill('v'), { partition });
      await route(world, account, topicId, partition);
      await world.time.sleep(500);
    }
    await caughtUp(world, engine);
    isOver = true;
    await working;
    for (let partition = 0; partition < partitions; partition++) {
      expect(takenOf(receiver, partition)).toEqual(offsetsBelow((rounds * 5) / partitions));
    }
    expect(queue.most).toBeLessThanOrEqual(5 * partitions);
  }),
);

test('single appends, at any time, each of which must wake', () =>
  inWorld(2, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
    const account = newAccount(world);
    const { engine, receiver } = account;
    await subscription(world, engine);
    let isOver = false;
    const working = work(world, account, () => isOver);
    const chance = seededChance(9);
    for (let count = 1; count <= 300; count++) {
      await produce(world, engine, ['v']);
      // Sometimes while it is delivered, or after.
      await world.time.sleep(chance.fraction() * 100);
      await route(world, account, topicId, 0);
      if (chance.fraction() < 0.5) continue;
      await world.time.sleep(1_000);
      expect(takenOf(receiver)).toEqual(offsetsBelow(count));
    }
    isOver = true;
    await working;
  }));
