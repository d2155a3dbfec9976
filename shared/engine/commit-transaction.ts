// How a transaction is committed: bytes first, then one write of its own item, if there is none,
// and of every head, by the conditions of an append. It may be sent again after any failure, since
// the item is put once. TransactionConflict is "not done", as the store says.
//
// After a try of unknown outcome no failure is definite, whatever was seen since: it may have been
// done before that. But KEY_REUSED is: the item holds another request, so this one was not
// committed.

import { EngineError } from '../errors.ts';
import { type PartitionId, segmentTime } from '../ids.ts';
import { type Append, appendWrite, type Head } from '../log/head.ts';
import { encodeRef } from '../log/ref.ts';
import { type Judgement, judge, type Stamp } from '../log/stamp.ts';
import { runsOf } from '../log/stamped-runs.ts';
import { readTransaction, transactionWrite } from '../log/transaction.ts';
import { buildSegment, type PlacedEntry } from '../segment/segment.ts';
import type { Item, Write } from '../store/algebra.ts';
import { hasExpired, partitionPk, txnKey } from '../store/items.ts';
import type { Refusal } from '../store/table.ts';
import { hold } from './append.ts';
import type { AppendOutcome, Batches } from './append-queue.ts';
import type { Call, Engine } from './engine.ts';
import { headOf, learnRefusal } from './heads.ts';
import { comesTooEarly, fenced, keyReused, overlaps } from './identity-errors.ts';
import { partitionGone } from './on-topic.ts';
import { afterRefusal, newPatience, type Patience, waitForPredecessor } from './patience.ts';
import { newSegmentId, putSegment } from './put-segment.ts';
import { outcomeUnknown, repeatable, repeatableTransaction } from './retry.ts';
import {
  type KnownStandings,
  meetProducers,
  mustWait,
  type Standings,
  standingsAt,
} from './standings.ts';
import { placesAfterCommit, placesOfCommitted, type StoredPart } from './transaction-places.ts';

export type TransactionToCommit = {
  /** What tells it from others, and what it asks for. */
  readonly hash: string;
  readonly fingerprint: string;
  /** One a partition. */
  readonly shares: readonly TransactionShare[];
  /** What else is written with it, or not. */
  readonly joining: () => Promise<readonly JoiningWrite[]>;
};

/** A write that joins a transaction, and what its refusal means. */
export type JoiningWrite = {
  readonly write: Write;
  readonly refused: (current: Item | undefined) => EngineError;
};

export type TransactionShare = Batches & {
  readonly id: PartitionId;
  readonly stamp?: Stamp;
  /** Of its topic, when it was decided which records it has. */
  readonly partitions: number;
};

/** A share, where it is stored, and what is known of its producer. */
type Part = StoredPart & { readonly share: TransactionShare; readonly standings: Standings };

type Work = TransactionToCommit & {
  readonly engine: Engine;
  readonly call: Call;
  /** A try may yet be done. */
  unsure: boolean;
  readonly patience: Patience;
};

/** @returns one outcome a share: all are appended.
 * @throws EngineError of which nothing is stored: UNKNOWN_PARTITION, THROTTLED, UNAVAILABLE,
 *   OUT_OF_ORDER_SEQUENCE, PRODUCER_FENCED, KEY_REUSED, and what says no to what joins it; of
 *   unknown outcome: OUTCOME_UNKNOWN */
export async function commitTransaction(
  engine: Engine,
  call: Call,
  asked: TransactionToCommit,
): Promise<readonly AppendOutcome[]> {
  const work: Work = { ...asked, engine, call, unsure: false, patience: newPatience() };
  const bytes = hold(engine.appends, asked.shares);
  try {
    for (;;) {
      const outcomes = await commitSegment(work);
      if (outcomes !== 'swept') return outcomes;
    }
  } catch (error) {
    if (!(error instanceof EngineError) || !work.unsure || error.code === 'KEY_REUSED') throw error;
    throw outcomeUnknown(error);
  } finally {
    engine.appends.bytes -= bytes;
  }
}

async function commitSegment(work: Work): Promise<readonly AppendOutcome[] | 'swept'> {
  const { engine, call } = work;
  const joining = await joiningOf(work);
  let parts = await storeParts(work);
  if (!('writes' in joining)) return answerAgain(work, parts, joining.committed);
  for (;;) {
    const judgements = parts.map(judgementOf);
    if (judgements.some(isDecided)) return decide(work, parts, judgements);
    const early = parts.filter((_, index) => judgements[index]?.kind === 'gap');
    if (early.length > 0) {
      if (!(await waitForPredecessor(engine, call, work.patience))) {
        throw comesTooEarly(early[0]?.share.stamp as Stamp);
      }
      parts = await metAgain(work, parts, early);
      continue;
    }
    const crowded = parts.filter(({ share, standings }) => {
      return share.stamp !== undefined && mustWait(standings, share.stamp.producer);
    });
    if (crowded.length > 0) {
      await afterRefusal(engine, call, work.patience, crowded.map(headInStandings));
      parts = await metAgain(work, parts, crowded);
      continue;
    }
    const refusals = await send(work, parts, joining.writes);
    if (refusals === 'done') return placesAfterCommit(engine, call, parts);
    const [committed, ...others] = refusals;
    if (committed?.current !== undefined) return answerAgain(work, parts, committed.current);
    for (const [at, { refused }] of joining.writes.entries()) {
      const refusal = others[parts.length + at];
      if (refusal !== undefined) throw refused(refusal.current);
    }
    const left = await afterRefusals(work, parts, others);
    if (left === 'swept') return 'swept';
    parts = left;
  }
}

type Joining =
  | { readonly writes: readonly JoiningWrite[] }
  /** What says no to them now may do so because this was committed. */
  | { readonly committed: Item };

async function joiningOf(work: Work): Promise<Joining> {
  try {
    return { writes: await work.joining() };
  } catch (error) {
    const committed = error instanceof EngineError ? await findCommitted(work) : undefined;
    if (committed === undefined) throw error;
    return { committed };
  }
}

/** Its own item. */
async function findCommitted({ engine, call, hash }: Work): Promise<Item | undefined> {
  const get = () => call.table.get(txnKey(hash), { strong: true });
  const item = await repeatable(engine, call, get);
  return item === undefined || hasExpired(item, engine.clock.now()) ? undefined : item;
}

/** Bytes first. The heads, and the producers that are not known to be in them, are met
 * meanwhile. */
async function storeParts(work: Work): Promise<readonly Part[]> {
  const { engine, call, shares } = work;
  const entries = shares.map(({ id, batches, count, timestampMax }) => {
    return { ...id, batches, count, timestampMax };
  });
  const segment = buildSegment(entries);
  const [segmentId, met] = await Promise.all([
    putSegment(engine, call, newSegmentId(engine, shares), segment),
    Promise.all(
      shares.map(({ id, stamp }) => {
        return meetProducers(engine, call, id, stamp === undefined ? [] : [stamp.producer]);
      }),
    ),
  ]);
  const standings = await Promise.all(met.map((ask) => ask()));
  return shares.map((share, index) => {
    const { id, count, timestampMax, partitions } = share;
    const { position, length, bytes } = segment.placed[index] as PlacedEntry;
    const ref = { segment: segmentId, position, length, count, timestampMax };
    const from = engine.heads.get(partitionPk(id))?.nextOffset ?? 0;
    return { share, id, ref, bytes, from, partitions, standings: standings[index] };
  });
}

/** undefined: nothing is known that would say no. */
function judgementOf({ share, standings }: Part): Judgement | undefined {
  const { stamp, count } = share;
  if (stamp === undefined || standings === undefined) return undefined;
  return judge(stamp, count, standings.of(stamp.producer).state);
}

function headInStandings({ id, standings }: Part) {
  return { id, head: (standings as KnownStandings).head };
}

function isDecided(judgement: Judgement | undefined): boolean {
  return judgement !== undefined && judgement.kind !== 'next' && judgement.kind !== 'gap';
}

/** The heads were read one after the other, and so may tell of a commit of this very transaction in
 * part: first its own item is asked.
 * @throws EngineError PRODUCER_FENCED, OUT_OF_ORDER_SEQUENCE, KEY_REUSED */
async function decide(
  work: Work,
  parts: readonly Part[],
  judgements: readonly (Judgement | undefined)[],
): Promise<readonly AppendOutcome[]> {
  const committed = await findCommitted(work);
  if (committed !== undefined) return answerAgain(work, parts, committed);
  return parts.map(({ share }, index) => {
    const judgement = judgements[index];
    const stamp = share.stamp as Stamp;
    if (judgement?.kind === 'fenced') throw fenced(stamp);
    // All of it was stored before, and is forgotten; else its numbers were used for something else.
    if (judgement?.kind === 'older') return { kind: 'appended', baseOffset: -1, duplicate: true };
    if (judgement?.kind !== 'repeat') throw overlaps(stamp);
    return { kind: 'appended', baseOffset: judgement.baseOffset, duplicate: true };
  });
}

/** @param item of the transaction, which is committed. @throws EngineError KEY_REUSED */
function answerAgain(
  { engine, call, fingerprint }: Work,
  parts: readonly Part[],
  item: Item,
): Promise<readonly AppendOutcome[]> {
  const committed = readTransaction(item);
  if (committed.fingerprint !== fingerprint) throw keyReused();
  return placesOfCommitted(engine, call, parts, committed.places);
}

/** @returns why it was refused, one entry a write. */
async function send(
  work: Work,
  parts: readonly Part[],
  joining: readonly JoiningWrite[],
): Promise<readonly (Refusal | undefined)[] | 'done'> {
  const { engine, call, hash, fingerprint } = work;
  const places = parts.map(({ id, from, ref, partitions }) => {
    return { id, from, partitions, ref: encodeRef(ref) };
  });
  const own = transactionWrite(hash, { fingerprint, places }, engine.clock.now());
  const appends = parts.map((part) => appendWrite(appendOf(part)));
  const writes = [own, ...appends, ...joining.map(({ write }) => write)];
  const { result, maybeDone } = await repeatableTransaction(engine, call, writes);
  work.unsure ||= maybeDone;
  return result.kind === 'done' ? 'done' : result.refusals;
}

function appendOf({ id, ref, share: { stamp, count }, standings }: Part): Append {
  const stamps = stamp === undefined ? [] : runsOf([{ stamp, count }], standings?.of);
  return { id, refs: [encodeRef(ref)], count, segmentTime: segmentTime(ref.segment), stamps };
}

/** @returns the parts as their heads say they stand now.
 * @throws EngineError UNKNOWN_PARTITION; THROTTLED, UNAVAILABLE: too many were in the way. */
async function afterRefusals(
  work: Work,
  parts: readonly Part[],
  refusals: readonly (Refusal | undefined)[],
): Promise<readonly Part[] | 'swept'> {
  const { engine, call } = work;
  const full: { readonly id: PartitionId; readonly head: Head }[] = [];
  let swept = false;
  const next = await Promise.all(
    parts.map(async (part, index) => {
      const { id, share } = part;
      const refused = refusals[index];
      if (refused === undefined) return part;
      const refusal = learnRefusal(engine, appendOf(part), refused.current);
      if (refusal.kind === 'no-partition') throw partitionGone();
      const { head } = refusal;
      swept ||= refusal.kind === 'swept';
      if (refusal.kind === 'full') full.push({ id, head });
      if (share.stamp === undefined) return part;
      const standings = await standingsAt(engine, call, { id, head }, [share.stamp.producer]);
      return { ...part, standings };
    }),
  );
  if (swept) return 'swept';
  await afterRefusal(engine, call, work.patience, full);
  return next;
}

async function metAgain(
  { engine, call }: Work,
  parts: readonly Part[],
  early: readonly Part[],
): Promise<readonly Part[]> {
  return Promise.all(
    parts.map(async (part) => {
      const { id, share } = part;
      if (!early.includes(part) || share.stamp === undefined) return part;
      const head = await headOf(engine, call, id);
      const standings = await standingsAt(engine, call, { id, head }, [share.stamp.producer]);
      return { ...part, standings };
    }),
  );
}
