// A plain append to one head: one write, sent again only when it surely was not done. After an
// unknown outcome it is looked for, once, and never sent again: a second one would be a second
// append.

import { EngineError } from '../errors.ts';
import { rollOddsWhenFull } from '../limits.ts';
import { type Append, appendWrite } from '../log/head.ts';
import type { Item } from '../store/algebra.ts';
import { partitionPk } from '../store/items.ts';
import { StoreError } from '../store/store-error.ts';
import type { AppendOutcome } from './append-queue.ts';
import type { Call, Engine } from './engine.ts';
import { learnHead, learnRefusal } from './heads.ts';
import { lookUp } from './look-up.ts';
import { partitionGone } from './on-topic.ts';
import { outcomeUnknown, retry } from './retry.ts';
import { roll, rollIfDue } from './roll.ts';

export type AppendResult =
  | AppendOutcome
  /** The segment may have been swept: the bytes must go into a newer one. */
  | { readonly kind: 'swept' };

/** @param append without stamps. */
export async function appendPlain(
  engine: Engine,
  call: Call,
  append: Append,
): Promise<AppendResult> {
  const knownOffset = engine.heads.get(partitionPk(append.id))?.nextOffset ?? 0;
  try {
    return await retry(engine, { deadline: call.deadline, after: 'not-done' }, () =>
      sendOnce(engine, call, append),
    );
  } catch (error) {
    if (error instanceof EngineError) return { kind: 'failed', error };
    if (error instanceof StoreError)
      return findOrAdmit(engine, call, append, { knownOffset, cause: error });
    throw error;
  }
}

/** @throws StoreError 'not-done' when the tail is full: as if throttled, it goes again after a
 * pause. */
async function sendOnce(engine: Engine, call: Call, append: Append): Promise<AppendResult> {
  const answer = await call.table.write(appendWrite(append));
  if (answer.kind === 'done') return appended(engine, call, append, answer.item as Item);
  const refusal = learnRefusal(engine, append, answer.current);
  if (refusal.kind === 'no-partition') return { kind: 'failed', error: partitionGone() };
  if (refusal.kind === 'swept') return { kind: 'swept' };
  if (engine.chance.fraction() < rollOddsWhenFull) {
    await roll(engine, call, append.id, refusal.head);
  }
  throw new StoreError('not-done', 'throttled');
}

/** The answer to an append says where it lies, what this process needs to know of the head, and
 * whether this writer is the one that rolls. */
function appended(engine: Engine, call: Call, append: Append, item: Item): AppendResult {
  const head = learnHead(engine, append.id, item);
  rollIfDue(engine, call, append, head);
  return { kind: 'appended', baseOffset: head.nextOffset - append.count };
}

/** @param cause of unknown outcome. */
async function findOrAdmit(
  engine: Engine,
  call: Call,
  append: Append,
  { knownOffset, cause }: { readonly knownOffset: number; readonly cause: StoreError },
): Promise<AppendResult> {
  const unknown: AppendResult = { kind: 'failed', error: outcomeUnknown(cause) };
  try {
    const [ref] = append.refs as [Uint8Array];
    const baseOffset = await lookUp(engine, call, { id: append.id, ref }, knownOffset);
    return baseOffset === undefined ? unknown : { kind: 'appended', baseOffset };
  } catch (error) {
    if (error instanceof EngineError) return unknown;
    throw error;
  }
}
