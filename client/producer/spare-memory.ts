// Memory that batches have done with, for those that come: a megabyte that is new each time is a
// good part of what a message costs, since the collector is called for each few of them.
//
// What is given back nobody looks at any more. It is not cleared: who takes it writes it first.

import type { Memory } from '../../shared/record/growing-batch.ts';

/** What is smaller is made as fast as it is found. */
const keptBytesMin = 65_536;
/** Of all that is kept: as much as partitions that gather at once have need of. */
const keptBytesMax = 16 * 1024 * 1024;

export class SpareMemory implements Memory {
  readonly #spare: Buffer[] = [];
  #bytes = 0;

  take(bytes: number): Buffer {
    const at = this.#spare.findIndex(({ length }) => length >= bytes);
    if (bytes < keptBytesMin || at < 0) return Buffer.allocUnsafeSlow(bytes);
    const [found] = this.#spare.splice(at, 1) as [Buffer];
    this.#bytes -= found.length;
    return found;
  }

  giveBack(memory: Buffer): void {
    const { length } = memory;
    if (length < keptBytesMin || this.#bytes + length > keptBytesMax) return;
    this.#spare.push(memory);
    this.#bytes += length;
  }
}
