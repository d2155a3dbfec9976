// Partitions, each looked at a second time where something seemed wrong. Appends, rolls, merges,
// retention and sweeps go on meanwhile, and one look at many items is of no one time: what is only
// on its way is somewhere else, or gone, in the second.

import { topicKey } from '../../../store/items.ts';
import { inRuns } from '../../in-runs.ts';
import { repeatable } from '../../retry.ts';
import { readTopic, type StoredTopic } from '../../topic-cache.ts';
import { identityOf, type NamedPartition } from './findings.ts';
import type { Look } from './look.ts';
import { lookAtPartition, type PartitionLook } from './look-at-partition.ts';
import { topicFault } from './well-formed.ts';

/** Where bytes are read, one has enough to do. */
const partitionsAtOnce = { quick: 8, deep: 1 } as const;

/** Of all of these topics. @throws EngineError THROTTLED, UNAVAILABLE */
export async function checkPartitions(
  look: Look,
  topics: readonly StoredTopic[],
): Promise<readonly PartitionLook[]> {
  const partitions = topics.flatMap(({ name: topic, id: topicId, partitions: count }) =>
    Array.from({ length: count }, (_, partition) => ({ topic, topicId, partition })),
  );
  const most = partitionsAtOnce[look.isDeep ? 'deep' : 'quick'];
  return inRuns(partitions, most, (at) => lookTwice(look, at));
}

async function lookTwice(look: Look, at: NamedPartition): Promise<PartitionLook> {
  const first = await lookAtPartition(look, at);
  if (first.findings.length === 0) return first;
  const second = await lookAtPartition(look, at);
  const seen = new Set(first.findings.map(identityOf));
  const both = second.findings.filter((finding) => seen.has(identityOf(finding)));
  const isStill = both.length > 0 && (await isThere(look, at));
  return { ...countsOf(second), findings: isStill ? both : [] };
}

function countsOf({ chunks, refs }: PartitionLook) {
  return { chunks, refs };
}

/** A topic that was deleted meanwhile has no heads any more, and that is no damage. It said so
 * before they went. */
async function isThere({ engine, call }: Look, at: NamedPartition): Promise<boolean> {
  const get = () => call.table.get(topicKey(at.topic), { strong: true });
  const item = await repeatable(engine, call, get);
  if (item === undefined || topicFault(item) !== undefined) return false;
  const { id, state } = readTopic(item);
  return id === at.topicId && state === 'live';
}
