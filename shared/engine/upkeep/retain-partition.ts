// Retention of a partition: its log start is raised past what is too old or too much, and what lies
// below it is dropped from the index; a sweep deletes the objects later. Each step is right by
// itself, and what a crash leaves undone the next run finds below the log start.
//
// Every run also deletes what a roller has put back that froze before its chunks were deleted.

import type { PartitionId } from '../../ids.ts';
import { type Head, readHead } from '../../log/head.ts';
import { type Refs, refsOfTail } from '../../log/refs.ts';
import {
  type Dropping,
  dropOldest,
  type Keeping,
  keepNewest,
  planTailCut,
  type Retention,
  raiseLogStart,
} from '../../log/retention.ts';
import { chunkKey } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { headIfThere } from '../heads.ts';
import { repeatableWrite } from '../retry.ts';
import { roll } from '../roll.ts';
import { chunksBetween, chunksDownFrom } from './read-chunks.ts';

/** Chunks that are dropped at once: how much of a run a crash leaves to the next. */
const runsPerDrop = 64;
/** Appends have the thousand writes a second of a partition key for themselves, but for a few
 * hundred. */
const deletesInFlightMax = 2;
/** How often others may come between: then the next run cuts. */
const cutTriesMax = 4;

export type Retained = {
  /** Where the log starts now; undefined: the partition is gone. */
  readonly logStart: number | undefined;
  /** What was taken from the tail, and how many chunks were deleted. */
  readonly refs: number;
  readonly chunks: number;
};

/** @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: the next run goes on; also when the
 *   call's time is over */
export async function retainPartition(
  engine: Engine,
  call: Call,
  id: PartitionId,
  { millis, bytes }: Retention,
): Promise<Retained> {
  const head = await headIfThere(engine, call, id);
  if (head === undefined) return { logStart: undefined, refs: 0, chunks: 0 };
  const work: Work = { engine, call, id, head, refs: 0, chunks: 0 };
  // Age first: it reads no more of the index than goes. Size reads all that stays.
  if (millis !== undefined) await dropOld(work, engine.clock.now() - millis);
  if (bytes !== undefined) await dropBelow(work, await startOfNewest(work, bytes));
  await dropBelow(work, work.head.logStart);
  return { logStart: work.head.logStart, refs: work.refs, chunks: work.chunks };
}

type Work = {
  readonly engine: Engine;
  readonly call: Call;
  readonly id: PartitionId;
  /** As it was read, or written, last. */
  head: Head;
  refs: number;
  chunks: number;
};

async function dropOld(work: Work, oldest: number): Promise<void> {
  let dropping: Dropping = { oldest, start: work.head.logStart, goesOn: true };
  let runs = 0;
  for await (const run of runsUpwards(work)) {
    dropping = dropOldest(run, dropping);
    if (!dropping.goesOn) break;
    runs++;
    if (runs % runsPerDrop === 0) await dropBelow(work, dropping.start);
  }
  if (dropping.start > work.head.logStart) await dropBelow(work, dropping.start);
}

/** From where on there are as many bytes as may stay; 0: there are fewer. */
async function startOfNewest(work: Work, bytes: number): Promise<number> {
  let keeping: Keeping = { bytesLeft: bytes, start: work.head.nextOffset };
  for await (const run of runsDownwards(work)) {
    keeping = keepNewest(run, keeping);
    if (keeping.bytesLeft <= 0 || run.baseOffset <= work.head.logStart) break;
  }
  return keeping.bytesLeft <= 0 ? keeping.start : 0;
}

/** Chunks from the first there is, then the tail, as the head was read. */
async function* runsUpwards({ engine, call, id, head }: Work): AsyncGenerator<Refs> {
  yield* chunksBetween(engine, call, id, { from: 0, to: head.tailBase, first: 1 });
  if (head.tail.length > 0) yield refsOfTail(head.tailBase, head.tail);
}

/** The same, the newest first. */
async function* runsDownwards({ engine, call, id, head }: Work): AsyncGenerator<Refs> {
  if (head.tail.length > 0) yield refsOfTail(head.tailBase, head.tail);
  yield* chunksDownFrom(engine, call, id, { from: head.tailBase, first: 1 });
}

async function dropBelow(work: Work, logStart: number): Promise<void> {
  if (logStart > work.head.logStart) await raise(work, logStart);
  await cutTail(work);
  await deleteChunks(work);
}

/** Refused: somebody else has raised it as far. */
async function raise(work: Work, to: number): Promise<void> {
  const { engine, call, id } = work;
  const { result } = await repeatableWrite(engine, call, raiseLogStart(id, to));
  const item = result.kind === 'done' ? result.item : result.current;
  if (item !== undefined) work.head = readHead(item);
}

/** A tail of a chunk or more is rolled first; then what was to go is in chunks that go. */
async function cutTail(work: Work): Promise<void> {
  const { engine, call, id } = work;
  for (let tries = 0; tries < cutTriesMax; tries++) {
    const plan = planTailCut(id, work.head);
    if (plan.kind === 'nothing') return;
    if (plan.kind === 'roll-first') {
      await roll(engine, call, id, work.head);
      work.head = (await headIfThere(engine, call, id)) ?? work.head;
      continue;
    }
    const { result } = await repeatableWrite(engine, call, plan.write);
    const item = result.kind === 'done' ? result.item : result.current;
    if (item === undefined) return;
    work.head = readHead(item);
    if (result.kind === 'done') work.refs += plan.refs;
  }
}

/** Those that end at or below the log start. */
async function deleteChunks(work: Work): Promise<void> {
  const { engine, call, id } = work;
  const { logStart } = work.head;
  let some: number[] = [];
  const flush = async () => {
    const deletes = some.map((base) => ({ delete: chunkKey(id, base) }));
    await Promise.all(deletes.map((write) => repeatableWrite(engine, call, write)));
    work.chunks += some.length;
    some = [];
  };
  for await (const chunk of chunksBetween(engine, call, id, { from: 0, to: logStart, first: 1 })) {
    if (chunk.endOffset > logStart) break;
    some.push(chunk.baseOffset);
    if (some.length === deletesInFlightMax) await flush();
  }
  await flush();
}
