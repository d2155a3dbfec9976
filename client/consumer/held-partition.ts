// One partition that a member holds, as the member sees it: what is fetched of it and not done yet,
// how far it is done, and how far that is committed.
//
//     committed <= resolved <= position         offsets, each of the next message
//                  resolved |<- buffered ->| position
//
// - Messages are given in the order of their offsets, each once, as long as nothing is sought or
//   lost; what is done only rises.
// - Whoever works on it holds a Turn. What he does after the partition was lost, or sought in, is
//   of no turn any more, and changes nothing.

import type { BatchHeader } from '../../shared/record/batch-header.ts';

/** A record batch, as it was fetched. */
export type FetchedBatch = {
  /** Its header is at header.position of these. */
  readonly bytes: Uint8Array;
  readonly header: BatchHeader;
  /** Messages below it are not to be seen. */
  readonly offset: number;
  /** Behind its last message, those that compaction has taken included. */
  readonly nextOffset: number;
};

/** Not known. */
export const nowhere = -1;

export class HeldPartition {
  readonly topic: string;
  readonly partition: number;
  /** The generation of the group in which it was taken: taken again, it is another. */
  readonly takenIn: number;
  /** Where the next fetch begins; nowhere: the engine has not said yet. */
  position = nowhere;
  /** Of the next message to be done. */
  resolved = nowhere;
  /** As far as this member knows; nowhere: nothing is. */
  committed = nowhere;
  /** Of the partition, when something was fetched of it last. */
  highWatermark = 0;
  isLost = false;
  /** When it was told that the group gives it to another; undefined: it does not. */
  revokedAt: number | undefined;
  /** When it was left to the engine last where to begin. */
  placedAt = Number.NEGATIVE_INFINITY;
  /** Whether the fetch that was sent last reads from the position on. */
  isAskedFor = false;
  /** Raised by every seek: what was asked or taken before is of no use. */
  turn = 0;
  bufferedBytes = 0;
  #buffered: FetchedBatch[] = [];

  constructor({
    topic,
    partition,
    takenIn,
  }: Pick<HeldPartition, 'topic' | 'partition' | 'takenIn'>) {
    this.topic = topic;
    this.partition = partition;
    this.takenIn = takenIn;
  }

  get isPlaced(): boolean {
    return this.position !== nowhere;
  }

  get isRevoked(): boolean {
    return this.revokedAt !== undefined;
  }

  get hasMessages(): boolean {
    return this.#buffered.length > 0;
  }

  /** Something is done that is not committed. */
  get isUncommitted(): boolean {
    return this.resolved > this.committed;
  }

  get buffered(): readonly FetchedBatch[] {
    return this.#buffered;
  }

  /** Where the engine says that reading begins. */
  placeAt(offset: number, committed: number): void {
    this.seek(offset);
    this.committed = committed;
  }

  seek(offset: number): void {
    this.#beginAnew();
    this.position = offset;
    this.resolved = offset;
  }

  /** The engine is to say where it begins. */
  unplace(now: number): void {
    this.#beginAnew();
    this.position = nowhere;
    this.placedAt = now;
  }

  /** What was fetched from the position on; or from another offset, since nothing is there. An
   * earlier one is of a topic that was made anew. */
  add(
    batches: readonly FetchedBatch[],
    { offset, nextOffset }: Pick<FetchedBatch, 'offset' | 'nextOffset'>,
  ): void {
    if (offset < this.position) this.placeAt(offset, nowhere);
    this.#keep([...this.#buffered, ...batches]);
    this.position = nextOffset;
    this.#passEmpty();
  }

  /** A handler has nothing of it any more: what it has done is let go. */
  putBack(): void {
    this.#keep(this.#buffered.filter(({ nextOffset }) => nextOffset > this.resolved));
    this.#passEmpty();
  }

  /** All before the offset is done. */
  resolveTo(offset: number): void {
    if (offset > this.resolved) this.resolved = offset;
  }

  commitTo(offset: number): void {
    if (offset > this.committed) this.committed = offset;
  }

  /** Past what compaction has left nothing of. */
  #passEmpty(): void {
    if (!this.hasMessages) this.resolveTo(this.position);
  }

  #beginAnew(): void {
    this.turn++;
    this.isAskedFor = false;
    this.#keep([]);
  }

  #keep(batches: FetchedBatch[]): void {
    this.#buffered = batches;
    this.bufferedBytes = batches.reduce((sum, { header }) => sum + header.length, 0);
  }
}

/** Something of the caller's that was called, and is waited for. */
export type InHand = { readonly isInHand: boolean };

/** A partition in the hands of a handler. */
export class Turn {
  readonly held: HeldPartition;
  /** A handler was called, and is not done. */
  isInHand = false;
  readonly #turn: number;

  constructor(held: HeldPartition) {
    this.held = held;
    this.#turn = held.turn;
  }

  /** What is left of it is not to be done. */
  get isStale(): boolean {
    return this.held.isLost || this.held.turn !== this.#turn;
  }

  /** All before the offset is done. */
  resolveTo(offset: number): void {
    if (!this.isStale) this.held.resolveTo(offset);
  }
}
