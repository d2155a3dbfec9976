// What the consumer was told not to go on with: topics, or partitions of them. It is about names,
// and so about what the member holds later too.

export type Pausable = { readonly topic: string; readonly partitions?: readonly number[] };

/** `but`: partitions to which the opposite applies. */
type PausedTopic = { readonly isWhole: boolean; readonly but: Set<number> };

export class PausedPartitions {
  readonly #topics = new Map<string, PausedTopic>();

  pause(wanted: readonly Pausable[]): void {
    for (const one of wanted) this.#set(one, true);
  }

  resume(wanted: readonly Pausable[]): void {
    for (const one of wanted) this.#set(one, false);
  }

  has(topic: string, partition: number): boolean {
    const paused = this.#topics.get(topic);
    return paused !== undefined && paused.isWhole !== paused.but.has(partition);
  }

  #set({ topic, partitions }: Pausable, isPaused: boolean): void {
    if (partitions === undefined) {
      if (isPaused) this.#topics.set(topic, { isWhole: true, but: new Set() });
      else this.#topics.delete(topic);
      return;
    }
    const { isWhole, but } = this.#topics.get(topic) ?? { isWhole: false, but: new Set<number>() };
    for (const partition of partitions) {
      if (isPaused === isWhole) but.delete(partition);
      else but.add(partition);
    }
    this.#topics.set(topic, { isWhole, but });
  }
}
