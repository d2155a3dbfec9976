// What a process knows of the producers whose batches it is about to append. From the answers it
// got it remembers who is in a head, which serves to send and never to decide; everyone else is
// looked up: the head first, then the producer's item, both strongly, in this order.

import type { PartitionId, ProducerKey } from '../ids.ts';
import type { Head } from '../log/head.ts';
import { readProducer } from '../log/producers.ts';
import type { Standing } from '../log/stamped-runs.ts';
import { partitionPk, producerStateKey } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { headOf } from './heads.ts';
import { repeatable } from './retry.ts';

/** undefined: all of them were in the head when this process last saw it. */
export type Standings = ((producer: ProducerKey) => Standing) | undefined;

/** @throws EngineError UNKNOWN_PARTITION, THROTTLED, UNAVAILABLE */
export async function meetProducers(
  engine: Engine,
  call: Call,
  id: PartitionId,
  producers: readonly ProducerKey[],
): Promise<Standings> {
  const known = engine.heads.get(partitionPk(id));
  if (known !== undefined && producers.every((one) => known.residents.has(one))) return undefined;
  return standingsAt(engine, call, { id, head: await headOf(engine, call, id) }, producers);
}

/** @param place.head read strongly, or come with a refusal, and not changed since by this process.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function standingsAt(
  engine: Engine,
  call: Call,
  { id, head }: { readonly id: PartitionId; readonly head: Head },
  producers: readonly ProducerKey[],
): Promise<(producer: ProducerKey) => Standing> {
  const absent = [...new Set(producers)].filter((producer) => !head.residents.has(producer));
  const looked = await Promise.all(
    absent.map(async (producer) => {
      const key = producerStateKey(id, producer);
      const item = await repeatable(engine, call, () => call.table.get(key, { strong: true }));
      const state = readProducer(item, engine.clock.now());
      return [producer, { state, absentAt: head.nextOffset }] as const;
    }),
  );
  const standings = new Map<ProducerKey, Standing>(looked);
  return (producer) => standings.get(producer) ?? { state: head.residents.get(producer) };
}
