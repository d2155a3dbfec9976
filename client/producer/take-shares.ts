// What of a topic's partitions one request carries: as much as the engine takes (limits.ts); the
// rest goes with the next.

import {
  decompressedBytesMax,
  partitionsPerTopicMax,
  produceBodyBytesMax,
  recordsPerRequestMax,
} from '../../shared/limits.ts';
import type { Batch } from './batch.ts';
import type { PartitionQueue, ProducerIdentity, Share } from './partition-queue.ts';

type Room = { storedBytes: number; plainBytes: number; records: number };

/** @param queues in the order in which they are served, each with something to send.
 * @param seal ends a queue's open batch. @param identity of those that have none yet.
 * @returns none only if all that was open cannot be sent, and has failed. */
export function takeShares(
  queues: readonly PartitionQueue[],
  seal: (queue: PartitionQueue) => void,
  identity: ProducerIdentity | undefined,
): readonly Share[] {
  const room: Room = {
    storedBytes: produceBodyBytesMax,
    plainBytes: decompressedBytesMax,
    records: recordsPerRequestMax,
  };
  const shares: Share[] = [];
  for (const queue of queues.slice(0, partitionsPerTopicMax)) {
    if (queue.unsure !== undefined) {
      if (takeAll(room, queue.unsure.batches)) shares.push(queue.unsure);
      continue;
    }
    if (holds(room, queue.batches[0] as Batch)) seal(queue);
    const count = countThatFits(room, queue);
    if (count > 0) shares.push(queue.take(count, identity));
  }
  return shares;
}

function countThatFits(room: Room, { batches, batchesMax }: PartitionQueue): number {
  let count = 0;
  while (count < Math.min(batches.length, batchesMax)) {
    const batch = batches[count] as Batch;
    if (!batch.isSealed || !holds(room, batch)) break;
    take(room, batch);
    count++;
  }
  return count;
}

function takeAll(room: Room, batches: readonly Batch[]): boolean {
  const before = { ...room };
  for (const batch of batches) take(room, batch);
  if (room.storedBytes >= 0 && room.plainBytes >= 0 && room.records >= 0) return true;
  Object.assign(room, before);
  return false;
}

/** Of a batch that is open: as far as is known. */
function holds(room: Room, { heldBytes, plainBytes, count, isSealed }: Batch): boolean {
  if (plainBytes > room.plainBytes || count > room.records) return false;
  return isSealed ? heldBytes <= room.storedBytes : room.storedBytes > 0;
}

function take(room: Room, { heldBytes, plainBytes, count }: Batch): void {
  room.storedBytes -= heldBytes;
  room.plainBytes -= plainBytes;
  room.records -= count;
}
