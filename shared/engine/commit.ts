// One commit: bytes first, index second. The segment is put whole before any head names it, so a
// crash between the two leaves an object that no ref names, never a ref to nothing. A put of
// unknown outcome is put again, same key and bytes, before anything is appended.

import { EngineError } from '../errors.ts';
import {
  type EpochMillis,
  type PartitionId,
  type SegmentId,
  segmentIdOf,
  segmentTime,
} from '../ids.ts';
import { encodeRef } from '../log/ref.ts';
import { segmentKey } from '../segment/keys.ts';
import { buildSegment, type PlacedEntry } from '../segment/segment.ts';
import { partitionPk } from '../store/items.ts';
import { StoreError } from '../store/store-error.ts';
import type { Appended, AppendOutcome, Batches, Submission } from './append-queue.ts';
import { type AppendResult, appendToHead } from './append-to-head.ts';
import { type Call, type Engine, openCall } from './engine.ts';
import { headOf } from './heads.ts';
import { keepAppended } from './ranges.ts';
import { repeatable } from './retry.ts';

/** What one commit appends to one partition: the submissions to it, in order, under one ref. */
type Share = Batches & {
  readonly id: PartitionId;
  readonly submissions: readonly Submission[];
};

export async function commit(
  engine: Engine,
  submissions: readonly Submission[],
): Promise<Appended> {
  const deadline = greatest(submissions.map((one) => one.deadline)) as EpochMillis;
  const call = openCall(engine, { deadline });
  const shares = sharesOf(submissions);
  const results = await storeShares(engine, call, shares);
  const outcomes = new Map<Submission, AppendOutcome>();
  for (const [index, share] of shares.entries()) {
    settle(share, results[index] as AppendOutcome, outcomes);
  }
  return {
    outcomes: submissions.map((submission) => outcomes.get(submission) as AppendOutcome),
    operations: call.operations,
  };
}

function sharesOf(submissions: readonly Submission[]): readonly Share[] {
  const byPartition = Map.groupBy(submissions, ({ id }) => partitionPk(id));
  return [...byPartition.values()].map((own) => ({
    id: (own[0] as Submission).id,
    submissions: own,
    batches: own.flatMap(({ batches }) => batches),
    count: own.reduce((sum, { count }) => sum + count, 0),
    timestampMax: greatest(own.map(({ timestampMax }) => timestampMax)),
  }));
}

/** Math.max takes its numbers as arguments, and a commit may have more of them than a stack. */
function greatest(numbers: readonly number[]): number {
  return numbers.reduce((max, number) => Math.max(max, number), -1);
}

/** A share whose head says that its segment may have been swept goes into a new one, which is
 * newer. */
async function storeShares(
  engine: Engine,
  call: Call,
  shares: readonly Share[],
): Promise<readonly AppendOutcome[]> {
  try {
    const results = await storeSegment(engine, call, shares);
    const again = shares.filter((_, index) => results[index]?.kind === 'swept');
    if (again.length === 0) return results as readonly AppendOutcome[];
    const later = (await storeShares(engine, call, again))[Symbol.iterator]();
    return results.map((result) =>
      result.kind === 'swept' ? (later.next().value as AppendOutcome) : result,
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return shares.map(() => ({ kind: 'failed', error }));
  }
}

async function storeSegment(
  engine: Engine,
  call: Call,
  shares: readonly Share[],
): Promise<readonly AppendResult[]> {
  const entries = shares.map(({ id, ...batches }) => ({ ...id, ...batches }));
  const segment = buildSegment(entries);
  const [segmentId, faults] = await Promise.all([
    putSegment(engine, call, newSegmentId(engine, shares), segment),
    Promise.all(shares.map(({ id }) => meetHead(engine, call, id))),
  ]);
  return Promise.all(
    shares.map(async ({ id, count, timestampMax }, index) => {
      const error = faults[index];
      if (error !== undefined) return { kind: 'failed', error };
      const { position, length, bytes } = segment.placed[index] as PlacedEntry;
      const place = { segment: segmentId, position, length, count };
      const ref = encodeRef({ ...place, timestampMax });
      const append = { id, ref, count, segmentTime: segmentTime(segmentId) };
      const result = await appendToHead(engine, call, append);
      if (result.kind === 'appended') {
        keepAppended(engine, { ...place, baseOffset: result.baseOffset }, bytes);
        engine.arrivals.announce(partitionPk(id));
      }
      return result;
    }),
  );
}

/** Its time is above every `sweptBefore` its writer knows of, whatever this clock says. */
function newSegmentId(engine: Engine, shares: readonly Share[]): SegmentId {
  const swept = shares.map(({ id }) => engine.heads.get(partitionPk(id))?.sweptBefore ?? -1);
  const time = Math.max(engine.clock.now(), greatest(swept) + 1);
  return segmentIdOf(time as EpochMillis, engine.chance.bytes(10));
}

/** @returns the id it was stored under: another one, should the first be taken. */
async function putSegment(
  engine: Engine,
  call: Call,
  first: SegmentId,
  { parts, crc32c }: { readonly parts: readonly Uint8Array[]; readonly crc32c: number },
): Promise<SegmentId> {
  let id = first;
  let mayBeMine = false;
  const put = async () => {
    try {
      const answer = await call.objects.put({ key: segmentKey(id), parts, crc32c });
      if (answer === 'stored' || mayBeMine) return;
      id = segmentIdOf(segmentTime(id), engine.chance.bytes(10));
      throw new StoreError('not-done', 'conflict');
    } catch (error) {
      mayBeMine ||= error instanceof StoreError && error.outcome === 'unknown';
      throw error;
    }
  };
  try {
    await repeatable(engine, call, put);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // Whatever became of the object, no head will name it: a definite failure.
    throw new EngineError('UNAVAILABLE', 'the segment could not be stored; try again', {
      cause: error,
    });
  }
  return id;
}

/** The one read that a process makes of a head: from then on, every answer tells it.
 * @returns why this partition cannot be appended to; the others of the segment can. */
async function meetHead(
  engine: Engine,
  call: Call,
  id: PartitionId,
): Promise<EngineError | undefined> {
  if (engine.heads.has(partitionPk(id))) return undefined;
  try {
    await headOf(engine, call, id);
    return undefined;
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

function settle(
  share: Share,
  result: AppendOutcome,
  outcomes: Map<Submission, AppendOutcome>,
): void {
  let baseOffset = result.kind === 'appended' ? result.baseOffset : 0;
  for (const submission of share.submissions) {
    outcomes.set(
      submission,
      result.kind === 'appended' ? { kind: 'appended', baseOffset } : result,
    );
    baseOffset += submission.count;
  }
}
