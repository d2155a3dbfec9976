// What is wrong with what a request says of itself, for the caller of a verb.

import { EngineError } from '../errors.ts';
import type { Stamp } from '../log/stamp.ts';

export function comesTooEarly({ epoch, sequence }: Stamp): EngineError {
  const what = `the batch before sequence ${sequence} of epoch ${epoch} is not there`;
  return new EngineError('OUT_OF_ORDER_SEQUENCE', `sequence: ${what}`, { field: 'sequence' });
}

export function overlaps({ epoch, sequence }: Stamp): EngineError {
  const what = `what begins at ${sequence} of epoch ${epoch} was stored in part, in other batches`;
  return new EngineError('OUT_OF_ORDER_SEQUENCE', `sequence: ${what}`, { field: 'sequence' });
}

export function fenced({ epoch }: Stamp): EngineError {
  const message = `producer_epoch: a later epoch than ${epoch} has written`;
  return new EngineError('PRODUCER_FENCED', message, { field: 'producer_epoch' });
}

/** The header that carries it, and what errors call it. */
export const keyField = 'Idempotency-Key';

export function keyReused(): EngineError {
  const message = `${keyField}: it stood for another request`;
  return new EngineError('KEY_REUSED', message, { field: keyField });
}

export function identifiedTwice(): EngineError {
  return invalidField(keyField, 'a request has this or a producer, not both');
}

export function invalidField(field: string, what: string): EngineError {
  return new EngineError('INVALID_FIELD', `${field}: ${what}`, { field });
}
