// Producers and readers over stores that fail. How records are sent is handed in: a producer whose
// sends are stamped, and so may be sent again, is one that never has to say "unknown".

import type { Chance } from '../../shared/engine/environment.ts';
import { EngineError } from '../../shared/errors.ts';
import { type Fate, type Log, type Sent, type Stored, shown } from './journal.ts';

/** One request, for one partition.
 * @returns the offsets. @throws EngineError when it was not stored, or nobody knows. */
export type Send = (request: Omit<Sent, 'fate'>) => Promise<readonly number[]>;

/** @throws EngineError */
export type FetchFrom = (place: { partition: number; offset: number }) => Promise<{
  readonly records: Log;
  readonly nextOffset: number;
  readonly highWatermark: number;
}>;

/** By partition, one past the last offset that anybody was acknowledged. */
export type Acknowledged = number[];

export type Producing = {
  readonly producer: string;
  readonly send: Send;
  readonly partitions: number;
  readonly acknowledged: Acknowledged;
  readonly chance: Chance;
};

const recordsMax = 3;
/** So that requests differ in length, and ranges of segments with them. */
const paddingMax = 400;

/** A producer that sends one request after the other, whatever becomes of each. */
export class Producer {
  readonly sent: Sent[] = [];
  readonly #producing: Producing;

  constructor(producing: Producing) {
    this.#producing = producing;
  }

  /** @param goesOn is asked before each request, and told how many were sent. */
  async sendWhile(goesOn: (sent: number) => boolean): Promise<void> {
    while (goesOn(this.sent.length)) await this.sendOne();
  }

  async sendOne(partition = this.#draw(this.#producing.partitions)): Promise<Fate> {
    const { producer, send, acknowledged } = this.#producing;
    const sequence = this.sent.length;
    const values = Array.from({ length: 1 + this.#draw(recordsMax) }, (_, index) => {
      return `${producer}/${sequence}/${index}/${'.'.repeat(this.#draw(paddingMax))}`;
    });
    const request = { producer, sequence, partition, values };
    const fate = await send(request).then(
      (offsets): Fate => ({ kind: 'acknowledged', offsets }),
      fateOf,
    );
    this.sent.push({ ...request, fate });
    if (fate.kind === 'acknowledged') {
      const end = (fate.offsets.at(-1) ?? -1) + 1;
      acknowledged[partition] = Math.max(acknowledged[partition] ?? 0, end);
    }
    return fate;
  }

  #draw(below: number): number {
    return Math.floor(this.#producing.chance.fraction() * below);
  }
}

/** What a caller makes of a failure: anything that the engine does not explain is a fault. */
function fateOf(error: unknown): Fate {
  if (!(error instanceof EngineError)) throw error;
  return { kind: error.outcome === 'unknown' ? 'unknown' : 'refused' };
}

/** A reader that follows one partition while it is written. What it sees it keeps, and holds
 * against what it sees later: an offset has one value for ever, a fetch begun after an
 * acknowledgement sees it, and the end never goes back. */
export class Reader {
  readonly seen = new Map<number, string>();
  readonly wrong: string[] = [];
  readonly #partition: number;
  readonly #acknowledged: Acknowledged;
  #end = 0;

  constructor(partition: number, acknowledged: Acknowledged) {
    this.#partition = partition;
    this.#acknowledged = acknowledged;
  }

  /** From the offset to the end of the log, or to the first fetch that fails.
   * @returns where to go on. */
  async follow(fetchFrom: FetchFrom, from: number): Promise<number> {
    let offset = from;
    for (;;) {
      const atLeast = Math.max(this.#end, this.#acknowledged[this.#partition] ?? 0);
      const fetched = await fetchFrom({ partition: this.#partition, offset }).catch(unlessFailed);
      if (fetched === undefined) return offset;
      const { records, nextOffset, highWatermark } = fetched;
      if (highWatermark < atLeast) this.wrong.push(`the end is ${highWatermark} of ${atLeast}`);
      this.#end = Math.max(this.#end, highWatermark);
      for (const record of records) this.#see(record);
      if (nextOffset === offset) return offset;
      offset = nextOffset;
    }
  }

  #see({ offset, value }: Stored): void {
    const before = this.seen.get(offset) ?? value;
    if (before !== value) {
      this.wrong.push(`offset ${offset} was ${shown(before)}, and is ${shown(value)}`);
    }
    this.seen.set(offset, value);
  }

  /** What it saw that the log does not hold there. */
  differences(log: Log): string[] {
    const differing = [...this.seen].filter(([offset, value]) => log[offset]?.value !== value);
    return differing.map(([offset, value]) => `offset ${offset} was read as ${shown(value)}`);
  }
}

/** A fetch may fail in any way that it can name, and be asked again. */
function unlessFailed(error: unknown): undefined {
  if (!(error instanceof EngineError)) throw error;
}

/** All of a partition. @throws EngineError */
export async function readLog(fetchFrom: FetchFrom, partition: number): Promise<Log> {
  const log: Stored[] = [];
  for (let offset = 0; ; ) {
    const { records, nextOffset, highWatermark } = await fetchFrom({ partition, offset });
    log.push(...records);
    if (nextOffset === highWatermark) return log;
    offset = nextOffset;
  }
}
