// Partitions, each looked at a second time where something seemed wrong. Appends, rolls, merges,
// retention and sweeps go on meanwhile, and one look at many items is of no one time: what is only
// on its way is somewhere else, or gone, in the second.

import { topicKey } from '../../../store/items.ts';
import { inRuns } from '../../in-runs.ts';
import { repeatable } from '../../retry.ts';
import { readTopic, type StoredTopic } from '../../topic-cache.ts';
import { topicFault } from '../well-formed.ts';
import type { CheckRun } from './check-run.ts';
import { type Finding, identityOf, type NamedPartition } from './findings.ts';
import { lookAtPartitions, type PartitionLook } from './look-at-partition.ts';

const topicsInFlight = 16;

/** Of all of these topics. @throws EngineError THROTTLED, UNAVAILABLE */
export async function checkPartitions(
  run: CheckRun,
  topics: readonly StoredTopic[],
): Promise<readonly PartitionLook[]> {
  const partitions = topics.flatMap(({ name: topic, id: topicId, partitions: count }) =>
    Array.from({ length: count }, (_, partition) => ({ topic, topicId, partition })),
  );
  const first = await lookAtPartitions(run, partitions);
  const odd = first.filter(({ findings }) => findings.length > 0);
  const again = await lookAtPartitions(
    run,
    odd.map(({ at }) => at),
  );
  const pairs = odd.map((one, index) => [one, again[index] as PartitionLook] as const);
  const second = new Map<PartitionLook, PartitionLook>();
  await inRuns(pairs, topicsInFlight, async ([one, other]) => {
    second.set(one, { ...other, findings: await stillThere(run, one, other) });
  });
  return first.map((one) => second.get(one) ?? one);
}

async function stillThere(
  run: CheckRun,
  first: PartitionLook,
  { at, findings }: PartitionLook,
): Promise<readonly Finding[]> {
  const seen = new Set(first.findings.map(identityOf));
  const both = findings.filter((finding) => seen.has(identityOf(finding)));
  return both.length > 0 && (await isThere(run, at)) ? both : [];
}

/** A topic that was deleted meanwhile has no heads any more, and that is no damage. It said so
 * before they went. */
async function isThere({ engine, call }: CheckRun, at: NamedPartition): Promise<boolean> {
  const get = () => call.table.get(topicKey(at.topic), { strong: true });
  const item = await repeatable(engine, call, get);
  if (item === undefined || topicFault(item) !== undefined) return false;
  const { id, state } = readTopic(item);
  return id === at.topicId && state === 'live';
}
