// Which partition a message goes to. The producer's own rule: the partition that the message names;
// else its key's, as Kafka's Java client has it; else the partition that is gathered for at the
// time (topic-queue.ts).

import { partitionForKey } from '../../shared/partitioner.ts';
import { invalid } from '../errors.ts';
import type { PartitionMetadata } from '../partition-metadata.ts';
import type { Message } from './messages.ts';

export type PartitionerArgs = {
  readonly topic: string;
  readonly partitionMetadata: readonly PartitionMetadata[];
  readonly message: Message;
};

/** Made once a producer. */
export type ICustomPartitioner = () => (args: PartitionerArgs) => number;

/** The producer's own rule, for those who make one of theirs out of it. Messages without a key go
 * to each partition in turn: what a producer does without being asked makes larger batches. */
export const DefaultPartitioner: ICustomPartitioner = () => {
  let turn = 0;
  return ({ partitionMetadata: { length }, message: { partition, key } }) => {
    if (partition !== undefined) return partition;
    if (key === undefined || key === null) return turn++ % length;
    return partitionForKey(typeof key === 'string' ? Buffer.from(key) : key, length);
  };
};

/** What kafkajs did before its version 2, and nobody else: it is not offered, since keys would be
 * in other partitions for each who writes. @throws SluiceError */
const LegacyPartitioner: ICustomPartitioner = () => {
  throw invalid('createPartitioner', 'keys go where all of Kafka puts them: DefaultPartitioner');
};

export const Partitioners = {
  DefaultPartitioner,
  JavaCompatiblePartitioner: DefaultPartitioner,
  LegacyPartitioner,
} as const;
