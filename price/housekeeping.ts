// What keeping house uses for each append: a log of one partition is appended to, merged each hour,
// swept, and dropped when its time is over.

import {
  collectIntervalMillis,
  sweepGraceMillis,
  upkeepIntervalMillis,
} from '../shared/housekeeping-limits.ts';
import type { TopicId } from '../shared/ids.ts';
import { refsPerChunk } from '../shared/limits.ts';
import { textIn } from '../shared/store/algebra.ts';
import { partitionPk, topicItem, topicKey } from '../shared/store/items.ts';
import { itemBytes } from '../test/world/item-size.ts';
import { type Account, openAccount } from './account.ts';
import { Fleet } from './fleet.ts';
import { housekeepersOf } from './housekeepers.ts';
import { scaled, since, type Usage, usage } from './usage.ts';

export type Housekeeping = {
  /** Of each append, as long as it is small: that it is merged, the first time. */
  readonly merge: Usage;
  /** And each time that what it was merged into is merged again. */
  readonly mergeAgain: Usage;
  /** That its object is deleted, once it is merged or its time is over. */
  readonly sweep: Usage;
  /** That it is dropped from the index when its time is over. */
  readonly retention: Usage;
  /** Of each append that is in the index: that a sweep looks at it, weakly and then strongly. */
  readonly look: Usage;
  /** In the table, of each append once it is merged. */
  readonly indexBytes: number;
};

/** So many appends become one object that is as large as those before: the fourth takes them all
 * along, since it may be a quarter of what it becomes (shared/log/merge-plan.ts). */
const rounds = 4;
const appendsPerRound = 16 * refsPerChunk;
const appends = rounds * appendsPerRound;
const retentionMillis = 24 * 3_600_000;
/** DynamoDB's guide, "DynamoDB item sizes and formats": stored beside each item, for its index. */
const itemOverheadBytes = 100;

const topic = 'orders';
const binary = 'application/vnd.kafka.binary.v2+json';

export function countHousekeeping(): Promise<Housekeeping> {
  const account = openAccount(2);
  return account.world.time.run(keepHouse(account));
}

async function keepHouse(account: Account): Promise<Housekeeping> {
  const { time } = account.world;
  const producers = new Fleet(account, { onlyAppends: true });
  const house = housekeepersOf(account);
  const upkeep = () => usedBy(account, () => house.upkeep({ byClock: true }));
  const collect = () => usedBy(account, () => house.collect());
  const configs = [{ name: 'retention.ms', value: String(retentionMillis) }];
  const made = JSON.stringify({ topic_name: topic, configs });
  await producers.request('POST /v3/clusters/sluice/topics', made);
  // What they use where there is nothing: the clocks' own (clocks.ts).
  const nothingToMerge = await upkeep();
  const nothingToSweep = await collect();

  const merges: Usage[] = [];
  for (let round = 0; round < rounds; round++) {
    await appendRound(account, producers);
    await time.sleep(upkeepIntervalMillis);
    merges.push(since(nothingToMerge, await upkeep()));
  }
  const [first, last] = [merges[0] as Usage, merges.at(-1) as Usage];
  await time.sleep(sweepGraceMillis + collectIntervalMillis);
  const swept = since(nothingToSweep, await collect());
  const indexBytes = indexBytesOf(account);
  await time.sleep(retentionMillis);
  const dropped = since(nothingToMerge, await upkeep());
  const look = usage({ readUnits: swept.readUnits });
  return {
    merge: scaled(first, 1 / appendsPerRound),
    mergeAgain: scaled(since(first, last), 1 / (appends - appendsPerRound)),
    sweep: scaled(since(look, swept), 1 / appends),
    retention: scaled(dropped, 1 / appends),
    look: scaled(look, 1 / appends),
    indexBytes: indexBytes / appends,
  };
}

async function usedBy({ used }: Account, work: () => Promise<void>): Promise<Usage> {
  const before = used();
  await work();
  return since(before, used());
}

async function appendRound({ chance }: Account, producers: Fleet): Promise<void> {
  for (let append = 0; append < appendsPerRound; append++) {
    const value = Buffer.from(chance.bytes(100)).toString('base64');
    await producers.request(`POST /topics/${topic}`, `{"records":[{"value":"${value}"}]}`, binary);
  }
}

function indexBytesOf({ world: { account } }: Account): number {
  const item = account.stored.peek(topicKey(topic));
  const topicId = textIn(item ?? {}, topicItem.id) as TopicId;
  const pk = partitionPk({ topicId, partition: 0 });
  const items = account.stored.peekRange({ pk, limit: appends });
  return items.reduce((bytes, one) => bytes + itemBytes(one) + itemOverheadBytes, 0);
}
