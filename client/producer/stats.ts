// What a producer has done so far, and what the engine's stores did for it: requests and store
// operations are what messages cost.

export type ProducerStats = {
  /** Of messages, also those that failed; a transaction is one. */
  readonly requests: number;
  readonly failedRequests: number;
  /** Stored. */
  readonly messages: number;
  readonly batches: number;
  /** Of the batches, before compression, and of transactions. */
  readonly bytes: number;
  /** As they were sent. */
  readonly storedBytes: number;
  /** By the names that the engine gives them in Server-Timing: objectPuts, tableWrites and others.
   * */
  readonly operations: Readonly<Record<string, number>>;
};

export class StatsCount {
  readonly #counts = {
    requests: 0,
    failedRequests: 0,
    messages: 0,
    batches: 0,
    bytes: 0,
    storedBytes: 0,
  };
  readonly #operations: Record<string, number> = {};

  add(more: Partial<Omit<ProducerStats, 'operations'>>): void {
    for (const [name, count] of Object.entries(more)) {
      this.#counts[name as keyof typeof more] += count;
    }
  }

  /** Source: the Server Timing specification; the engine says counts as descriptions. */
  addOperations(serverTiming: string | null | undefined): void {
    for (const [, name = '', count] of (serverTiming ?? '').matchAll(countForm)) {
      this.#operations[name] = (this.#operations[name] ?? 0) + Number(count);
    }
  }

  get(): ProducerStats {
    return { ...this.#counts, operations: { ...this.#operations } };
  }
}

const countForm = /([A-Za-z]+);desc="(\d+)"/g;
