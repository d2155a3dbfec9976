// Stamped appends to one head. An update that carries stamps may be sent again after any failure,
// by anyone: its own condition holds once. So its answers are definite but for one case: who gives
// up on an update of unknown outcome whose turn may still come does not know what becomes of it.
//
// Each round sends what may go, all of it in one update, and learns from the answer what became of
// the rest. A batch that comes before its predecessor waits for it apart, so that it holds up
// nobody.

import { EngineError } from '../errors.ts';
import { type PartitionId, segmentTime } from '../ids.ts';
import { rollOddsWhenFull, sequenceWaitMillisMax, triesMax } from '../limits.ts';
import { type Append, appendWrite, type Head, newcomersMustWait, whyRefused } from '../log/head.ts';
import { encodeRef } from '../log/ref.ts';
import { baseOffsetInTail } from '../log/refs.ts';
import { runsOf, type Turn, turnsOf } from '../log/stamped-runs.ts';
import type { Item } from '../store/algebra.ts';
import { partitionPk } from '../store/items.ts';
import type { AppendOutcome } from './append-queue.ts';
import type { Call, Engine } from './engine.ts';
import { headOf, learnHead } from './heads.ts';
import { partitionGone } from './on-topic.ts';
import { comesTooEarly, fenced, overlaps } from './producer-errors.ts';
import { keepAppended } from './ranges.ts';
import { outcomeUnknown, pauseBefore, repeatableWrite } from './retry.ts';
import { roll, rollIfDue } from './roll.ts';
import type { StampedPending } from './shares.ts';
import { type Standings, standingsAt } from './standings.ts';
import { type PlacedPending, type StoredEntry, type Stretch, stretchesOf } from './stretches.ts';

export type StampedAppend = {
  readonly id: PartitionId;
  readonly entry: StoredEntry;
  /** Not settled yet, in turn order. */
  readonly open: Set<PlacedPending>;
  /** Asked once the segment is stored. */
  readonly meet: () => Promise<Standings>;
  /** For batches that wait, and must then go into a newer segment. */
  readonly again: (swept: readonly StampedPending[]) => Promise<void>;
};

type Work = Omit<StampedAppend, 'meet'> & {
  readonly engine: Engine;
  readonly call: Call;
  /** An update that may yet land carries them. */
  readonly unsure: Set<PlacedPending>;
  /** Updates that were refused. */
  refusals: number;
  /** Waits for predecessors: how many, and when they end. */
  waits: number;
  waitsUntil: number;
};

/** Settles every batch, now or once it has waited for its predecessor.
 * @returns those whose bytes must go into a newer segment, since this one may have been swept. */
export function appendStamped(
  engine: Engine,
  call: Call,
  { meet, ...append }: StampedAppend,
): Promise<readonly StampedPending[]> {
  const waiting = { refusals: 0, waits: 0, waitsUntil: Number.POSITIVE_INFINITY };
  const unsure = new Set([...append.open].filter((batch) => batch.mayBeStored));
  const work: Work = { ...append, engine, call, unsure, ...waiting };
  return appendOpen(work, meet);
}

async function appendOpen(
  work: Work,
  meet: () => Promise<Standings>,
): Promise<readonly StampedPending[]> {
  const { engine, call, id, open } = work;
  try {
    let standings = await meet();
    for (;;) {
      const sent = takeTurns(work, standings);
      if (sent.length === 0) break;
      const head = await sendRound(work, sent, standings);
      if (head === 'swept') return [...open].map((batch) => sweptFrom(work, batch));
      if (head === 'gone' || open.size === 0) break;
      standings = await standingsAt(engine, call, { id, head }, producersOf(work));
    }
    if (open.size > 0) engine.background.run(waitForPredecessors(work));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    for (const batch of open) giveUp(work, batch, error);
  }
  return [];
}

/** Into the next segment it takes along what is known of it. */
function sweptFrom({ unsure }: Work, batch: PlacedPending): StampedPending {
  return unsure.has(batch) ? { ...batch, mayBeStored: true } : batch;
}

function producersOf({ open }: Work) {
  return [...open].map(({ stamp }) => stamp.producer);
}

/** Settles what is decided. @returns what is to be sent; none: all that is open waits. */
function takeTurns(work: Work, standings: Standings): readonly PlacedPending[] {
  const batches = [...work.open];
  const turns = turnsOf(batches, standings?.of);
  return batches.filter((batch, index) => {
    const turn = turns[index] as Turn;
    if (turn.kind === 'send') return true;
    if (turn.kind !== 'later' && turn.kind !== 'gap') settleDecided(work, batch, turn);
    return false;
  });
}

/** What it is told that is decided: a producer's state only goes forward. That a batch is fenced,
 * or overlaps, does not tell whether an earlier update had stored it, when one may have. */
function settleDecided(
  work: Work,
  batch: PlacedPending,
  turn: Exclude<Turn, { readonly kind: 'send' | 'later' | 'gap' }>,
): void {
  if (turn.kind === 'fenced') giveUp(work, batch, fenced(batch.stamp));
  else if (turn.kind === 'overlap') giveUp(work, batch, overlaps(batch.stamp));
  else {
    const baseOffset = turn.kind === 'repeat' ? turn.baseOffset : -1;
    const isOwn = turn.kind === 'repeat' && work.unsure.has(batch);
    const appended = { kind: 'appended', baseOffset } as const;
    settle(work, batch, isOwn ? appended : { ...appended, duplicate: true });
  }
}

/** @returns the head as it is now; or that it refuses this segment for good; or that there is none,
 * and every batch is settled.
 * @throws EngineError as retry does. */
async function sendRound(
  work: Work,
  sent: readonly PlacedPending[],
  standings: Standings,
): Promise<Head | 'swept' | 'gone'> {
  const { engine, call, id } = work;
  const stretches = stretchesOf(work.entry, sent);
  const append: Append = {
    id,
    refs: stretches.map(encodeRef),
    count: sent.reduce((sum, { count }) => sum + count, 0),
    segmentTime: segmentTime(work.entry.segment),
    stamps: runsOf(sent, standings?.of),
  };
  if (standings !== undefined && newcomersMustWait(standings.head, append.stamps)) {
    await beforeNextRound(work, { kind: 'full', head: standings.head });
    return headOf(engine, call, id);
  }
  const { result, maybeDone } = await send(work, sent, append);
  if (result.kind === 'done') {
    const head = learnHead(engine, id, result.item as Item);
    rollIfDue(engine, call, append, head);
    settleAppended(work, stretches, head.nextOffset - append.count);
    return head;
  }
  const refusal = whyRefused(append, result.current);
  if (refusal.kind === 'no-partition') {
    engine.heads.delete(partitionPk(id));
    for (const batch of work.open) giveUp(work, batch, partitionGone());
    return 'gone';
  }
  const head = learnHead(engine, id, result.current as Item);
  // All of its refs: those of an update that carried fewer batches begin alike.
  const mine = maybeDone ? baseOffsetInTail(head, append.refs) : undefined;
  if (mine !== undefined) {
    rollIfDue(engine, call, append, head);
    settleAppended(work, stretches, mine);
  } else if (refusal.kind === 'swept') return 'swept';
  else await beforeNextRound(work, refusal);
  return head;
}

/** Whatever becomes of it, an update of which a try was of unknown outcome may yet land. */
async function send(
  { engine, call, unsure }: Work,
  sent: readonly PlacedPending[],
  append: Append,
): ReturnType<typeof repeatableWrite> {
  const note = (isUnsure: boolean) => {
    if (isUnsure) for (const batch of sent) unsure.add(batch);
  };
  try {
    const answer = await repeatableWrite(engine, call, appendWrite(append));
    note(answer.maybeDone);
    return answer;
  } catch (error) {
    note(error instanceof EngineError && error.outcome === 'unknown');
    throw error;
  }
}

/** @throws EngineError THROTTLED, UNAVAILABLE: too many were refused. */
async function beforeNextRound(
  work: Work,
  { kind, head }: { readonly kind: 'full' | 'stamps'; readonly head: Head },
): Promise<void> {
  const { engine, call, id } = work;
  work.refusals++;
  if (work.refusals >= triesMax) {
    const code = kind === 'full' ? 'THROTTLED' : 'UNAVAILABLE';
    throw new EngineError(code, 'too many were in the way; try again');
  }
  if (kind === 'stamps') return;
  if (engine.chance.fraction() < rollOddsWhenFull) return roll(engine, call, id, head);
  await engine.clock.sleep(pauseBefore(work.refusals, engine.chance));
}

/** Once for a while; then all that is open takes its turn. */
async function waitForPredecessors(work: Work): Promise<void> {
  const { engine, call, id } = work;
  const now = engine.clock.now();
  work.waitsUntil = Math.min(work.waitsUntil, now + sequenceWaitMillisMax, call.deadline);
  work.waits++;
  if (now >= work.waitsUntil) {
    for (const batch of work.open) giveUp(work, batch, comesTooEarly(batch.stamp));
    return;
  }
  const pause = pauseBefore(work.waits, engine.chance);
  await engine.clock.sleep(Math.min(pause, work.waitsUntil - now));
  const swept = await appendOpen(work, async () => {
    const head = await headOf(engine, call, id);
    return standingsAt(engine, call, { id, head }, producersOf(work));
  });
  if (swept.length > 0) await work.again(swept);
}

function settleAppended(work: Work, stretches: readonly Stretch[], baseOffset: number): void {
  const { engine, id } = work;
  let next = baseOffset;
  for (const stretch of stretches) {
    const { segment, position, length, count, bytes } = stretch;
    keepAppended(engine, { segment, position, length, count, baseOffset: next }, bytes);
    for (const batch of stretch.batches) {
      settle(work, batch, { kind: 'appended', baseOffset: next });
      next += batch.count;
    }
  }
  engine.arrivals.announce(partitionPk(id));
}

function settle({ open, call }: Work, batch: PlacedPending, outcome: AppendOutcome): void {
  open.delete(batch);
  batch.settle(outcome, call.operations);
}

/** A definite failure is one only if no update that carries the batch may still land. */
function giveUp(work: Work, batch: PlacedPending, error: EngineError): void {
  const isUnsure = work.unsure.has(batch);
  const definite =
    error.outcome === 'unknown'
      ? new EngineError('UNAVAILABLE', 'it was not sent; try again')
      : error;
  settle(work, batch, { kind: 'failed', error: isUnsure ? outcomeUnknown(error) : definite });
}
