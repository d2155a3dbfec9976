// Carries out a roll. Each write is safe to send again by its own condition, and each may be left
// undone: the next writer that fills the head rolls what this one did not.

import { EngineError } from '../errors.ts';
import type { PartitionId } from '../ids.ts';
import { evictionRoundsMax, evictionTriesMax, residentProducersBusyMax } from '../limits.ts';
import { type Append, type Head, readHead } from '../log/head.ts';
import {
  producersToEvict,
  putProducers,
  type Residents,
  removeProducers,
  unchanged,
} from '../log/producers.ts';
import { planRoll, rollIsDue } from '../log/roll.ts';
import type { Call, Engine } from './engine.ts';
import { repeatableWrite } from './retry.ts';

/** In the background, when this append is the one after which a roll is due. @param head as the
 * append left it. */
export function rollIfDue(engine: Engine, call: Call, { id, refs, stamps }: Append, head: Head) {
  const newcomers = stamps.filter(({ absentAt }) => absentAt !== undefined);
  if (!rollIsDue(head, { refs: refs.length, producers: newcomers.length })) return;
  engine.background.run(roll(engine, call, id, head));
}

/** Moves every whole chunk of refs out of the head, and then producers that need not be there. A
 * store's failure ends it, and is not thrown. */
export async function roll(engine: Engine, call: Call, id: PartitionId, head: Head): Promise<void> {
  try {
    const leaving = producersToEvict(head);
    await cutChunks(engine, call, id, head);
    await evictAll(engine, call, id, { ...head, leaving });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
}

type Leaving = { readonly leaving: Residents; readonly evictedUpTo: number };

/** Goes on while the head is crowded: rollers at once choose the same producers, and one of them
 * moves them out. */
async function evictAll(
  engine: Engine,
  call: Call,
  id: PartitionId,
  first: Leaving,
): Promise<void> {
  let next = first;
  for (let rounds = 0; rounds < evictionRoundsMax && next.leaving.size > 0; rounds++) {
    const head = await evict(engine, call, id, next);
    if (head === undefined || head.residents.size < residentProducersBusyMax) return;
    next = { leaving: producersToEvict(head), evictedUpTo: head.evictedUpTo };
  }
}

/** Each round that is refused finds a head that another has cut. */
async function cutChunks(engine: Engine, call: Call, id: PartitionId, head: Head): Promise<void> {
  let plan = planRoll(id, head);
  while (plan !== undefined) {
    // Refused: another roller has put it, with the same bytes.
    await Promise.all(plan.puts.map((put) => repeatableWrite(engine, call, put)));
    const { result } = await repeatableWrite(engine, call, plan.cut);
    const now = result.kind === 'done' ? result.item : result.current;
    plan = now === undefined ? undefined : planRoll(id, readHead(now));
  }
}

/** Items first. Whoever goes on meanwhile refuses the removal, and stays; the others leave.
 * @returns the head as it is now; undefined: there is none. */
async function evict(
  engine: Engine,
  call: Call,
  id: PartitionId,
  { leaving, evictedUpTo }: Leaving,
): Promise<Head | undefined> {
  // Refused: what is there is as new, or newer.
  const puts = putProducers(id, leaving, engine.clock.now());
  await Promise.all(puts.map((put) => repeatableWrite(engine, call, put)));
  let left = leaving;
  let known = evictedUpTo;
  for (let tries = 1; ; tries++) {
    const { result } = await repeatableWrite(engine, call, removeProducers(id, left, known));
    const item = result.kind === 'done' ? result.item : result.current;
    if (item === undefined) return undefined;
    const head = readHead(item);
    left = unchanged(left, head.residents);
    if (result.kind === 'done' || left.size === 0 || tries >= evictionTriesMax) return head;
    known = head.evictedUpTo;
  }
}
