// How a member comes to have what its group's target gives it: it gives up what is not its own any
// more, then takes what is its own and free. What another still has it waits for. So no partition
// has two owners, and one that stays with its owner is never interrupted.

import type { GroupLife, Incarnation, PartitionId } from '../ids.ts';
import type { Sessions } from './group.ts';
import { type Holding, isSamePartition, nowhere } from './holdings.ts';
import { commitIn, type Lease } from './lease.ts';
import type { TopicPartition } from './target.ts';

export type Adoption = {
  /** Held, and still its own. */
  readonly keeps: readonly Holding[];
  /** Its leases of what is another's. */
  readonly givesUp: readonly Lease[];
  /** Another's too, and not given up yet: its client is at work on them. */
  readonly revoked: readonly Holding[];
  /** Its own, and free: the lease as it was read, if there is one. */
  readonly takes: readonly (TopicPartition & { readonly before: Lease | undefined })[];
  /** Its own, and another's as yet. */
  readonly waitsFor: readonly TopicPartition[];
};

export type Adopter = {
  readonly incarnation: Incarnation;
  readonly holdings: readonly Holding[];
  /** Whether the client still works on what this lease gave it. @default on none */
  readonly isAtWork?: (lease: Lease) => boolean;
};

/** @param leases all of the group's.
 * @param sessions of the group: an owner who is not in them is gone, or has come in a generation
 *   that refuses whatever is planned here. */
export function planAdoption(
  { incarnation, holdings, isAtWork = () => false }: Adopter,
  own: readonly TopicPartition[],
  {
    leases,
    sessions,
    life,
  }: {
    readonly leases: readonly Lease[];
    readonly sessions: Sessions;
    readonly life: GroupLife;
  },
): Adoption {
  const byPartition = new Map(leases.map((lease) => [nameOf(lease.id), lease]));
  const heldBy = (lease: Lease) => {
    const held = holdings.find((holding) => isSamePartition(holding, lease.id));
    return held?.fence === lease.fence ? held : holdingOf(lease, life);
  };
  const keeps: Holding[] = [];
  const takes: Adoption['takes'][number][] = [];
  const waitsFor: TopicPartition[] = [];
  for (const place of own) {
    const lease = byPartition.get(nameOf(place));
    if (lease?.owner === incarnation) {
      keeps.push(heldBy(lease));
    } else if (lease?.owner === undefined || !sessions.has(lease.owner)) {
      takes.push({ ...place, before: lease });
    } else {
      waitsFor.push(place);
    }
  }
  const isOwn = new Set(own.map(nameOf));
  const others = leases.filter(({ owner, id }) => owner === incarnation && !isOwn.has(nameOf(id)));
  return {
    keeps,
    givesUp: others.filter((lease) => !isAtWork(lease)),
    revoked: others.filter(isAtWork).map(heldBy),
    takes,
    waitsFor,
  };
}

/** One that has just been taken: reading starts at the committed offset. */
function holdingOf(lease: Lease, life: GroupLife): Holding {
  const committed = commitIn(lease, life)?.offset ?? nowhere;
  return {
    topic: lease.topic,
    ...lease.id,
    fence: lease.fence,
    takenIn: lease.takenIn,
    position: committed,
    delivered: nowhere,
    committed,
  };
}

function nameOf({ topicId, partition }: PartitionId): string {
  return `${topicId}#${partition}`;
}
