// Who of this client's consumers holds a partition for its group: what a transaction must say with
// the offsets that it commits, so that one which has lost the partition commits nothing.

export type Membership = {
  /** Of the instance. */
  readonly member: string;
  /** The group's latest in which the member is known to have held the partition, without a break
   * since it was given what it is at work on. */
  readonly generation: number;
};

/** @returns undefined: it does not hold the partition. */
type Holding = (topic: string, partition: number) => Membership | undefined;

export class GroupMembers {
  readonly #holdings = new Map<string, Set<Holding>>();

  /** A consumer has joined the group. @returns what takes it away again. */
  join(groupId: string, holding: Holding): () => void {
    const all = this.#holdings.get(groupId) ?? new Set();
    this.#holdings.set(groupId, all);
    all.add(holding);
    return () => {
      all.delete(holding);
      if (all.size === 0) this.#holdings.delete(groupId);
    };
  }

  /** @returns undefined: no consumer of this client does. */
  memberHolding(groupId: string, topic: string, partition: number): Membership | undefined {
    for (const holding of this.#holdings.get(groupId) ?? []) {
      const membership = holding(topic, partition);
      if (membership !== undefined) return membership;
    }
    return undefined;
  }
}
