// Looking after one partition: what is too old goes first, so that nothing is rewritten that is
// about to go; then what is superseded; and what is left is merged.

import { retentionOf } from '../../log/retention.ts';
import { appendSettings, compactionSettings } from '../../log/topic-configs.ts';
import { codecs } from '../batch-records.ts';
import type { Call, Engine } from '../engine.ts';
import type { Topic } from '../topic-cache.ts';
import { compactPartition } from './compact-partition.ts';
import { mergePartition } from './merge-partition.ts';
import { retainPartition } from './retain-partition.ts';

/** Until nothing is due, or the call's time is over; the next run goes on.
 * @param due.byClock whether what goes by time and by size is looked for.
 * @throws EngineError DAMAGED: something that is stored cannot be read; THROTTLED, UNAVAILABLE,
 *   OUTCOME_UNKNOWN: to be done again */
export async function upkeepPartition(
  engine: Engine,
  call: Call,
  { id: topicId, configs }: Topic,
  { partition, byClock }: { readonly partition: number; readonly byClock: boolean },
): Promise<void> {
  const id = { topicId, partition };
  const settings = appendSettings(configs);
  const compression = codecs[settings.compression];
  if (byClock) await retainPartition(engine, call, id, retentionOf(configs));
  if (settings.isCompacted) {
    const options = { ...compactionSettings(configs), compression };
    await compactPartition(engine, call, id, options);
  }
  await mergePartition(engine, call, id, compression);
}
