// What a partition remembers of its producers: of a few in the head (residents), of the others in
// an item each. A producer is in the head from its last append on, until a roll evicts it: the item
// first, then the head. So whoever reads the head, and then the item, strongly and in this order,
// has the latest, unless the producer has come back since; and if it has, its base is at or above
// that head's nextOffset, and so is the evictedUpTo that its next eviction leaves.
//
// An item only ever goes forward, by the base offset of the last batch: of one producer in one
// partition, a later batch has a greater one, also where epoch and sequence begin again.

import type { EpochMillis, PartitionId, ProducerKey } from '../ids.ts';
import {
  evictionsMax,
  idleTails,
  producerExpiryMillis,
  residentProducersBusyMax,
  residentProducersMax,
} from '../limits.ts';
import { type Action, type Condition, type Item, numberIn, type Write } from '../store/algebra.ts';
import {
  expiresAt,
  hasExpired,
  headItem,
  headKey,
  producerItem,
  producerStateKey,
} from '../store/items.ts';
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

/** Who is to leave: of those beyond the newest few whoever was idle for idleTails tails; and past
 * the bound the oldest, whatever they do. */
export function producersToEvict({ residents, nextOffset, tailBase }: EvictableHead): Residents {
  const idleBefore = nextOffset - idleTails * (nextOffset - tailBase);
  const isCrowded = residents.size >= residentProducersBusyMax;
  const stay = isCrowded ? residentProducersBusyMax / 2 : residentProducersMax;
  const oldestFirst = [...residents].sort(([, one], [, other]) => one.base - other.base);
  const beyond = oldestFirst.slice(0, Math.max(residents.size - stay, 0));
  const leaving = beyond.filter(([, { base }]) => isCrowded || base < idleBefore);
  return new Map(leaving.slice(0, evictionsMax));
}

/** Each to be done, or found done, before anybody is removed. */
export function putProducers(id: PartitionId, leaving: Residents, now: EpochMillis): Write[] {
  return [...leaving].map(([producer, { epoch, next, first, base }]) => ({
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
  }));
}

/** Removes them from the head, if each is as it was put. */
export function removeProducers(id: PartitionId, leaving: Residents, evictedUpTo: number): Write {
  const conditions: Condition[] = [];
  const actions: Action[] = [];
  let raised = evictedUpTo;
  for (const [producer, { epoch, next, base }] of leaving) {
    const names = residentNames(producer);
    conditions.push({ attribute: names.next, is: '=', to: packEpoch(epoch, next) });
    actions.push({ remove: names.next }, { remove: names.first }, { remove: names.base });
    raised = Math.max(raised, base);
  }
  conditions.push({ attribute: headItem.evictedUpTo, is: '<=', to: raised });
  actions.push({ set: headItem.evictedUpTo, to: { value: raised } });
  return { update: headKey(id), actions, if: { all: conditions } };
}

/** Those that are in the head as they were put. */
export function unchanged(leaving: Residents, residents: Residents): Residents {
  const same = [...leaving].filter(
    ([producer, { base }]) => residents.get(producer)?.base === base,
  );
  return new Map(same);
}

type EvictableHead = {
  readonly residents: Residents;
  readonly nextOffset: number;
  readonly tailBase: number;
};
