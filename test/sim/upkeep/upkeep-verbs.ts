// What housekeeping does for one partition, all of it or a part, by the settings of its topic.

import { compactPartition } from '../../../shared/engine/upkeep/compact-partition.ts';
import { mergePartition } from '../../../shared/engine/upkeep/merge-partition.ts';
import { retainPartition } from '../../../shared/engine/upkeep/retain-partition.ts';
import { upkeepPartitions } from '../../../shared/engine/upkeep/upkeep-partitions.ts';
import { withinTime } from '../../../shared/engine/upkeep/within-time.ts';
import { retentionOf } from '../../../shared/log/retention.ts';
import { compactionSettings, isCompacted } from '../../../shared/log/topic-configs.ts';
import type { Compression } from '../../../shared/record/codec.ts';
import type { Verb } from '../ask.ts';
import type { WatchedPartition } from './watched-partition.ts';

type Upkept = Pick<WatchedPartition, 'id' | 'configs'>;

export const partitionVerbs = {
  retain:
    ({ id, configs }: Upkept): Verb<unknown> =>
    (engine, call) =>
      retainPartition(engine, call, id, retentionOf(configs)),
  compact: ({ id, configs }: Upkept): Verb<unknown> => {
    const options = { ...compactionSettings(configs), compression: compressionOf(configs) };
    return async (engine, call) => {
      if (isCompacted(configs)) await compactPartition(engine, call, id, options);
    };
  },
  merge:
    ({ id, configs }: Upkept): Verb<unknown> =>
    (engine, call) =>
      mergePartition(engine, call, id, compressionOf(configs)),
  'look-after':
    ({ id }: Upkept): Verb<unknown> =>
    (engine, call) =>
      upkeepPartitions(engine, call, [{ id, byClock: true }]),
} as const;

/** That is over when its time is. */
export function withinItsTime(verb: Verb<unknown>): Verb<void> {
  return (engine, call) => withinTime(engine, call, () => verb(engine, call));
}

function compressionOf(configs: Upkept['configs']): Compression {
  const chosen = configs.get('compression.type') ?? 'producer';
  if (chosen === 'uncompressed') return 'none';
  return chosen === 'gzip' ? 'gzip' : 'zstd';
}
