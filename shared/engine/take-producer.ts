// Producer ids, and the names that producers take one after the other. An id is given once. Whoever
// takes a name gets its id in a higher epoch, and from its first batch on in a partition the
// holders before it are fenced there.
//
// Every write here may be sent again: one that was done twice skips an id or an epoch, and both are
// plenty.

import { assert } from '../assert.ts';
import { producerEpochMax } from '../limits.ts';
import { type Item, numberIn } from '../store/algebra.ts';
import {
  producerIdsItem,
  producerIdsKey,
  producerNameItem,
  producerNameKey,
} from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { repeatableWrite } from './retry.ts';

export type TakenProducer = { readonly id: number; readonly epoch: number };

/** @param request.name 1 to producerNameLengthMax characters; absent: an id of one's own.
 * @throws EngineError THROTTLED, UNAVAILABLE; OUTCOME_UNKNOWN: an id or an epoch may be skipped */
export async function takeProducer(
  engine: Engine,
  call: Call,
  { name }: { readonly name?: string },
): Promise<TakenProducer> {
  if (name === undefined) return { id: await nextId(engine, call), epoch: 0 };
  for (;;) {
    const { result } = await repeatableWrite(engine, call, {
      update: producerNameKey(name),
      actions: [
        { set: producerNameItem.epoch, to: { attribute: producerNameItem.epoch, plus: 1 } },
      ],
      if: { attribute: producerNameItem.epoch, is: '<', to: producerEpochMax },
    });
    if (result.kind === 'done') return takenIn(result.item as Item);
    const taken = await takeAnew(engine, call, name, result.current);
    if (taken !== undefined) return taken;
  }
}

/** The first epoch of another id: for a name that is new, or whose id has no epoch left. The holder
 * of that last epoch is not fenced.
 * @returns undefined: somebody else has just taken it. */
async function takeAnew(
  engine: Engine,
  call: Call,
  name: string,
  before: Item | undefined,
): Promise<TakenProducer | undefined> {
  const { id: idName, epoch: epochName } = producerNameItem;
  const item: Item = {
    ...producerNameKey(name),
    [idName]: await nextId(engine, call),
    [epochName]: 0,
  };
  const { result } = await repeatableWrite(engine, call, {
    put: item,
    if:
      before === undefined
        ? { item: 'absent' }
        : { attribute: idName, is: '=', to: numberIn(before, idName) },
  });
  return result.kind === 'done' ? takenIn(item) : undefined;
}

function takenIn(item: Item): TakenProducer {
  return { id: numberIn(item, producerNameItem.id), epoch: numberIn(item, producerNameItem.epoch) };
}

async function nextId(engine: Engine, call: Call): Promise<number> {
  const { last } = producerIdsItem;
  const actions = [{ set: last, to: { attribute: last, plus: 1 } }];
  for (;;) {
    const { result } = await repeatableWrite(engine, call, { update: producerIdsKey, actions });
    if (result.kind === 'done') return numberIn(result.item as Item, last);
    assert(result.current === undefined, 'only an item that is not there refuses');
    const first = { put: { ...producerIdsKey, [last]: 0 }, if: { item: 'absent' } } as const;
    await repeatableWrite(engine, call, first);
  }
}
