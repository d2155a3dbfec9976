// What is ended by a signal. A signal may live as long as the process: nothing is left at it.

/** Aborts with the signal. AbortSignal.any does, too, but leaves something at the signal each time,
 * which may live as long as the process.
 * @returns what ends it. */
export function follow(over: AbortController, signal: AbortSignal | undefined): () => void {
  if (signal === undefined) return () => undefined;
  const abort = () => over.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  return () => signal.removeEventListener('abort', abort);
}

/** A promise of the abort, and what takes its listener away again. */
export function abortOf(signal: AbortSignal): {
  readonly promise: Promise<void>;
  readonly close: () => void;
} {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listen = () => resolve();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', listen);
  return { promise, close: () => signal.removeEventListener('abort', listen) };
}

/** @throws what the signal was aborted with, when that comes first. */
export async function untilAborted<Answer>(
  work: () => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  const aborted = abortOf(signal);
  const abort = aborted.promise.then((): never => {
    throw signal.reason;
  });
  try {
    return await Promise.race([work(), abort]);
  } finally {
    aborted.close();
  }
}
