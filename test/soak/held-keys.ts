// What a reader holds of a compacted partition that he reads upwards: the last that he was given of
// each key. If a tombstone is gone that he has not met yet, what it deleted he has held for longer
// than a tombstone stays; else he would hold it for ever.

import type { LogRecord } from '../../shared/record/record.ts';
import type { Gap, ModelPartition } from './model.ts';

type Held = { readonly offset: number; readonly since: number };

export class HeldKeys {
  readonly #partition: ModelPartition;
  readonly #held = new Map<string, Held>();

  constructor(partition: ModelPartition) {
    this.#partition = partition;
  }

  /** @param asked when he began to read this. */
  see(records: readonly LogRecord[], asked: number): void {
    if (!this.#partition.policy.isCompacted) return;
    for (const { key, value, offset } of records) {
      const name = Buffer.from(key ?? '').toString();
      if (value === null) this.#held.delete(name);
      else this.#held.set(name, { offset, since: asked });
    }
  }

  /** @param gaps in what was just seen.
   * @returns how many tombstones are gone, and what is wrong with that. */
  pass(gaps: readonly Gap[], now: number) {
    const { deleteRetentionMillis } = this.#partition.policy;
    const gone = gaps.filter(({ why }) => why === 'expired');
    const faults = gone.flatMap(({ offset }) => {
      const held = this.#held.get(this.#partition.at(offset)?.key ?? '');
      if (held === undefined || held.offset > offset) return [];
      const millis = now - held.since;
      if (millis >= deleteRetentionMillis) return [];
      return [`${millis} ms after ${held.offset} was read ${offset}, which deletes it, is gone`];
    });
    return { gone: gone.length, faults };
  }
}
