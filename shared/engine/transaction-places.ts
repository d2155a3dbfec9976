// Where the records of a committed transaction are. Its write answers with no items, so the heads
// are read afterwards; whoever repeats a transaction finds them by the refs that its item names.
// What is not found any more is committed all the same, at offset -1.

import { EngineError } from '../errors.ts';
import type { PartitionId } from '../ids.ts';
import { decodeRef, encodeRef, type Ref, sameRef } from '../log/ref.ts';
import { refsOfTail } from '../log/refs.ts';
import { isOverfull } from '../log/roll.ts';
import type { TransactionPlace } from '../log/transaction.ts';
import { partitionPk } from '../store/items.ts';
import type { AppendOutcome } from './append-queue.ts';
import type { Call, Engine } from './engine.ts';
import { headOf } from './heads.ts';
import { lookUp } from './look-up.ts';
import { keepAppended } from './ranges.ts';
import { roll } from './roll.ts';

export type StoredPart = {
  readonly id: PartitionId;
  readonly ref: Ref;
  readonly bytes: Uint8Array;
  /** A log end offset known before it was first sent. */
  readonly from: number;
};

/** The heads tell, too, whether a roll is due: of a transaction nobody else knows. */
export function placesAfterCommit(
  engine: Engine,
  call: Call,
  parts: readonly StoredPart[],
): Promise<readonly AppendOutcome[]> {
  return Promise.all(
    parts.map(async ({ id, ref, bytes, from }): Promise<AppendOutcome> => {
      engine.arrivals.announce(partitionPk(id));
      const packed = encodeRef(ref);
      const baseOffset = await orNowhere(async () => {
        const head = await headOf(engine, call, id);
        if (isOverfull(head)) engine.background.run(roll(engine, call, id, head));
        const inTail = refsOfTail(head.tailBase, head.tail).baseOffsetOf(packed);
        return inTail ?? lookUp(engine, call, { id, ref: packed }, from);
      });
      if (baseOffset >= 0) keepAppended(engine, { ...ref, baseOffset }, bytes);
      return { kind: 'appended', baseOffset };
    }),
  );
}

/** @param places as the item names them: another try's perhaps, of a time when the topic had fewer
 *   partitions. */
export function placesOfCommitted(
  engine: Engine,
  call: Call,
  parts: readonly StoredPart[],
  places: readonly TransactionPlace[],
): Promise<readonly AppendOutcome[]> {
  const byPartition = new Map(places.map((place) => [partitionPk(place.id), place]));
  return Promise.all(
    parts.map(async ({ id, ref }): Promise<AppendOutcome> => {
      const place = byPartition.get(partitionPk(id));
      if (place === undefined || decodeRef(place.ref).count !== ref.count) {
        return { kind: 'appended', baseOffset: -1, duplicate: true };
      }
      const baseOffset = await orNowhere(() => lookUp(engine, call, place, place.from));
      const isMine = sameRef(place.ref, encodeRef(ref));
      return { kind: 'appended', baseOffset, ...(isMine ? {} : { duplicate: true }) };
    }),
  );
}

/** @returns -1 also when the index cannot be read: what is committed is committed. */
async function orNowhere(find: () => Promise<number | undefined>): Promise<number> {
  try {
    return (await find()) ?? -1;
  } catch (error) {
    if (error instanceof EngineError) return -1;
    throw error;
  }
}
