// A delivery worker's lease of a partition: the lease of its subscription's group, with the time
// until which the worker has it. Workers are no instances: they come and go with every wake-up, and
// none of them has a session that others would have to keep. So the lease itself says how long it
// lasts, and whoever comes after that takes it; owner and fence keep what was taken over from
// committing, as they do for instances.

import {
  commitIn,
  commitWrite,
  isHeld,
  type Lease,
  type Tenure,
  takeWrite,
} from '../group/lease.ts';
import type { EpochMillis, GroupLife, Incarnation, PartitionId } from '../ids.ts';
import type { Action, Write } from '../store/algebra.ts';
import { leaseItem, leaseKey } from '../store/group-items.ts';
import { workerPauseMillisMax } from '../trigger-limits.ts';
import { decodeProgress, encodeProgress, type Progress, storedProgress } from './progress.ts';
import type { Subscription } from './subscription.ts';

/** Until when somebody else has it; undefined: it may be taken. */
export function heldUntil(lease: Lease | undefined, now: EpochMillis): EpochMillis | undefined {
  const { owner, until } = lease ?? {};
  return owner !== undefined && until !== undefined && until > now ? until : undefined;
}

/** The key of a wake-up that is sent now, by which more of the same are needless
 * (ports/wake-ups.ts); undefined: it is needed, whatever others there are.
 *
 * While somebody has the partition, one wake-up is enough: it waits in its queue behind the one he
 * works on. While nobody has it, and something is there to be delivered, one is too: whoever comes
 * with it takes the partition, and what is said of it afterwards is another thing. While it is put
 * off none is needed: one is on its way for the end of that. But who finds a window that is not
 * full takes nothing; and nothing may be left for him where an owner whose time is over has
 * committed all the same.
 * @param lease read since the append was done; undefined: there was none.
 * @param known.life of the subscription. @param known.nextOffset of the head, as the append left
 *   it; undefined: it is not known. */
export function deduplicationKeyOf(
  lease: Lease | undefined,
  { life, nextOffset }: { readonly life: GroupLife; readonly nextOffset: number | undefined },
  now: EpochMillis,
): string | undefined {
  // Nobody has had it yet: whoever comes begins it.
  if (lease === undefined) return nextOffset === undefined ? undefined : `${life}-0-free`;
  if (lease.life !== life) return undefined;
  if (heldUntil(lease, now) !== undefined) return keyWhileHeld(lease);
  const { fence, owner, commit, progress } = lease;
  if (owner !== undefined) return undefined;
  const { at, notBefore = 0, gatherUntil = 0 } = storedProgress(progress) ?? {};
  if (gatherUntil > now + workerPauseMillisMax) return undefined;
  if (notBefore > now + workerPauseMillisMax) return `${life}-${fence}-off`;
  const isBehind = (nextOffset ?? 0) > (commit?.offset ?? at ?? Number.POSITIVE_INFINITY);
  return isBehind ? `${life}-${fence}-free` : undefined;
}

/** Whether somebody has taken the partition since a wake-up was sent, and given it up: he has
 * looked at it since, and whatever he left has a wake-up of its own.
 * @param fence of the lease when the wake-up was sent; undefined: nobody knows. */
export function isServed(lease: Lease | undefined, fence: number | undefined): boolean {
  if (lease === undefined || fence === undefined) return false;
  return lease.owner === undefined && lease.fence > fence;
}

/** Of what is to be done once whoever has the partition has done. */
export function keyWhileHeld({ life, fence }: Pick<Lease, 'life' | 'fence'>): string {
  return `${life}-${fence}-held`;
}

/** @param before as read, and not held; undefined: there was none. */
export function takeByWorker(
  { group: name, life, topic }: Subscription,
  id: PartitionId,
  { owner, until }: { readonly owner: Incarnation; readonly until: EpochMillis },
  before: Lease | undefined,
): Write {
  return takeWrite({ name, life }, { id, topic, generation: 0, until }, owner, before);
}

/** @param nowhere where to begin if nothing is committed.
 * @returns what the lease says, if it is of the subscription's life and of what is committed; else
 *   that of a partition with which nothing has happened yet. */
export function progressIn(
  lease: Lease | undefined,
  { life, version }: Subscription,
  nowhere: number,
): Progress {
  const text = lease?.life === life ? lease.progress : undefined;
  return decodeProgress(text, { at: commitIn(lease, life)?.offset ?? nowhere, version });
}

/** What a worker writes of how far it is: the commit only if it went on, since that says when the
 * group did. It is refused once the worker has lost the partition, and, if it commits, by what is
 * committed.
 * @param also.releases whether it gives the partition up with it.
 * @param also.over how the committed offset must be to this one: '<' for a transaction, of which
 *   what was committed before must not be done again. @default '<=' */
export function progressWrite(
  { group: name, life, version }: Subscription,
  tenure: Tenure,
  { before, after, now }: { before: Progress; after: Progress; now: EpochMillis },
  also: { readonly releases: boolean; readonly over?: '<' | '<=' },
): Write {
  const text = encodeProgress(after, version);
  const progress: Action =
    text === undefined
      ? { remove: leaseItem.progress }
      : { set: leaseItem.progress, to: { value: text } };
  const actions = [progress, ...(also.releases ? [{ remove: leaseItem.owner }] : [])];
  if (after.at === before.at) {
    return {
      update: leaseKey(name, tenure.id),
      actions,
      if: isHeld(tenure.owner, tenure.fence),
    };
  }
  const commit = { offset: after.at, metadata: '', at: now };
  return commitWrite({ name, life }, tenure, commit, { over: also.over ?? '<=', also: actions });
}
