// The topics: one of each policy. What they keep is little, and not for long, so that all that may
// happen to a record happens to many of them within a minute.

import { dropsRecords, retentionOf } from '../../shared/log/retention.ts';
import { compactionSettings, isCompacted } from '../../shared/log/topic-configs.ts';

/** What may become of the records of a topic. */
export type Policy = {
  readonly isCompacted: boolean;
  readonly lagMillis: number;
  readonly deleteRetentionMillis: number;
  /** undefined: for ever, or any amount. */
  readonly retentionMillis: number | undefined;
  readonly retentionBytes: number | undefined;
  /** Whether their deletion may be asked for. */
  readonly mayBeDeleted: boolean;
};

export const partitionsPerTopic = 2;

const always = { 'min.cleanable.dirty.ratio': '0', 'delete.retention.ms': '2000' };

export const topicSettings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  kept: { 'retention.ms': '-1' },
  timed: { 'retention.ms': '4000' },
  // Stored as it is sent, so that the model knows its bytes.
  sized: {
    'retention.ms': '-1',
    'retention.bytes': '600000',
    'compression.type': 'uncompressed',
  },
  compacted: { ...always, 'cleanup.policy': 'compact', 'min.compaction.lag.ms': '100' },
  both: {
    ...always,
    'cleanup.policy': 'compact,delete',
    'min.cleanable.dirty.ratio': '0.3',
    'min.compaction.lag.ms': '500',
    'retention.ms': '15000',
    'compression.type': 'gzip',
  },
};

export function policyOf(configs: ReadonlyMap<string, string>): Policy {
  const { lagMillisMin, deleteRetentionMillis } = compactionSettings(configs);
  const { millis, bytes } = retentionOf(configs);
  return {
    isCompacted: isCompacted(configs),
    lagMillis: lagMillisMin,
    deleteRetentionMillis,
    retentionMillis: millis,
    retentionBytes: bytes,
    mayBeDeleted: dropsRecords(configs),
  };
}
