// A transaction that is committed, as its item says: who asked for it, and where its records lie in
// each partition. The item is put with the appends, if it is absent: so they happen once, however
// often they are sent.
//
//     places   = place*
//     place    = topicId bytes(16), partition u32,
//                from i64              an offset at or before its first
//                partitions u32        of its topic, which decided what records it has
//                ref bytes(refBytes)   ref.ts
//
// Offsets are not said: nobody knows them before the commit. They are found by the refs.

import {
  type EpochMillis,
  type PartitionId,
  topicIdBytes,
  topicIdOf,
  topicIdToBytes,
} from '../ids.ts';
import { producerExpiryMillis, refBytes } from '../limits.ts';
import { readInt64, writeInt64 } from '../record/integers.ts';
import { bytesIn, type Item, textIn, type Write } from '../store/algebra.ts';
import { expiresAt, ifFree, txnItem, txnKey } from '../store/items.ts';

export type TransactionPlace = {
  readonly id: PartitionId;
  readonly from: number;
  readonly partitions: number;
  /** Packed (ref.ts). */
  readonly ref: Uint8Array;
};

export type CommittedTransaction = {
  /** Of the request that was committed. */
  readonly fingerprint: string;
  readonly places: readonly TransactionPlace[];
};

const fromAt = topicIdBytes + 4;
const partitionsAt = fromAt + 8;
const refAt = partitionsAt + 4;
const placeBytes = refAt + refBytes;

/** @param hash what tells this transaction from others. */
export function transactionWrite(
  hash: string,
  { fingerprint, places }: CommittedTransaction,
  now: EpochMillis,
): Write {
  return {
    put: {
      ...txnKey(hash),
      [txnItem.fingerprint]: fingerprint,
      [txnItem.places]: encodePlaces(places),
      ...expiresAt(now + producerExpiryMillis),
    },
    if: ifFree(now),
  };
}

export function readTransaction(item: Item): CommittedTransaction {
  return {
    fingerprint: textIn(item, txnItem.fingerprint),
    places: decodePlaces(bytesIn(item, txnItem.places)),
  };
}

export function encodePlaces(places: readonly TransactionPlace[]): Uint8Array {
  const bytes = Buffer.alloc(places.length * placeBytes);
  for (const [index, { id, from, partitions, ref }] of places.entries()) {
    const at = index * placeBytes;
    bytes.set(topicIdToBytes(id.topicId), at);
    bytes.writeUInt32BE(id.partition, at + topicIdBytes);
    writeInt64(bytes, at + fromAt, from);
    bytes.writeUInt32BE(partitions, at + partitionsAt);
    bytes.set(ref, at + refAt);
  }
  return bytes;
}

export function decodePlaces(bytes: Uint8Array): readonly TransactionPlace[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / placeBytes }, (_, index) => {
    const at = index * placeBytes;
    return {
      id: {
        topicId: topicIdOf(view.subarray(at, at + topicIdBytes)),
        partition: view.readUInt32BE(at + topicIdBytes),
      },
      from: readInt64(view, at + fromAt),
      partitions: view.readUInt32BE(at + partitionsAt),
      ref: view.subarray(at + refAt, at + placeBytes),
    };
  });
}
