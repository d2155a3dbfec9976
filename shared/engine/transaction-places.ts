// Where the records of a committed transaction are. Its write answers with no items, so the heads
// are read afterwards; whoever repeats a transaction finds them by the refs that its item names.
// What is not found any more is committed all the same, at offset -1.

import { EngineError } from '../errors.ts';
import type { PartitionId } from '../ids.ts';
import { encodeRef, type Ref, sameRef } from '../log/ref.ts';
import { baseOffsetInTail } from '../log/refs.ts';
import { isOverfull } from '../log/roll.ts';
import type { TransactionPlace } from '../log/transaction.ts';
import { partitionPk } from '../store/items.ts';
import type { AppendOutcome } from './append-queue.ts';
import type { Call, Engine } from './engine.ts';
import { type LogPosition, refRuns } from './find-refs.ts';
import { headOf } from './heads.ts';
import { keepAppended } from './ranges.ts';
import { roll } from './roll.ts';

export type StoredPart = {
  readonly id: PartitionId;
  readonly ref: Ref;
  readonly bytes: Uint8Array;
  /** A log end offset known before it was first sent. */
  readonly from: number;
  readonly partitions: number;
};

/** Runs of refs that are looked through. The end that was known before may be an old one, of a
 * process that had not appended for a while. */
const runsMax = 512;

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
        return findRef(engine, call, { id, head, offset: from }, packed);
      });
      if (baseOffset >= 0) keepAppended(engine, { ...ref, baseOffset }, bytes);
      return { kind: 'appended', baseOffset };
    }),
  );
}

/** @param places as the item names them: another try's perhaps, of a time when the topic had fewer
 *   partitions, and other records went to each. */
export function placesOfCommitted(
  engine: Engine,
  call: Call,
  parts: readonly StoredPart[],
  places: readonly TransactionPlace[],
): Promise<readonly AppendOutcome[]> {
  const byPartition = new Map(places.map((place) => [partitionPk(place.id), place]));
  return Promise.all(
    parts.map(async ({ id, ref, partitions }): Promise<AppendOutcome> => {
      const place = byPartition.get(partitionPk(id));
      if (place === undefined || place.partitions !== partitions) {
        return { kind: 'appended', baseOffset: -1, duplicate: true };
      }
      const baseOffset = await orNowhere(async () => {
        const head = await headOf(engine, call, id);
        return findRef(engine, call, { id, head, offset: place.from }, place.ref);
      });
      const isMine = sameRef(place.ref, encodeRef(ref));
      return { kind: 'appended', baseOffset, ...(isMine ? {} : { duplicate: true }) };
    }),
  );
}

/** In the tail, where it mostly is, or upwards from the offset. */
async function findRef(
  engine: Engine,
  call: Call,
  { id, head, offset }: LogPosition,
  packed: Uint8Array,
): Promise<number | undefined> {
  const inTail = baseOffsetInTail(head, [packed]);
  if (inTail !== undefined) return inTail;
  let runs = 0;
  const from = Math.max(offset, head.logStart);
  for await (const run of refRuns(engine, call, { id, head, offset: from })) {
    const baseOffset = run.baseOffsetOf(packed);
    if (baseOffset !== undefined) return baseOffset;
    runs++;
    if (runs >= runsMax) return undefined;
  }
  return undefined;
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
