// What is wrong with a stamp, for the caller of a verb.

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
