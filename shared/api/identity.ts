// What a request says of itself that makes it safe to send again: a producer's numbers in the body,
// or the header Idempotency-Key. Source: IETF httpapi, "The Idempotency-Key HTTP Header Field".

import type { KeyIdentity } from '../engine/identify.ts';
import { identifiedTwice, invalidField, keyField } from '../engine/identity-errors.ts';
import { EngineError } from '../errors.ts';
import { idempotencyKeyLengthMax } from '../limits.ts';
import { type Exchange, requestHeader } from './exchange.ts';
import type { ProducerBody } from './schemas/produce.ts';

/** @throws EngineError INVALID_FIELD. */
export function keyIdentity(exchange: Exchange): KeyIdentity | undefined {
  const key = requestHeader(exchange, keyField);
  if (key === undefined) return undefined;
  if (key.length >= 1 && key.length <= idempotencyKeyLengthMax) return { key };
  const message = `${keyField}: must be 1 to ${idempotencyKeyLengthMax} characters long`;
  throw new EngineError('INVALID_FIELD', message, {
    field: keyField,
    limit: idempotencyKeyLengthMax,
  });
}

/** The one of the two that the request has.
 * @param sequences of the producer's records, as the body gives them; undefined: it does not.
 * @param name what the body calls them.
 * @throws EngineError INVALID_FIELD: a producer is not said whole, or both are there. */
export function identityOf<Sequences>(
  exchange: Exchange,
  { producer_id: id, producer_epoch: epoch }: ProducerBody,
  { sequences, name }: { readonly sequences: Sequences | undefined; readonly name: string },
):
  | { readonly producer: { id: number; epoch: number; sequences: Sequences } }
  | KeyIdentity
  | undefined {
  const key = keyIdentity(exchange);
  const parts = { producer_id: id, producer_epoch: epoch, [name]: sequences };
  const missing = Object.entries(parts).filter(([, part]) => part === undefined);
  if (missing.length === 3) return key;
  if (id === undefined || epoch === undefined || sequences === undefined) {
    throw invalidField(missing[0]?.[0] ?? name, 'is required with the other fields of a producer');
  }
  if (key !== undefined) throw identifiedTwice();
  return { producer: { id, epoch, sequences } };
}

/** @returns the sequences by partition. @throws EngineError INVALID_FIELD: one is there twice. */
export function sequencesByPartition(
  sequences: readonly { readonly partition: number; readonly sequence: number }[],
): ReadonlyMap<number, number> {
  const byPartition = new Map(sequences.map(({ partition, sequence }) => [partition, sequence]));
  if (byPartition.size === sequences.length) return byPartition;
  throw invalidField('sequences', 'a partition must not be repeated');
}
