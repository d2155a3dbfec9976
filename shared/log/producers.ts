// What a partition remembers of its producers: of a few in the head (residents), of the others in
// an item each. A producer is in the head from its last append on, until a roll evicts it: the item
// first, then the head. So whoever reads the head, and then the item, strongly and in this order,
// has the latest, unless the producer has come back since; and if it has, its base is at or above
// that head's nextOffset, and so is the evictedUpTo that its next eviction leaves.
//
// An item only ever goes forward, by the base offset of the last batch: of one producer in one
// partition, a later batch has a greater one, also where epoch and sequence begin again.

import { assert } from '../assert.ts';
import type { EpochMillis, PartitionId, ProducerKey } from '../ids.ts';
import { producerExpiryMillis } from '../limits.ts';
import { type Action, type Condition, type Item, numberIn, type Write } from '../store/algebra.ts';
import { expiresAt, hasExpired, headItem, producerItem, producerStateKey } from '../store/items.ts';
import { type ProducerState, packEpoch, unpackEpoch } from './stamp.ts';

export type Residents = ReadonlyMap<ProducerKey, ProducerState>;

export function readResidents(head: Item): Residents {
  const residents = new Map<ProducerKey, ProducerState>();
  for (const name in head) {
    if (!name.startsWith(headItem.producerNext)) continue;
    const producer = name.slice(headItem.producerNext.length) as ProducerKey;
    const names = residentNames(producer);
    residents.set(producer, {
      ...unpackEpoch(numberIn(head, names.next)),
      first: numberIn(head, names.first),
      base: numberIn(head, names.base),
    });
  }
  return residents;
}

/** What an update calls a resident's attributes. */
export function residentNames(producer: ProducerKey) {
  return {
    next: headItem.producerNext + producer,
    first: headItem.producerFirst + producer,
    base: headItem.producerBase + producer,
  };
}

/** What its item says; undefined: nothing any more, or nothing yet. */
export function readProducer(item: Item | undefined, now: EpochMillis): ProducerState | undefined {
  if (item === undefined || hasExpired(item, now)) return undefined;
  return {
    ...unpackEpoch(numberIn(item, producerItem.next)),
    first: numberIn(item, producerItem.first),
    base: numberIn(item, producerItem.base),
  };
}

export type Eviction = {
  /** Each to be done, or found done, before the cut. */
  readonly puts: readonly Write[];
  /** What the cut adds to its condition and its actions; none when nobody is evicted. */
  readonly conditions: readonly Condition[];
  readonly actions: readonly Action[];
};

/** Of producers that leave the head. It need not ask that evictedUpTo is still what it was: two
 * that were planned at once both name whoever is oldest, and one of them is refused. */
export function planEviction(
  id: PartitionId,
  leaving: Residents,
  { evictedUpTo, now }: { readonly evictedUpTo: number; readonly now: EpochMillis },
): Eviction {
  if (leaving.size === 0) return { puts: [], conditions: [], actions: [] };
  const puts: Write[] = [];
  const conditions: Condition[] = [];
  const actions: Action[] = [];
  let raised = evictedUpTo;
  for (const [producer, state] of leaving) {
    const names = residentNames(producer);
    const packed = packEpoch(state.epoch, state.next);
    puts.push(putProducer(id, producer, state, now));
    conditions.push({ attribute: names.next, is: '=', to: packed });
    actions.push({ remove: names.next }, { remove: names.first }, { remove: names.base });
    raised = Math.max(raised, state.base);
  }
  assert(raised >= 0, 'whoever leaves has appended');
  actions.push({ set: headItem.evictedUpTo, to: { value: raised } });
  return { puts, conditions, actions };
}

function putProducer(
  id: PartitionId,
  producer: ProducerKey,
  { epoch, next, first, base }: ProducerState,
  now: EpochMillis,
): Write {
  return {
    put: {
      ...producerStateKey(id, producer),
      [producerItem.next]: packEpoch(epoch, next),
      [producerItem.first]: first,
      [producerItem.base]: base,
      ...expiresAt(now + producerExpiryMillis),
    },
    if: {
      any: [{ item: 'absent' }, { attribute: producerItem.base, is: '<', to: base }],
    },
  };
}
