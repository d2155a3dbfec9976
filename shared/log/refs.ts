// A run of refs that cover offsets without a gap: the tail of a head, or a chunk. The two differ
// only in how they are packed, so readers see one shape.

import { refBytes } from '../limits.ts';
import { decodeRef, type PlacedRef, refCount, refLength, sameRef } from './ref.ts';

export type Refs = {
  readonly baseOffset: number;
  /** One past the last offset. */
  readonly endOffset: number;
  readonly length: number;
  /** That they name, together. */
  readonly bytes: number;
  /** Unpacks one; index is within length. */
  at(index: number): PlacedRef;
  /** The index of the ref that holds the offset, which is within the run. */
  indexOf(offset: number): number;
  /** The base offset of that very ref; undefined: it is not in the run. @param packed log/ref.ts */
  baseOffsetOf(packed: Uint8Array): number | undefined;
};

/** @param packed one ref an element, as a head's tail holds them. */
export function refsOfTail(baseOffset: number, packed: readonly Uint8Array[]): Refs {
  return runOf(
    baseOffset,
    packed.length,
    (index) => packed[index] as Uint8Array,
    () => 0,
  );
}

/** Where those very refs stand in a tail, one after the other.
 * @returns the base offset of the first; undefined: they do not. */
export function baseOffsetInTail(
  { tailBase, tail }: { readonly tailBase: number; readonly tail: readonly Uint8Array[] },
  refs: readonly Uint8Array[],
): number | undefined {
  let baseOffset = tailBase;
  for (const [at, packed] of tail.entries()) {
    const isThere = refs.every((ref, index) => {
      const found = tail[at + index];
      return found !== undefined && sameRef(found, ref);
    });
    if (isThere) return baseOffset;
    baseOffset += refCount(packed);
  }
  return undefined;
}

/** @param packed refs back to back, as a chunk holds them. */
export function refsOfChunk(baseOffset: number, packed: Uint8Array): Refs {
  return runOf(
    baseOffset,
    packed.length / refBytes,
    () => packed,
    (index) => index * refBytes,
  );
}

function runOf(
  baseOffset: number,
  length: number,
  holding: (index: number) => Uint8Array,
  placeOf: (index: number) => number,
): Refs {
  const bases: number[] = [];
  let endOffset = baseOffset;
  let bytes = 0;
  for (let index = 0; index < length; index++) {
    bases.push(endOffset);
    endOffset += refCount(holding(index), placeOf(index));
    bytes += refLength(holding(index), placeOf(index));
  }
  return {
    baseOffset,
    endOffset,
    length,
    bytes,
    at: (index) => ({
      ...decodeRef(holding(index), placeOf(index)),
      baseOffset: bases[index] as number,
    }),
    indexOf: (offset) => lastAtOrBefore(bases, offset),
    baseOffsetOf: (packed) =>
      bases.find((_, index) => {
        const at = placeOf(index);
        return sameRef(holding(index).subarray(at, at + refBytes), packed);
      }),
  };
}

/** The first offsets from one on that a run should have and does not.
 * @param runs in their order. @returns undefined: they have all, up to the end of the last. */
export function gapIn(
  runs: readonly Refs[],
  from: number,
): { readonly from: number; readonly to: number } | undefined {
  let there = from;
  for (const { baseOffset, endOffset } of runs) {
    if (baseOffset > there) return { from: there, to: baseOffset };
    there = Math.max(there, endOffset);
  }
  return undefined;
}

/** The index of the last element that is not above the value; -1: all are. Ascending, no
 * repeats. */
export function lastAtOrBefore(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
