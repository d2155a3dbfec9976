// What was told of where a partition begins and ends. Neither ever falls: whoever asks is told at
// least what anybody had been told before he asked.

import type { Bounds } from '../../shared/engine/bounds.ts';
import type { ToldStart } from './starts.ts';

export class ToldBounds {
  readonly #complain: (what: string) => void;
  readonly #starts = new Map<number, ToldStart>();
  #logStart = 0;
  #end = 0;
  #deletedBelow = 0;
  #deletionsOfAll = 0;

  constructor(complain: (what: string) => void) {
    this.#complain = complain;
  }

  /** What whoever asks from now on is told at least. */
  get floor(): Bounds {
    return { logStart: this.#logStart, highWatermark: this.#end };
  }

  get end(): number {
    return this.#end;
  }

  /** Each start as it was told first, in the order of offsets. */
  get starts(): readonly ToldStart[] {
    return [...this.#starts.values()].sort((one, other) => one.logStart - other.logStart);
  }

  /** Somebody was told that his records are below. */
  reached(end: number): void {
    this.#end = Math.max(this.#end, end);
  }

  /** Records below that may go from now on. @param before undefined: all that there are by then.
   * @returns what is to be told, afterwards, where the log starts. */
  deleting(before: number | undefined): (logStart: number) => void {
    this.#raiseDeleted(before ?? 0);
    if (before === undefined) this.#deletionsOfAll++;
    return (logStart) => {
      if (before !== undefined) return;
      this.#deletionsOfAll--;
      this.#raiseDeleted(logStart);
    };
  }

  /** @param floor as it was when that was asked. @param at when it was answered. */
  told({ logStart, highWatermark }: Bounds, floor: Bounds, at: number): void {
    const log = `the log is told to be ${logStart} to ${highWatermark}`;
    if (highWatermark < floor.highWatermark) {
      this.#complain(`${log}, and ${floor.highWatermark - 1} was there before`);
    }
    if (logStart < floor.logStart) this.#complain(`${log}, and began at ${floor.logStart} before`);
    if (logStart > highWatermark) this.#complain(`${log}, which it cannot be`);
    this.#logStart = Math.max(this.#logStart, logStart);
    this.reached(highWatermark);
    const deletedBelow = this.#deletionsOfAll > 0 ? logStart : this.#deletedBelow;
    const start = { logStart, end: highWatermark, at, deletedBelow };
    if (!this.#starts.has(logStart)) this.#starts.set(logStart, start);
  }

  #raiseDeleted(below: number): void {
    this.#deletedBelow = Math.max(this.#deletedBelow, below);
  }
}
