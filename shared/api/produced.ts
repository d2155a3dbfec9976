// What a request that reached several partitions answers, when some or all of them failed.

import type { EngineError } from '../errors.ts';
import { faultMessage } from './refusal.ts';
import { replyOf, type Surface, sayingOf } from './replies.ts';

/** What one record, or one partition's batches, came to. */
type Entry = { readonly partition?: number; readonly error?: EngineError };

/** When nothing was stored, the error that leaves most open: what may have been stored must
 * not be called refused. Thrown, it gives the reply its own status, so that nobody takes it for
 * success. */
export function wholeFailure(entries: readonly Entry[]): EngineError | undefined {
  const errors = entries.flatMap(({ error }) => error ?? []);
  if (errors.length < entries.length) return undefined;
  return errors.find(({ outcome }) => outcome === 'unknown') ?? errors[0];
}

/** An error as the answer of one record. */
export function entryError(error: EngineError, surface: Surface) {
  const { status, errorCode } = replyOf(error.code, surface);
  const { message } = sayingOf(error, surface);
  return { status, errorCode, message: status === 500 ? faultMessage : message };
}
