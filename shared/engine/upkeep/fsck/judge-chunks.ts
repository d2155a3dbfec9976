// The chunks of a partition against its head, and against each other: from the one that holds the
// log start on they cover every offset once, up to the tail; and what they say of time never falls.
//
// Chunks at or above tailBase are a roll that has not cut yet: copies of what the tail holds.

import type { Chunk } from '../../../log/chunk.ts';
import type { Head } from '../../../log/head.ts';
import { refCount } from '../../../log/ref.ts';
import type { FindingKind } from './findings.ts';

/** From inclusive, to exclusive. */
export type Offsets = { readonly from: number; readonly to: number };

/** Of a head nothing is said of offsets: every append moves where it ends. */
export type Say = (kind: FindingKind, offsets: Offsets | undefined, detail: string) => void;

/** 'live': it is read. 'below': all of it is below the log start. 'ahead': the tail has it too. */
export type Standing = 'live' | 'below' | 'ahead';

/** @returns where the log starts; undefined: it says what cannot be, and nothing is below. */
export function judgeHead(
  { tailBase, tail, nextOffset, logStart }: Head,
  say: Say,
): number | undefined {
  const end = tail.reduce((sum, ref) => sum + refCount(ref), tailBase);
  const isWithin = logStart >= 0 && logStart <= end;
  if (!isWithin) {
    say('wrong-head', undefined, `the log starts at ${logStart}, and its tail ends at ${end}`);
  } else if (end !== nextOffset) {
    say('wrong-head', undefined, `its tail ends at ${end}, and the next offset is ${nextOffset}`);
  }
  return isWithin ? logStart : undefined;
}

export class ChunkJudge {
  readonly #head: Head;
  readonly #say: Say;
  readonly #logStart: number | undefined;
  /** Where the next chunk must begin; the first may begin before it. undefined: nobody knows, where
   * the log start is not known, and behind a chunk that could not be read. */
  #next: number | undefined;
  #isFirst = true;
  #timeThrough = -1;

  constructor(head: Head, logStart: number | undefined, say: Say) {
    this.#head = head;
    this.#logStart = logStart;
    this.#say = say;
    this.#next = logStart;
  }

  /** In the order of their base offsets. */
  take(chunk: Chunk): Standing {
    const { baseOffset: from, endOffset: to } = chunk;
    if (from >= this.#head.tailBase) {
      if (!this.#isInTail(chunk)) {
        const detail = 'it is no copy of what the tail has, and the next roll would put it there';
        this.#say('diverging-chunk', { from, to }, detail);
      }
      return 'ahead';
    }
    if (this.#logStart !== undefined && to <= this.#logStart) return 'below';
    this.#place(from, to);
    this.#time(chunk);
    return 'live';
  }

  /** One of which only its base is known. */
  pass(baseOffset: number): void {
    const isWithin = !this.#isFirst && baseOffset < (this.#next ?? 0);
    if (baseOffset >= this.#head.tailBase || isWithin) return;
    this.#gapBefore(baseOffset);
    this.#next = undefined;
  }

  /** After the last. */
  end(): void {
    const { tailBase, timeBefore } = this.#head;
    this.#gapBefore(tailBase);
    if (timeBefore < this.#timeThrough) {
      const detail = `its head says ${timeBefore} of the time before its tail: there is a later`;
      this.#say('wrong-time', undefined, detail);
    }
  }

  #place(from: number, to: number): void {
    const { tailBase } = this.#head;
    const next = this.#next ?? from;
    this.#gapBefore(from);
    if (from < next && !this.#isFirst) {
      const both = { from, to: Math.min(to, next) };
      this.#say('overlapping-chunks', both, `the one before it ends at ${next}`);
    }
    if (to > tailBase) {
      const both = { from: tailBase, to };
      this.#say('overlapping-chunks', both, `the tail begins at ${tailBase}`);
    }
    this.#next = Math.max(next, to);
    this.#isFirst = false;
  }

  #gapBefore(to: number): void {
    const from = this.#next;
    if (from === undefined || from >= to) return;
    this.#say('missing-chunk', { from, to }, `nothing says where these ${to - from} offsets are`);
  }

  #time(chunk: Chunk): void {
    const { baseOffset: from, endOffset: to, timeThrough } = chunk;
    const own = greatestTime(chunk);
    const least = Math.max(own, this.#timeThrough);
    if (timeThrough < least) {
      const where = own === least ? 'in it' : 'before it';
      const detail = `it says ${timeThrough} of its time, and ${least} is ${where}`;
      this.#say('wrong-time', { from, to }, detail);
    }
    this.#timeThrough = timeThrough;
  }

  #isInTail({ baseOffset, length, packed }: Chunk): boolean {
    const { tailBase, tail } = this.#head;
    let base = tailBase;
    const at = tail.findIndex((ref) => {
      const isThere = base === baseOffset;
      base += refCount(ref);
      return isThere;
    });
    return at >= 0 && Buffer.concat(tail.slice(at, at + length)).equals(packed);
  }
}

function greatestTime({ length, at }: Chunk): number {
  let greatest = -1;
  for (let index = 0; index < length; index++) {
    greatest = Math.max(greatest, at(index).timestampMax);
  }
  return greatest;
}
