// When all is quiet, somebody comes last to the group of readers: once the sessions of all others
// are over he has every partition, and reads each to its end.

import { readLease } from '../../shared/group/lease.ts';
import { type Item, textIn } from '../../shared/store/algebra.ts';
import {
  groupPk,
  leaseItem,
  leaseSks,
  memberItem,
  memberKey,
} from '../../shared/store/group-items.ts';
import { topicItem, topicsPk } from '../../shared/store/items.ts';
import type { GroupFacts } from './check/check.ts';
import { nameOf } from './check/check.ts';
import { consumerGroup } from './clients/group-member.ts';
import { Instance } from './clients/instance.ts';
import { processorGroup } from './clients/processor.ts';
import type { SimulatedWorld } from './world.ts';

/** Longer than any session lasts, by the clock that was most ahead. */
const patienceMillis = 45 * 60_000;
const pauseMillis = 20_000;
const lastName = 'last';

export async function drainGroups(
  world: SimulatedWorld,
): Promise<Pick<GroupFacts, 'isDrained' | 'topics'>> {
  const used = world.history.groups.some(({ group }) => group === consumerGroup);
  const topics = liveTopics(world);
  const names = new Set(topics.map(({ sk }) => sk));
  if (!used || topics.length === 0) return { isDrained: true, topics: names };
  const client = { world, name: lastName, home: 0 };
  const instance = new Instance(client, consumerGroup, lastName, lastName);
  const session = { reset: 'earliest', autoCommit: true, bytesMin: 1 } as const;
  await instance.create({ ...session, sessionMillis: 3 * pauseMillis });
  await instance.subscribe([...names]);
  const until = world.time.now() + patienceMillis;
  while (world.time.now() < until) {
    const answer = await instance.poll({ waitMillis: 0, bytesMax: 100_000 });
    if (answer.kind !== 'done') break;
    if ((answer.records?.length ?? 0) > 0) continue;
    if (hasAll(world, topics)) return { isDrained: true, topics: names };
    await world.time.sleep(pauseMillis);
  }
  return { isDrained: false, topics: names };
}

function liveTopics({ stored, topics }: SimulatedWorld): readonly Item[] {
  const items = stored.peekRange({ pk: topicsPk, limit: Number.MAX_SAFE_INTEGER });
  return items.filter((item) => textIn(item, topicItem.state) === 'live' && topics.has(item.sk));
}

/** Each partition is the last one's. */
function hasAll({ stored }: SimulatedWorld, topics: readonly Item[]): boolean {
  const last = stored.peek(memberKey(consumerGroup, lastName))?.[memberItem.incarnation];
  for (const topic of topics) {
    for (let partition = 0; partition < (topic[topicItem.partitions] as number); partition++) {
      const sk = `lease#${textIn(topic, topicItem.id)}#${partition}`;
      const lease = stored.peek({ pk: groupPk(consumerGroup), sk });
      if (last === undefined || lease?.[leaseItem.owner] !== last) return false;
    }
  }
  return true;
}

/** What the processors have committed, by partition. */
export function processedOf({ stored }: SimulatedWorld): ReadonlyMap<string, number> {
  const range = { pk: groupPk(processorGroup), ...leaseSks, limit: Number.MAX_SAFE_INTEGER };
  return new Map(
    stored.peekRange(range).map((item) => {
      const { topic, id, commit } = readLease(item);
      return [nameOf({ topic, partition: id.partition }), commit?.offset ?? 0];
    }),
  );
}
