// What a process knows of a head, and of the producers whose batches it is about to append. From
// the answers it got it remembers who is in a head, which serves to send and never to decide;
// everyone else is looked up: the head first, then the producer's item, both strongly, in this
// order.

import type { PartitionId, ProducerKey } from '../ids.ts';
import { type Head, newcomersMustWait } from '../log/head.ts';
import { readProducer } from '../log/producers.ts';
import type { Standing } from '../log/stamped-runs.ts';
import { partitionPk, producerStateKey } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { headOf, noteCrowd } from './heads.ts';
import { repeatable } from './retry.ts';

/** undefined: all of them were in the head when this process last saw it. */
export type Standings = KnownStandings | undefined;

export type KnownStandings = {
  readonly of: (producer: ProducerKey) => Standing;
  /** The head that was read first. */
  readonly head: Head;
};

/** The one read that a process makes of a head: from then on, every answer tells it. And of
 * producers that may not be in it, two reads each. The sooner they are made, the longer have others
 * to come and be evicted before the update, which is then refused. So they are made while the
 * object is being PUT, which hides them; but after it where producers are seen to be driven out
 * (and there who was in the head a while ago is not taken to be in it still).
 * @returns what to ask once the object is there.
 * @throws EngineError UNKNOWN_PARTITION, THROTTLED, UNAVAILABLE, as does what is returned. */
export async function meetProducers(
  engine: Engine,
  call: Call,
  id: PartitionId,
  producers: readonly ProducerKey[],
): Promise<() => Promise<Standings>> {
  const look = async () => {
    const head = await headOf(engine, call, id);
    return standingsAt(engine, call, { id, head }, producers);
  };
  const known = engine.heads.get(partitionPk(id));
  if (producers.length === 0) {
    if (known === undefined) await headOf(engine, call, id);
    return async () => undefined;
  }
  if (known?.crowded) return look;
  if (known !== undefined && producers.every((one) => known.residents.has(one))) {
    return async () => undefined;
  }
  const standings = await look();
  return async () => standings;
}

/** @param place.head read strongly, or come with a refusal, and not changed since by this process.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function standingsAt(
  engine: Engine,
  call: Call,
  { id, head }: { readonly id: PartitionId; readonly head: Head },
  producers: readonly ProducerKey[],
): Promise<KnownStandings> {
  const absent = [...new Set(producers)].filter((producer) => !head.residents.has(producer));
  const looked = await Promise.all(
    absent.map(async (producer) => {
      const key = producerStateKey(id, producer);
      const item = await repeatable(engine, call, () => call.table.get(key, { strong: true }));
      const state = readProducer(item, engine.clock.now());
      return [producer, { state, absentAt: head.nextOffset }] as const;
    }),
  );
  noteCrowd(engine, id, looked.length > 0 && head.evictedUpTo >= 0);
  const standings = new Map<ProducerKey, Standing>(looked);
  const of = (producer: ProducerKey) =>
    standings.get(producer) ?? { state: head.residents.get(producer) };
  return { of, head };
}

/** A producer that is new to a head which has too many. */
export function mustWait(standings: Standings, producer: ProducerKey): boolean {
  if (standings === undefined || !newcomersMustWait(standings.head)) return false;
  return standings.of(producer).absentAt !== undefined;
}
