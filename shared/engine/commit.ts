// One commit: bytes first, index second. The segment is put whole before any head names it, so a
// crash between the two leaves an object that no ref names, never a ref to nothing. A put of
// unknown outcome is put again, same key and bytes, before anything is appended.

import { EngineError } from '../errors.ts';
import { type EpochMillis, segmentTime } from '../ids.ts';
import { encodeRef } from '../log/ref.ts';
import { buildSegment } from '../segment/segment.ts';
import { partitionPk } from '../store/items.ts';
import { appendPlain } from './append-plain.ts';
import { type AppendOutcome, failureOf, type Pending } from './append-queue.ts';
import { appendStamped } from './append-stamped.ts';
import { type Call, type Engine, openCall } from './engine.ts';
import { newSegmentId, putSegment } from './put-segment.ts';
import { keepAppended } from './ranges.ts';
import { greatest, type Share, sharesOf } from './shares.ts';
import { meetProducers, type Standings } from './standings.ts';
import { placed, type StoredEntry } from './stretches.ts';

/** Every submission is settled, now or (one that comes before its predecessor) a little later. */
export async function commit(engine: Engine, submissions: readonly Pending[]): Promise<void> {
  const deadline = greatest(submissions.map((one) => one.deadline)) as EpochMillis;
  await store(engine, openCall(engine, { deadline }), submissions);
}

/** What its head says may have been swept goes into a new segment, which is newer. */
async function store(engine: Engine, call: Call, all: readonly Pending[]): Promise<void> {
  const shares = sharesOf(all);
  try {
    const swept = await storeSegment(engine, call, shares);
    if (swept.length > 0) await store(engine, call, swept);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    for (const share of shares) settleAll(call, share, { kind: 'failed', error });
  }
}

/** @returns what must go into a newer one.
 * @throws EngineError when it could not be stored, and nothing of it ever will be. */
async function storeSegment(
  engine: Engine,
  call: Call,
  shares: readonly Share[],
): Promise<readonly Pending[]> {
  const segment = buildSegment(shares.map(({ id, ...batches }) => ({ ...id, ...batches })));
  const [id, met] = await Promise.all([
    putSegment(engine, call, newSegmentId(engine, shares), segment),
    Promise.all(shares.map((share) => meet(engine, call, share))),
  ]);
  const swept = await allEnded(
    shares.map(async (share, index) => {
      const known = met[index] as Met;
      const entry = { ...(segment.placed[index] as StoredEntry), segment: id };
      if (known.kind === 'met') return append(engine, call, share, { ...known, entry });
      settleAll(call, share, { kind: 'failed', error: known.error });
      return [];
    }),
  );
  return swept.flat();
}

/** Nobody is told of a mistake of ours before all that was sent beside it is answered. */
async function allEnded<Answer>(all: readonly Promise<Answer>[]): Promise<readonly Answer[]> {
  await Promise.allSettled(all);
  return Promise.all(all);
}

type Meeting = { readonly standings: () => Promise<Standings>; readonly entry: StoredEntry };

/** @returns what was swept. */
async function append(
  engine: Engine,
  call: Call,
  share: Share,
  { standings, entry }: Meeting,
): Promise<readonly Pending[]> {
  const { id } = share;
  if (share.kind === 'stamped') {
    const open = new Set(placed(entry, share.pending));
    const again = (swept: readonly Pending[]) => store(engine, call, swept);
    return appendStamped(engine, call, { id, entry, open, meet: standings, again });
  }
  const { count, timestampMax } = share;
  const { segment, position, length, bytes } = entry;
  const place = { segment, position, length, count };
  const refs = [encodeRef({ ...place, timestampMax })];
  const time = segmentTime(segment);
  const result = await appendPlain(engine, call, {
    id,
    refs,
    count,
    segmentTime: time,
    stamps: [],
  });
  if (result.kind === 'swept') return share.pending;
  if (result.kind === 'appended') {
    keepAppended(engine, { ...place, baseOffset: result.baseOffset }, bytes);
    engine.arrivals.announce(partitionPk(id));
  }
  settleAll(call, share, result);
  return [];
}

/** @param outcome of the share as a whole. */
function settleAll({ operations }: Call, { pending }: Share, outcome: AppendOutcome): void {
  let baseOffset = outcome.kind === 'appended' ? outcome.baseOffset : 0;
  for (const one of pending) {
    if (outcome.kind === 'appended') one.settle({ kind: 'appended', baseOffset }, operations);
    else one.settle(failureOf(one, outcome.error), operations);
    baseOffset += one.count;
  }
}

type Met =
  | { readonly kind: 'met'; readonly standings: () => Promise<Standings> }
  /** This partition cannot be appended to; the others of the segment can. */
  | { readonly kind: 'failed'; readonly error: EngineError };

async function meet(engine: Engine, call: Call, share: Share): Promise<Met> {
  const producers = share.kind === 'plain' ? [] : share.pending.map(({ stamp }) => stamp.producer);
  try {
    return { kind: 'met', standings: await meetProducers(engine, call, share.id, producers) };
  } catch (error) {
    if (error instanceof EngineError) return { kind: 'failed', error };
    throw error;
  }
}
