// The settings of a topic, as they are read. A topic's item holds only what differs from the
// defaults, so a default that changes reaches every topic that did not choose.

import {
  type CompressionType,
  type ConfigName,
  type ConfigSpec,
  type cleanupPolicies,
  type timestampTypes,
  topicConfigs,
} from '../config-specs.ts';

export type EffectiveConfig = {
  readonly name: ConfigName;
  readonly value: string;
  readonly isDefault: boolean;
  readonly spec: ConfigSpec;
};

/** Every setting of a topic, by name. @param chosen what differs from the defaults. */
export function effectiveConfigs(chosen: ReadonlyMap<string, string>): readonly EffectiveConfig[] {
  return Object.entries(topicConfigs).map(([name, spec]) => ({
    name: name as ConfigName,
    value: chosen.get(name) ?? spec.default,
    isDefault: !chosen.has(name),
    spec,
  }));
}

/** What the append path asks of a topic's settings. */
export type AppendSettings = {
  readonly compression: CompressionType;
  readonly messageBytesMax: number;
  readonly timestampType: (typeof timestampTypes)[number];
  /** Of all producers together; undefined: as much as they like. */
  readonly bytesPerSecondMax: number | undefined;
  /** Then each record has a key. */
  readonly isCompacted: boolean;
};

export function appendSettings(chosen: ReadonlyMap<string, string>): AppendSettings {
  const rate = Number(settingIn(chosen, 'producer_byte_rate'));
  return {
    bytesPerSecondMax: rate < 0 ? undefined : rate,
    compression: settingIn(chosen, 'compression.type') as CompressionType,
    isCompacted: isCompacted(chosen),
    messageBytesMax: Number(settingIn(chosen, 'max.message.bytes')),
    timestampType: settingIn(chosen, 'message.timestamp.type') as AppendSettings['timestampType'],
  };
}

export function isCompacted(chosen: ReadonlyMap<string, string>): boolean {
  return hasPolicy(chosen, 'compact');
}

/** Whether it is among those of `cleanup.policy`. */
export function hasPolicy(
  chosen: ReadonlyMap<string, string>,
  policy: (typeof cleanupPolicies)[number],
): boolean {
  return settingIn(chosen, 'cleanup.policy')
    .split(',')
    .some((part) => part.trim() === policy);
}

/** @param chosen what differs from the defaults. */
export function settingIn(chosen: ReadonlyMap<string, string>, name: ConfigName): string {
  return chosen.get(name) ?? topicConfigs[name].default;
}

/** What compaction asks of a topic's settings. */
export type CompactionSettings = {
  /** Records whose timestamp is younger are left alone, and all that come after them. */
  readonly lagMillisMin: number;
  readonly deleteRetentionMillis: number;
  /** 0 to 1. */
  readonly dirtyRatioMin: number;
};

export function compactionSettings(chosen: ReadonlyMap<string, string>): CompactionSettings {
  const numberOf = (name: ConfigName) => Number(settingIn(chosen, name));
  return {
    lagMillisMin: numberOf('min.compaction.lag.ms'),
    deleteRetentionMillis: numberOf('delete.retention.ms'),
    dirtyRatioMin: numberOf('min.cleanable.dirty.ratio'),
  };
}
