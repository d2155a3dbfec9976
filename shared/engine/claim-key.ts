// Idempotency-Keys. The first request that brings one writes down what a repeat must do the same
// way: the producer drawn for it (never the key itself, which would outlive its item in a head),
// how many partitions the topic had, and the time. Whoever brings the key again appends with the
// same stamps, and a batch that is there answers for itself: nothing needs to be known of what
// became of the first try, and two tries at once get one answer.
//
// A key is good for keyLifeMillis. Its item stays as long again, in which it is refused: what a
// producer did may be forgotten soon, and a repeat then would append again.

import { EngineError } from '../errors.ts';
import {
  drawnProducerBytes,
  drawnProducerKey,
  type EpochMillis,
  type ProducerKey,
} from '../ids.ts';
import { keyLifeMillis, producerExpiryMillis } from '../limits.ts';
import { type Item, numberIn, textIn } from '../store/algebra.ts';
import { expiresAt, idempotencyKeyKey, ifFree, keyItem } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { hashOf } from './fingerprint.ts';
import { keyField, keyReused } from './identity-errors.ts';
import { asDefinite, repeatableWrite } from './retry.ts';
import type { Topic } from './topic-cache.ts';

export type Claim = {
  readonly producer: ProducerKey;
  readonly partitions: number;
  readonly createdAt: EpochMillis;
};

/** @throws EngineError KEY_REUSED, KEY_TOO_OLD, THROTTLED, UNAVAILABLE */
export async function claimKey(
  engine: Engine,
  call: Call,
  topic: Topic,
  { key, fingerprint }: { readonly key: string; readonly fingerprint: string },
): Promise<Claim> {
  const item: Item = {
    ...idempotencyKeyKey(topic.id, hashOf(key)),
    [keyItem.fingerprint]: fingerprint,
    [keyItem.producer]: drawnProducerKey(engine.chance.bytes(drawnProducerBytes)),
    [keyItem.partitions]: topic.partitions,
    [keyItem.createdAt]: engine.clock.now(),
    ...expiresAt(engine.clock.now() + producerExpiryMillis),
  };
  const write = { put: item, if: ifFree(engine.clock.now()) };
  const { result } = await repeatableWrite(engine, call, write).catch(asDefinite);
  const current = result.kind === 'done' ? item : (result.current as Item);
  return claimOf(current, fingerprint, engine.clock.now());
}

function claimOf(item: Item, fingerprint: string, now: EpochMillis): Claim {
  if (textIn(item, keyItem.fingerprint) !== fingerprint) throw keyReused();
  const createdAt = numberIn(item, keyItem.createdAt) as EpochMillis;
  if (now - createdAt > keyLifeMillis) {
    const message = `${keyField}: it was first used more than ${keyLifeMillis} ms ago`;
    throw new EngineError('KEY_TOO_OLD', message, { field: keyField, limit: keyLifeMillis });
  }
  return {
    producer: textIn(item, keyItem.producer) as ProducerKey,
    partitions: numberIn(item, keyItem.partitions),
    createdAt,
  };
}
