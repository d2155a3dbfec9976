// What is told of a member and its group as fetches bring it.

import type { Events } from '../events.ts';
import type { Clock } from '../host.ts';
import type { Assignment, FetchChange } from './assignment.ts';
import type { ConsumerPayloads } from './events.ts';

export type GroupNewsParts = {
  readonly assignment: Assignment;
  readonly events: Events<ConsumerPayloads>;
  readonly groupId: string;
  readonly clock: Clock;
};

export class GroupNews {
  readonly #parts: GroupNewsParts;
  /** When what the member has began to change; undefined: it does not. */
  #changingSince: number | undefined;

  constructor(parts: GroupNewsParts) {
    this.#parts = parts;
  }

  /** What the member has is another's by and by, or is news. */
  changes(): void {
    this.#changingSince ??= this.#parts.clock.now();
  }

  rebalances(memberId: string): void {
    const { events, groupId } = this.#parts;
    this.changes();
    events.tell('consumer.rebalancing', () => ({ groupId, memberId }));
  }

  /** @param duration of the fetch, in milliseconds. */
  fetched(memberId: string, change: FetchChange, duration: number): void {
    const { events, groupId, assignment, clock } = this.#parts;
    events.tell('consumer.fetch', () => {
      return { nodeId: '0', numberOfBatches: change.filled, duration };
    });
    events.tell('consumer.heartbeat', () => {
      return { groupId, memberId, groupGenerationId: assignment.generation };
    });
    const { taken, revoked, lost } = change;
    if (revoked.length + lost.length > 0) this.rebalances(memberId);
    if (taken.length > 0) this.changes();
    const since = this.#changingSince;
    // What is revoked is not given up yet.
    if (since === undefined || assignment.held.some(({ isRevoked }) => isRevoked)) return;
    this.#changingSince = undefined;
    events.tell('consumer.group_join', () => ({
      groupId,
      memberId,
      leaderId: '',
      isLeader: false,
      groupProtocol: 'cooperative-sticky',
      memberAssignment: partitionsByTopic(assignment),
      duration: clock.now() - since,
    }));
  }
}

function partitionsByTopic({ held }: Assignment): Record<string, readonly number[]> {
  const topics = Map.groupBy(held, ({ topic }) => topic);
  return Object.fromEntries(
    [...topics].map(([topic, all]) => [topic, all.map(({ partition }) => partition)]),
  );
}
