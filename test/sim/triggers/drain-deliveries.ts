// When all is quiet, whoever was paused goes on, what was given up is put back once more, and
// everything that runs is given time to come to its end.

import type { Subscription } from '../../../shared/delivery/subscription.ts';
import { readLease } from '../../../shared/group/lease.ts';
import { numberIn, textIn } from '../../../shared/store/algebra.ts';
import { leaseKey } from '../../../shared/store/group-items.ts';
import { headItem, headKey, topicItem, topicKey } from '../../../shared/store/items.ts';
import type { Client } from '../clients/client.ts';
import { putBack, resume } from '../clients/subscription-admin.ts';
import { makeTopic } from '../clients/topic-admin.ts';
import type { SimulatedWorld } from '../world.ts';
import { deadLetterTopic } from './draw-settings.ts';

/** Longer than anything is put off, held or hidden, by the clock that was most ahead. */
const patienceMillis = 2 * 3_600_000;
const pauseMillis = 15_000;
/** What takes more comes to no end. */
const storeCallsMax = 10_000;
const triesMax = 20;

/** @returns what has not come to its end, in words. */
export async function drainDeliveries(world: SimulatedWorld): Promise<readonly string[]> {
  const { triggers, stored } = world;
  if (triggers === undefined) return [];
  const client: Client = { world, name: 'last', home: 0 };
  // One that was half made is left to whoever makes it, for a while.
  while (stored.peek(topicKey(deadLetterTopic))?.[topicItem.state] !== 'live') {
    await makeTopic(client, deadLetterTopic, 1);
    await world.time.sleep(pauseMillis);
  }
  const paused = [...triggers.watch.current.values()].filter(({ state }) => state === 'paused');
  for (const { name } of paused) await resume(client, name);
  let behind = await untilCaughtUp(world);
  // What fails always is given up again.
  for (let rounds = world.draw(2); rounds > 0 && behind.length === 0; rounds--) {
    for (const { name, settings } of triggers.watch.current.values()) {
      if (settings.deadLetterTopic !== undefined) await putAllBack(client, name);
    }
    behind = await untilCaughtUp(world);
  }
  return behind;
}

async function putAllBack(client: Client, name: string): Promise<void> {
  for (let tries = 1; tries <= triesMax; tries++) {
    const limit = client.world.pick([3, 100]);
    if ((await putBack(client, name, limit)) === 'done') return;
  }
}

async function untilCaughtUp(world: SimulatedWorld): Promise<readonly string[]> {
  const until = world.time.now() + patienceMillis + world.aheadMillis;
  const most = world.storeCalls + storeCallsMax;
  for (;;) {
    const behind = [...(world.triggers?.watch.current.values() ?? [])].flatMap((one) => {
      return behindOf(world, one);
    });
    const isTooLong = world.time.now() >= until || world.storeCalls >= most;
    if (behind.length === 0 || isTooLong) return behind;
    await world.time.sleep(pauseMillis);
  }
}

/** Of a topic that is there, all partitions. */
function behindOf({ stored }: SimulatedWorld, subscription: Subscription): readonly string[] {
  const { name, topic, group, life } = subscription;
  const item = stored.peek(topicKey(topic));
  if (item === undefined || textIn(item, topicItem.state) !== 'live') return [];
  const topicId = textIn(item, topicItem.id) as Subscription['topicId'];
  return [...Array(numberIn(item, topicItem.partitions)).keys()].flatMap((partition) => {
    const id = { topicId, partition };
    const head = stored.peek(headKey(id));
    const end = head === undefined ? 0 : numberIn(head, headItem.nextOffset);
    const lease = stored.peek(leaseKey(group, id));
    const { commit, life: own } = lease === undefined ? {} : readLease(lease);
    const committed = own === life ? (commit?.offset ?? 0) : 0;
    return committed >= end ? [] : [`${name}, ${topic}-${partition}: ${committed} of ${end}`];
  });
}
