// One commit: bytes first, index second. The segment is put whole before any head names it, so a
// crash between the two leaves an object that no ref names, never a ref to nothing. A put of
// unknown outcome is put again, same key and bytes, before anything is appended.

import { EngineError } from '../errors.ts';
import { type EpochMillis, type SegmentId, segmentIdOf, segmentTime } from '../ids.ts';
import { encodeRef } from '../log/ref.ts';
import { segmentKey } from '../segment/keys.ts';
import { buildSegment, type PlacedEntry } from '../segment/segment.ts';
import { headKey, partitionPk } from '../store/items.ts';
import { StoreError } from '../store/store-error.ts';
import type { Appended, AppendOutcome, Submission } from './append-queue.ts';
import { type AppendResult, appendToHead } from './append-to-head.ts';
import { type Call, type Engine, openCall } from './engine.ts';
import { learnHead } from './known-heads.ts';
import { keepAppended } from './ranges.ts';
import { retry } from './retry.ts';

/** What one commit appends to one partition: the submissions to it, in order, under one ref. */
type Share = {
  readonly pk: string;
  readonly submissions: readonly Submission[];
  readonly batches: readonly Uint8Array[];
  readonly count: number;
  readonly timestampMax: number;
};

type ShareResult = Exclude<AppendResult, { kind: 'swept' }>;

export async function commit(
  engine: Engine,
  submissions: readonly Submission[],
): Promise<Appended> {
  const deadline = Math.min(...submissions.map((one) => one.deadline)) as EpochMillis;
  const call = openCall(engine, { deadline });
  const shares = sharesOf(submissions);
  const results = await storeShares(engine, call, shares);
  const outcomes = new Map<Submission, AppendOutcome>();
  for (const [index, share] of shares.entries()) {
    settle(share, results[index] as ShareResult, outcomes);
  }
  return {
    outcomes: submissions.map((submission) => outcomes.get(submission) as AppendOutcome),
    operations: call.operations,
  };
}

function sharesOf(submissions: readonly Submission[]): readonly Share[] {
  const byPartition = Map.groupBy(submissions, ({ id }) => partitionPk(id));
  return [...byPartition].map(([pk, own]) => ({
    pk,
    submissions: own,
    batches: own.flatMap(({ batches }) => batches),
    count: own.reduce((sum, { count }) => sum + count, 0),
    timestampMax: own.reduce((max, one) => Math.max(max, one.timestampMax), -1),
  }));
}

/** A share whose head says that its segment may have been swept goes into a new one, which is
 * newer. */
async function storeShares(
  engine: Engine,
  call: Call,
  shares: readonly Share[],
): Promise<readonly ShareResult[]> {
  try {
    const results = await storeSegment(engine, call, shares);
    const again = shares.filter((_, index) => results[index]?.kind === 'swept');
    if (again.length === 0) return results as readonly ShareResult[];
    const later = (await storeShares(engine, call, again))[Symbol.iterator]();
    return results.map((result) =>
      result.kind === 'swept' ? (later.next().value as ShareResult) : result,
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
  const segment = buildSegment(
    shares.map(({ submissions, batches, count, timestampMax }) => {
      const { topicId, partition } = (submissions[0] as Submission).id;
      return { topicId, partition, batches, count, timestampMax };
    }),
  );
  const [id] = await Promise.all([
    putSegment(engine, call, newSegmentId(engine, shares), segment),
    learnUnknownHeads(engine, call, shares),
  ]);
  return Promise.all(
    shares.map(async (share, index) => {
      const { position, length, bytes } = segment.placed[index] as PlacedEntry;
      const { count, timestampMax } = share;
      const partition = (share.submissions[0] as Submission).id;
      const ref = encodeRef({ segment: id, position, length, count, timestampMax });
      const append = { id: partition, ref, count, segmentTime: segmentTime(id) };
      const result = await appendToHead(engine, call, append);
      if (result.kind === 'appended') {
        const { baseOffset } = result;
        keepAppended(engine, { segment: id, position, length, baseOffset, count }, bytes);
        engine.arrivals.announce(share.pk);
      }
      return result;
    }),
  );
}

/** Its time is above every `sweptBefore` its writer knows of, whatever this clock says. */
function newSegmentId(engine: Engine, shares: readonly Share[]): SegmentId {
  const swept = shares.map(({ pk }) => engine.heads.get(pk)?.sweptBefore ?? -1);
  const time = Math.max(engine.clock.now(), ...swept.map((before) => before + 1));
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
    await retry(engine, { deadline: call.deadline, after: 'any' }, put);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // Whatever became of the object, no head will name it: a definite failure.
    throw new EngineError('UNAVAILABLE', 'the segment could not be stored; try again', {
      cause: error,
    });
  }
  return id;
}

/** The one read that a process makes of a head: from then on, every answer tells it. */
async function learnUnknownHeads(
  engine: Engine,
  call: Call,
  shares: readonly Share[],
): Promise<void> {
  const unknown = shares.filter(({ pk }) => !engine.heads.has(pk));
  await Promise.all(
    unknown.map(async ({ pk, submissions }) => {
      const key = headKey((submissions[0] as Submission).id);
      const read = () => call.table.get(key, { strong: true });
      const item = await retry(engine, { deadline: call.deadline, after: 'any' }, read);
      if (item !== undefined) learnHead(engine, pk, item);
    }),
  );
}

function settle(share: Share, result: ShareResult, outcomes: Map<Submission, AppendOutcome>): void {
  let baseOffset = result.kind === 'appended' ? result.baseOffset : 0;
  for (const submission of share.submissions) {
    outcomes.set(
      submission,
      result.kind === 'appended' ? { kind: 'appended', baseOffset } : result,
    );
    baseOffset += submission.count;
  }
}
