// Stamped appends to one head. An update that carries stamps may be sent again after any failure,
// by anyone: its own condition holds once. An answer is definite unless an update of unknown
// outcome carried the batch: then no failure is.
//
// Each round sends what may go, all of it in one update, and learns from the answer what became of
// the rest. A batch that comes before its predecessor waits for it apart, so that it holds up
// nobody.

import { EngineError } from '../errors.ts';
import { type PartitionId, segmentTime } from '../ids.ts';
import { type Append, appendWrite, type Head } from '../log/head.ts';
import { encodeRef } from '../log/ref.ts';
import { baseOffsetInTail } from '../log/refs.ts';
import { runsOf, type Turn, turnsOf } from '../log/stamped-runs.ts';
import type { Item } from '../store/algebra.ts';
import { partitionPk } from '../store/items.ts';
import { type AppendOutcome, failureOf } from './append-queue.ts';
import type { Call, Engine } from './engine.ts';
import { headOf, learnHead, learnRefusal } from './heads.ts';
import { comesTooEarly, fenced, overlaps } from './identity-errors.ts';
import { partitionGone } from './on-topic.ts';
import { afterRefusal, newPatience, type Patience, waitForPredecessor } from './patience.ts';
import { keepAppended } from './ranges.ts';
import { repeatableWrite } from './retry.ts';
import { rollIfDue } from './roll.ts';
import type { StampedPending } from './shares.ts';
import { type KnownStandings, mustWait, type Standings, standingsAt } from './standings.ts';
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
  readonly patience: Patience;
};

/** Settles every batch, now or once it has waited for its predecessor.
 * @returns those whose bytes must go into a newer segment, since this one may have been swept. */
export function appendStamped(
  engine: Engine,
  call: Call,
  { meet, ...append }: StampedAppend,
): Promise<readonly StampedPending[]> {
  return appendOpen({ ...append, engine, call, patience: newPatience() }, meet);
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
      if (head === 'swept') return [...open];
      if (open.size === 0) break;
      standings = await standingsAt(engine, call, { id, head }, producersOf(work));
    }
    if (open.size > 0) engine.background.run(waitAndGoOn(work));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    for (const batch of open) giveUp(work, batch, error);
  }
  return [];
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
    const isOwn = turn.kind === 'repeat' && batch.mayBeStored;
    const appended = { kind: 'appended', baseOffset } as const;
    settle(work, batch, isOwn ? appended : { ...appended, duplicate: true });
  }
}

/** @returns the head as it is now; or that it refuses this segment for good.
 * @throws EngineError UNKNOWN_PARTITION, and as retry does. */
async function sendRound(
  work: Work,
  ready: readonly PlacedPending[],
  standings: Standings,
): Promise<Head | 'swept'> {
  const { engine, call, id } = work;
  const sent = ready.filter(({ stamp }) => !mustWait(standings, stamp.producer));
  if (sent.length === 0) {
    const { head } = standings as KnownStandings;
    await afterRefusal(engine, call, work.patience, [{ id, head }]);
    return headOf(engine, call, id);
  }
  const stretches = stretchesOf(work.entry, sent);
  const append: Append = {
    id,
    refs: stretches.map(encodeRef),
    count: sent.reduce((sum, { count }) => sum + count, 0),
    segmentTime: segmentTime(work.entry.segment),
    stamps: runsOf(sent, standings?.of),
  };
  const { result, maybeDone } = await send(work, sent, append);
  if (result.kind === 'done') {
    const head = learnHead(engine, id, result.item as Item);
    rollIfDue(engine, call, append, head);
    settleAppended(work, stretches, head.nextOffset - append.count);
    return head;
  }
  const refusal = learnRefusal(engine, append, result.current);
  if (refusal.kind === 'no-partition') throw partitionGone();
  const { head } = refusal;
  // All of its refs: those of an update that carried fewer batches begin alike.
  const mine = maybeDone ? baseOffsetInTail(head, append.refs) : undefined;
  if (mine !== undefined) {
    rollIfDue(engine, call, append, head);
    settleAppended(work, stretches, mine);
    return head;
  }
  if (refusal.kind === 'swept') return 'swept';
  const full = refusal.kind === 'full' ? [{ id, head }] : [];
  await afterRefusal(engine, call, work.patience, full);
  return head;
}

/** Whatever becomes of it, an update of which a try was of unknown outcome may yet land. */
async function send(
  { engine, call }: Work,
  sent: readonly PlacedPending[],
  append: Append,
): ReturnType<typeof repeatableWrite> {
  const note = (isUnsure: boolean) => {
    if (isUnsure) for (const batch of sent) batch.mayBeStored = true;
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

/** Once for a while; then all that is open takes its turn. */
async function waitAndGoOn(work: Work): Promise<void> {
  const { engine, call, id } = work;
  if (!(await waitForPredecessor(engine, call, work.patience))) {
    for (const batch of work.open) giveUp(work, batch, comesTooEarly(batch.stamp));
    return;
  }
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

function giveUp(work: Work, batch: PlacedPending, error: EngineError): void {
  const own =
    error.outcome === 'unknown'
      ? new EngineError('UNAVAILABLE', 'it was not sent; try again')
      : error;
  settle(work, batch, failureOf(batch, own));
}
