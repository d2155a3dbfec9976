// Messages looked at before any of them is gathered: what each takes, where it goes, and whether it
// may be sent at all. So a call of `send` that has a bad message sends none.

import { decompressedBytesMax, headersPerRecordMax, timestampMax } from '../../shared/limits.ts';
import { murmur2, partitionForHash } from '../../shared/partitioner.ts';
import { batchHeaderBytes } from '../../shared/record/batch-header.ts';
import {
  bytesMaxOf,
  type Content,
  contentBytes,
  type HeaderToAdd,
  type RecordToAdd,
} from '../../shared/record/growing-batch.ts';
import { invalid } from '../errors.ts';
import { partitionMetadataOf } from '../partition-metadata.ts';
import type { Message } from './messages.ts';
import type { PartitionerArgs } from './partitioners.ts';

/** Of a topic's messages, to be gathered one after the other. */
export type Measured = {
  readonly messages: readonly Message[];
  /** Three numbers a message: bytes of its key, of its value (-1: null), and its partition (-1: the
   * one that is gathered for). */
  readonly sizes: Int32Array;
  /** undefined: none has any. */
  readonly headers: (readonly HeaderToAdd[] | undefined)[] | undefined;
};

export type Destination = {
  readonly name: string;
  readonly partitions: number;
  /** undefined: the producer's own rule. */
  readonly partitioner: ((args: PartitionerArgs) => number) | undefined;
};

const sizesEach = 3;
const noHeaders: readonly HeaderToAdd[] = [];

/** @param scratch for records, one after the other.
 * @throws SluiceError that names the message's field, and the limit. */
export function measure(
  messages: readonly Message[],
  topic: Destination,
  scratch: RecordToAdd,
): Measured {
  const sizes = new Int32Array(sizesEach * messages.length);
  const { partitioner } = topic;
  const partitionMetadata = partitioner === undefined ? [] : partitionMetadataOf(topic.partitions);
  let headers: (readonly HeaderToAdd[] | undefined)[] | undefined;
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index] as Message;
    const keyBytes = bytesOf(message.key ?? null, index, 'key');
    const valueBytes = bytesOf(message.value, index, 'value');
    if (message.headers !== undefined) {
      headers ??= [];
      headers[index] = headersOf(message, index);
    }
    timestampOf(message, 0, index);
    scratch.keyBytes = keyBytes;
    scratch.valueBytes = valueBytes;
    scratch.headers = headers?.[index] ?? noHeaders;
    if (batchHeaderBytes + bytesMaxOf(scratch) > decompressedBytesMax) {
      throw invalid(`messages[${index}]`, `must take at most ${decompressedBytesMax} bytes`);
    }
    const partition =
      partitioner === undefined
        ? (message.partition ?? partitionOfKey(message.key ?? null, keyBytes, topic.partitions))
        : partitioner({ topic: topic.name, partitionMetadata, message });
    checkPartition(partition, topic, index);
    sizes[sizesEach * index] = keyBytes;
    sizes[sizesEach * index + 1] = valueBytes;
    sizes[sizesEach * index + 2] = partition;
  }
  return { messages, sizes, headers };
}

/** @returns its partition; -1: the one that is gathered for. */
export function readMeasured(
  { messages, sizes, headers }: Measured,
  index: number,
  record: RecordToAdd,
  now: number,
): number {
  const message = messages[index] as Message;
  record.timestamp = timestampOf(message, now, index);
  record.key = message.key ?? null;
  record.keyBytes = sizes[sizesEach * index] ?? -1;
  record.value = message.value;
  record.valueBytes = sizes[sizesEach * index + 1] ?? -1;
  record.headers = headers?.[index] ?? noHeaders;
  return sizes[sizesEach * index + 2] ?? -1;
}

/** @param from which message on. @returns how many there are for each partition; -1: as above. */
export function countByPartition(
  { messages, sizes }: Measured,
  from: number,
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let index = from; index < messages.length; index++) {
    const partition = sizes[sizesEach * index + 2] ?? -1;
    counts.set(partition, (counts.get(partition) ?? 0) + 1);
  }
  return counts;
}

function bytesOf(content: Content, index: number, field: string): number {
  if (content === null || typeof content === 'string' || content instanceof Uint8Array) {
    return contentBytes(content);
  }
  throw invalid(`messages[${index}].${field}`, 'must be text, bytes or null');
}

/** @param now of a message that has none. */
function timestampOf({ timestamp }: Message, now: number, index: number): number {
  if (timestamp === undefined) return now;
  const millis = Number(timestamp);
  if (Number.isInteger(millis) && millis >= 0 && millis <= timestampMax) return millis;
  const field = `messages[${index}].timestamp`;
  throw invalid(field, `must be milliseconds, an integer from 0 to ${timestampMax}`);
}

function headersOf({ headers }: Message, index: number): readonly HeaderToAdd[] {
  const field = `messages[${index}].headers`;
  const all = Object.entries(headers ?? {}).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one = null): HeaderToAdd => {
      if (one === null || typeof one === 'string' || one instanceof Uint8Array) {
        return { key, value: one };
      }
      throw invalid(`${field}.${key}`, 'must be text, bytes, or a list of them');
    }),
  );
  if (all.length > headersPerRecordMax) {
    throw invalid(field, `must be at most ${headersPerRecordMax}`);
  }
  return all;
}

function checkPartition(partition: number, topic: Destination, index: number): void {
  if (partition >= -1 && partition < topic.partitions && Number.isInteger(partition)) return;
  const has = `topic ${topic.name} has ${topic.partitions}, and no ${partition}`;
  throw invalid(`messages[${index}].partition`, has);
}

/** Room for a key that is text, and three zeros, which murmur2 may read. */
let keyRoom = Buffer.alloc(1_024);

function partitionOfKey(key: Content, keyBytes: number, partitions: number): number {
  if (key === null) return -1;
  if (typeof key !== 'string') return partitionForHash(murmur2(key), partitions);
  if (keyRoom.length < keyBytes + 3) keyRoom = Buffer.alloc(2 * keyBytes + 3);
  keyRoom.write(key, 0);
  keyRoom.fill(0, keyBytes, keyBytes + 3);
  return partitionForHash(murmur2(keyRoom, keyBytes), partitions);
}
