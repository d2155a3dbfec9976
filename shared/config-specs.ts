// What may be set about a topic: Kafka's names, defaults and forms. The engine holds a request to
// them, and a stack its props, so that the two refuse the same.
// Source: Apache Kafka, "Topic Configs"; "Quotas" for producer_byte_rate, which is a topic's here.

import { messageBytesDefault, messageBytesMax } from './limits.ts';

export type ConfigType = 'LONG' | 'INT' | 'DOUBLE' | 'LIST' | 'STRING';

export type ConfigSpec = {
  readonly default: string;
  readonly type: ConfigType;
  readonly documentation: string;
  /** What is wrong with a value, as the end of a sentence; undefined: nothing. */
  readonly fault: (value: string) => string | undefined;
};

const compressionTypes = ['producer', 'uncompressed', 'gzip', 'zstd'] as const;
export const cleanupPolicies = ['delete', 'compact'] as const;
export const timestampTypes = ['CreateTime', 'LogAppendTime'] as const;

export type CompressionType = (typeof compressionTypes)[number];

export const topicConfigs = {
  'cleanup.policy': {
    default: 'delete',
    type: 'LIST',
    documentation:
      'delete drops old segments, compact keeps the last record of every key; or both.',
    fault: listOf(cleanupPolicies),
  },
  'compression.type': {
    default: 'producer',
    type: 'STRING',
    documentation: 'The codec of stored batches; producer keeps what the producer chose.',
    fault: oneOf(compressionTypes),
  },
  'delete.retention.ms': {
    default: String(24 * 60 * 60 * 1000),
    type: 'LONG',
    documentation:
      'Milliseconds that a tombstone stays at least once compaction left nothing older of its key.',
    fault: integer(0, Number.MAX_SAFE_INTEGER),
  },
  'max.message.bytes': {
    default: String(messageBytesDefault),
    type: 'INT',
    documentation: 'The largest record batch, as it is stored, in bytes.',
    fault: integer(0, messageBytesMax),
  },
  'message.timestamp.type': {
    default: 'CreateTime',
    type: 'STRING',
    documentation: 'Whether a timestamp is the producer’s or the time of the append.',
    fault: oneOf(timestampTypes),
  },
  'min.cleanable.dirty.ratio': {
    default: '0.5',
    type: 'DOUBLE',
    documentation:
      'Compaction begins once so large a share of a partition’s bytes was not compacted yet.',
    fault: fraction,
  },
  'min.compaction.lag.ms': {
    default: '0',
    type: 'LONG',
    documentation: 'Milliseconds that a record stays at least before compaction may leave it out.',
    fault: integer(0, Number.MAX_SAFE_INTEGER),
  },
  producer_byte_rate: {
    default: '-1',
    type: 'LONG',
    documentation: 'Bytes a second that all producers together may send to it; -1: no limit.',
    fault: quota,
  },
  'retention.bytes': {
    default: '-1',
    type: 'LONG',
    documentation: 'Bytes a partition keeps before its oldest segments are dropped; -1: no limit.',
    fault: integer(-1, Number.MAX_SAFE_INTEGER),
  },
  'retention.ms': {
    default: String(7 * 24 * 60 * 60 * 1000),
    type: 'LONG',
    documentation: 'Milliseconds a record is kept before it may be dropped; -1: no limit.',
    fault: integer(-1, Number.MAX_SAFE_INTEGER),
  },
} as const satisfies Record<string, ConfigSpec>;

export type ConfigName = keyof typeof topicConfigs;

export function isConfigName(name: string): name is ConfigName {
  return Object.hasOwn(topicConfigs, name);
}

/** None at all is no rate: nothing would ever pass. */
function quota(value: string): string | undefined {
  const ofNumber = integer(-1, Number.MAX_SAFE_INTEGER)(value);
  return Number(value) === 0 ? 'must be an integer above 0, or -1' : ofNumber;
}

function fraction(value: string): string | undefined {
  const number = /^\d?\.?\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  return number <= 1 ? undefined : 'must be a number from 0 to 1';
}

function oneOf(values: readonly string[]): ConfigSpec['fault'] {
  return (value) => (values.includes(value) ? undefined : `must be one of ${values.join(', ')}`);
}

/** A topic's item stays small, whatever blanks stand in its lists. */
const listCharactersMax = 100;

function listOf(values: readonly string[]): ConfigSpec['fault'] {
  return (value) => {
    const parts = value.split(',').map((part) => part.trim());
    const known = parts.every((part) => values.includes(part));
    const once = new Set(parts).size === parts.length && value.length <= listCharactersMax;
    return known && once ? undefined : `must be a list of ${values.join(', ')}, each at most once`;
  };
}

function integer(min: number, max: number): ConfigSpec['fault'] {
  return (value) => {
    const number = /^-?\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? undefined : `must be an integer from ${min} to ${max}`;
  };
}
