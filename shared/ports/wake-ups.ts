// Wake-ups: that there is something to deliver, said to whoever delivers.
//
//     (queue, "a partition of a subscription") ──> a worker, once at a time for each queue
//
// Promises, held by every adapter:
// - What was sent arrives at least once, at or after its time; or never, and then a sweep finds
//   what it was about. It may arrive twice.
// - Of those of a partition that have the same key one may be enough: an adapter may drop what
//   comes within five minutes after the first, or, whatever its key, while another of the partition
//   waits in the same queue and nobody has begun it: then the one that arrives says no fence.
// - Of one queue one wake-up is worked on at a time, in the order of the sends, except those with a
//   time of their own.
// - A throw is a StoreError: of those that were sent together some may arrive.

import type { EpochMillis, TopicId } from '../ids.ts';

export type WakeUp = {
  readonly subscription: string;
  readonly topicId: TopicId;
  readonly partition: number;
  /** Which of the subscription's queues it waits in: as many are worked on at once as there are. */
  readonly queue: number;
  /** That of others of the partition which say the same; absent: it is like no other. Of those with
   * a time of their own it says nothing. */
  readonly deduplicationKey?: string;
  /** Of the partition's lease when this was sent. Whoever has taken it since, and has given it up,
   * has seen what this is about; absent: it is needed, whatever happened since. */
  readonly fence?: number;
};

export type TimedWakeUp = {
  readonly wakeUp: WakeUp;
  /** undefined: now. */
  readonly notBefore: EpochMillis | undefined;
};

export interface WakeUps {
  /** @param notBefore absent: now. */
  send(wakeUps: readonly WakeUp[], notBefore?: EpochMillis): Promise<void>;
}

/** Nobody is told; a sweep finds it. For processes that have no way to tell. */
export const noWakeUps: WakeUps = { send: async () => undefined };
