// Heads: read strongly, and what a process remembers of them from the answers it got. What it
// remembers may be old, which is harmless: it bounds look-ups from below, draws segment times, and
// says of which producers a look is needed, and when; it decides nothing that an answer is made of.

import type { EpochMillis, PartitionId, ProducerKey } from '../ids.ts';
import { type Append, type AppendRefusal, type Head, readHead, whyRefused } from '../log/head.ts';
import type { Item } from '../store/algebra.ts';
import { headKey, partitionPk } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { isUnknownPartition, partitionGone } from './on-topic.ts';
import { repeatable } from './retry.ts';

export type KnownHead = {
  readonly nextOffset: number;
  readonly sweptBefore: EpochMillis;
  readonly residents: ReadonlySet<ProducerKey>;
  /** Producers come and go: of the last that were looked for, some were not in it, and others had
   * been moved out. */
  readonly crowded: boolean;
};

const nobody: ReadonlySet<ProducerKey> = new Set();

export function learnHead(engine: Engine, id: PartitionId, item: Item): Head {
  const head = readHead(item);
  rememberHead(engine, id, head);
  return head;
}

/** Why an append was refused; what came with it is remembered, or that there is no such head. */
export function learnRefusal(
  engine: Engine,
  append: Append,
  current: Item | undefined,
): AppendRefusal {
  const refusal = whyRefused(append, current);
  if (refusal.kind === 'no-partition') engine.heads.delete(partitionPk(append.id));
  else rememberHead(engine, append.id, refusal.head);
  return refusal;
}

function rememberHead(engine: Engine, id: PartitionId, head: Head): void {
  const { nextOffset, sweptBefore } = head;
  const known = engine.heads.get(partitionPk(id));
  if (known !== undefined && known.nextOffset > nextOffset) return;
  const residents = head.residents.size === 0 ? nobody : new Set(head.residents.keys());
  const crowded = known?.crowded ?? false;
  engine.heads.set(partitionPk(id), { nextOffset, sweptBefore, residents, crowded });
}

export function noteCrowd(engine: Engine, id: PartitionId, crowded: boolean): void {
  const known = engine.heads.get(partitionPk(id));
  if (known === undefined || known.crowded === crowded) return;
  engine.heads.set(partitionPk(id), { ...known, crowded });
}

/** undefined: the partition does not exist; its topic was deleted. @throws EngineError THROTTLED,
 *   UNAVAILABLE */
export async function headIfThere(
  engine: Engine,
  call: Call,
  id: PartitionId,
): Promise<Head | undefined> {
  try {
    return await headOf(engine, call, id);
  } catch (error) {
    if (!isUnknownPartition(error)) throw error;
    return undefined;
  }
}

/** A strong read.
 * @throws EngineError UNKNOWN_PARTITION: its topic was deleted; THROTTLED, UNAVAILABLE */
export async function headOf(engine: Engine, call: Call, id: PartitionId): Promise<Head> {
  const item = await repeatable(engine, call, () => call.table.get(headKey(id), { strong: true }));
  if (item === undefined) throw partitionGone();
  return learnHead(engine, id, item);
}
