// Stamps: what makes an append safe to send again. A stamp says who sends it, in which epoch, and
// which sequence its first record has; what a partition remembers of a producer says what may come
// next of it. The two are compared here, and nowhere else.
//
// Sequences are a circle (sequence.ts), so "before" and "after" are told within half of it
// (as in RFC 1982).

import type { ProducerKey } from '../ids.ts';
import { sequenceAfter, sequences } from '../sequence.ts';

export type Stamp = {
  readonly producer: ProducerKey;
  readonly epoch: number;
  /** Of the first record. */
  readonly sequence: number;
};

/** What a partition remembers of a producer. */
export type ProducerState = {
  readonly epoch: number;
  /** The sequence that comes next. */
  readonly next: number;
  /** The first sequence of its last batch, and the offset it got. */
  readonly first: number;
  readonly base: number;
};

export type Judgement =
  /** It comes next. */
  | { readonly kind: 'next' }
  /** It is the last batch. */
  | { readonly kind: 'repeat'; readonly baseOffset: number }
  /** All of it was stored before the last batch, or as other batches. */
  | { readonly kind: 'older' }
  /** What comes before it is not there, or not yet. */
  | { readonly kind: 'gap' }
  /** Some of it is stored, and some of it is not: no producer that repeats a batch sends that. */
  | { readonly kind: 'overlap' }
  /** A later holder of the producer's id has written. */
  | { readonly kind: 'fenced' };

/** @param count records of the batch. @param state undefined: the partition knows no such
 *   producer. */
export function judge(stamp: Stamp, count: number, state: ProducerState | undefined): Judgement {
  const { epoch, sequence } = stamp;
  if (state === undefined || epoch > state.epoch) {
    return { kind: sequence === 0 ? 'next' : 'gap' };
  }
  if (epoch < state.epoch) return { kind: 'fenced' };
  if (sequence === state.next) return { kind: 'next' };
  if (isBefore(state.next, sequence)) return { kind: 'gap' };
  const end = sequenceAfter(sequence, count);
  if (end === state.next && sequence === state.first) {
    return { kind: 'repeat', baseOffset: state.base };
  }
  return { kind: isBefore(state.next, end) ? 'overlap' : 'older' };
}

function isBefore(one: number, other: number): boolean {
  const ahead = (other - one + sequences) % sequences;
  return ahead > 0 && ahead < sequences / 2;
}

/** Epoch and sequence in one number, so that one comparison serves: of one producer, greater is
 * later, but for the turn past sequenceMax. */
export function packEpoch(epoch: number, sequence: number): number {
  return epoch * sequences + sequence;
}

export function unpackEpoch(packed: number): { readonly epoch: number; readonly next: number } {
  return { epoch: Math.floor(packed / sequences), next: packed % sequences };
}
