// What makes a request safe to send again: the stamps its batches carry, and what else a repeat
// must decide as the first try did. A producer numbers its batches itself; an Idempotency-Key
// stands for a producer drawn for it alone, whose only batch in each partition has sequence 0; a
// request with neither is appended as often as it is sent.

import { type EpochMillis, producerKeyOf } from '../ids.ts';
import type { Stamp } from '../log/stamp.ts';
import { partitionForKey } from '../partitioner.ts';
import type { BatchToWrite } from '../record/encode-batch.ts';
import { claimKey } from './claim-key.ts';
import type { Call, Engine } from './engine.ts';
import { invalidField } from './identity-errors.ts';
import type { Topic } from './topic-cache.ts';

export type Identity = { readonly producer: ProducerIdentity } | KeyIdentity;

/** In range: id 0 to 2^53 - 1, epoch 0 to producerEpochMax, sequences 0 to sequenceMax. */
export type ProducerIdentity = {
  readonly id: number;
  readonly epoch: number;
  /** By partition: the sequence of the first record that goes there. */
  readonly sequences: ReadonlyMap<number, number>;
};

/** The caller's Idempotency-Key, at most idempotencyKeyLengthMax characters. */
export type KeyIdentity = { readonly key: string };

export type Plan = {
  /** Of the topic, for the hashes of keys. */
  readonly partitions: number;
  /** The time of records that have none. */
  readonly now: EpochMillis;
  /** Where a record without key and partition goes. @param index in the request.
   * @throws EngineError INVALID_FIELD: a repeat could not find it. */
  readonly keyless: (index: number) => number;
  /** @throws EngineError INVALID_FIELD: one is reached without a sequence, or not reached with
   *   one. */
  readonly checkReached: (partitions: readonly number[]) => void;
  readonly stampOf: (partition: number) => { readonly stamp?: Stamp };
  /** What the batch itself says of its producer. */
  readonly producerOf: (partition: number) => BatchToWrite['producer'];
};

/** @throws EngineError KEY_REUSED, KEY_TOO_OLD, UNAVAILABLE, THROTTLED: nothing was stored but,
 *   perhaps, the key. */
export async function identify(
  engine: Engine,
  call: Call,
  topic: Topic,
  {
    identity,
    fingerprint,
  }: {
    readonly identity: Identity | undefined;
    /** Of all that the request says: another one under the same key is refused. */
    readonly fingerprint: () => string;
  },
): Promise<Plan> {
  const { partitions } = topic;
  const now = engine.clock.now();
  if (identity === undefined) {
    const drawn = Math.floor(engine.chance.fraction() * partitions);
    return { ...unnumbered, partitions, now, keyless: () => drawn };
  }
  if ('producer' in identity) return { ...plannedByProducer(identity.producer), partitions, now };
  const claim = await claimKey(engine, call, topic, { ...identity, fingerprint: fingerprint() });
  const stamp: Stamp = { producer: claim.producer, epoch: 0, sequence: 0 };
  const plan = plannedByKey(identity.key, claim.partitions);
  return { ...plan, now: claim.createdAt, stampOf: () => ({ stamp }) };
}

const unnumbered = {
  checkReached: () => undefined,
  stampOf: () => ({}),
  producerOf: () => undefined,
} as const;

/** A repeat finds the partition of keyless records by the key's own hash. */
export function plannedByKey(key: string, partitions: number): Omit<Plan, 'now'> {
  const keyless = partitionForKey(Buffer.from(key), partitions);
  return { ...unnumbered, partitions, keyless: () => keyless };
}

export function plannedByProducer({
  id,
  epoch,
  sequences,
}: ProducerIdentity): Omit<Plan, 'partitions' | 'now'> {
  const sequenceOf = (partition: number) => sequences.get(partition) as number;
  const producer = producerKeyOf(id);
  return {
    keyless: (index) => {
      const field = `records[${index}].partition`;
      throw invalidField(field, 'a producer says the partition of a record that has no key');
    },
    checkReached: (reached) => {
      for (const partition of reached) {
        if (sequences.has(partition)) continue;
        throw invalidField('sequences', `records go to partition ${partition}, which has none`);
      }
      if (sequences.size > reached.length) {
        throw invalidField('sequences', 'one is of a partition that no record goes to');
      }
    },
    stampOf: (partition) => ({ stamp: { producer, epoch, sequence: sequenceOf(partition) } }),
    producerOf: (partition) => ({ id, epoch, baseSequence: sequenceOf(partition) }),
  };
}
