// What becomes of a share that was not stored. Whoever is told 'refused' may send it again himself,
// and nothing of it must ever be found in the log; so a share of which one try's outcome is unknown
// is unknown, whatever later tries are told.

import { SluiceError } from '../errors.ts';

export type Failure = {
  readonly error: SluiceError;
  /** Of this try or of one before it the outcome is unknown. */
  readonly isUnsure: boolean;
  /** The time or the tries that it had are over. */
  readonly isLate: boolean;
  /** That the request had, if all of it failed; 1: the answer is about this share. */
  readonly shares: number;
  readonly batches: number;
  readonly records: number;
};

export type Verdict =
  /** Nothing of it is stored: it goes again after a pause, with what was gathered since. */
  | 'again'
  /** It may be stored: it goes again after a pause, as it is. */
  | 'repeat'
  /** Nothing is stored, but the engine does not know its producer so far: it goes again as
   * another's. */
  | 'renew'
  /** Nothing of the request is stored, for the sake of a part of it that is not known: it goes
   * again in parts. */
  | 'divide'
  /** Nothing of it is stored, nor will be. */
  | 'refuse'
  /** It may be stored, or may yet be. */
  | 'abandon';

export function verdictOn(failure: Failure): Verdict {
  const { error, isUnsure, isLate, shares, batches, records } = failure;
  const mayPass = error.retriable && !isLate;
  const isOfOne = !error.retriable && error.outcome === 'refused' && !isOfAll(error);
  if (isOfOne && shares > 1) return 'divide';
  if (isUnsure) return mayPass ? 'repeat' : 'abandon';
  if (mayPass) return 'again';
  if (isOfOne && isUnknownProducer(error)) return isLate ? 'refuse' : 'renew';
  return isOfOne && (batches > 1 || records > 1) ? 'divide' : 'refuse';
}

/** Of what has no try on its way when its time is over. @param why it was not stored before. */
export function notInTime(
  deliveryMillis: number,
  why: string | undefined,
  cause?: SluiceError,
): SluiceError {
  const more = why === undefined ? '' : `: ${why}`;
  return new SluiceError(`not stored within ${deliveryMillis} ms${more}`, {
    code: 50004,
    outcome: 'refused',
    retriable: true,
    cause,
  });
}

/** OUT_OF_ORDER_SEQUENCE_NUMBER: what the producer has stored is forgotten, since its partition was
 * made anew, or since it paused for too long. INVALID_PRODUCER_EPOCH: another has its id. */
function isUnknownProducer({ code }: SluiceError): boolean {
  return code === 40904 || code === 40905;
}

/** It would be told each part, too: who asks, of which topic, in which form. */
function isOfAll({ code, status }: SluiceError): boolean {
  const isRedirected = status >= 300 && status < 400;
  const isNoRoute = code === status && status === 404;
  return code === 40401 || isNoRoute || isRedirected || statusesOfAll.has(status);
}

const statusesOfAll: ReadonlySet<number> = new Set([401, 403, 405, 406, 415]);

/** The limit that a batch passed, as the engine says it. */
export function messageBytesMaxIn({ message }: SluiceError): number | undefined {
  const [, bytes] = /max\.message\.bytes, (\d+)/.exec(message) ?? [];
  return bytes === undefined ? undefined : Number(bytes);
}
