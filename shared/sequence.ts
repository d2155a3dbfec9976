// Sequences are Kafka's: one a record of a producer, from 0 in every epoch, and from 0 again past
// sequenceMax.

import { sequenceMax } from './limits.ts';

/** How many there are. */
export const sequences = sequenceMax + 1;

/** The sequence of the record that comes `count` after the one of that sequence. */
export function sequenceAfter(sequence: number, count: number): number {
  return (sequence + count) % sequences;
}
