// What a checker is given, and how it looks things up. A checker is a function from a finished run
// to the violations that it finds in it, in words; it changes nothing, and needs no world, so that
// a test can hand it a history made by hand.

import type { WatchedCommit, WatchedEnd, WatchedTake } from '../group-watch.ts';
import type { BatchOutcome, History, ProduceRequest, SentBatch } from '../history.ts';
import type { Log } from '../logs.ts';
import type { WatchedMove, WatchedSubscription } from '../triggers/delivery-watch.ts';

export type FinishedRun = {
  readonly history: History;
  readonly logs: readonly Log[];
  /** Faults ended while clients went on. */
  readonly liveness: boolean;
  /** Stored bytes came wrong, or not at all: readers may say so. */
  readonly damages: boolean;
  /** How old a weak read may have been, in milliseconds. */
  readonly weakLagMillisMax: number;
  /** How far ahead of the true time a clock may have been. */
  readonly aheadMillisMax: number;
  readonly groups: GroupFacts;
  readonly deliveries: DeliveryFacts;
};

/** What was seen of subscriptions. */
export type DeliveryFacts = {
  readonly subscriptions: readonly WatchedSubscription[];
  readonly moves: readonly WatchedMove[];
  /** What runs and did not come to its end, once all was quiet. */
  readonly behind: readonly string[];
  /** No clock was ever wrong, and no process died or froze. */
  readonly isUndisturbed: boolean;
};

export const noDeliveries: DeliveryFacts = {
  subscriptions: [],
  moves: [],
  behind: [],
  isUndisturbed: true,
};

/** What was seen of groups. */
export type GroupFacts = {
  readonly commits: readonly WatchedCommit[];
  readonly ends: readonly WatchedEnd[];
  readonly takes: readonly WatchedTake[];
  /** No clock of the run was ever wrong. */
  readonly isTimeTrue: boolean;
  /** Who came last had every partition, and read each to its end. */
  readonly isDrained: boolean;
  /** That are there when all is quiet, and that clients use: what it subscribed to. */
  readonly topics: ReadonlySet<string>;
  /** What the processors have committed in the end, by partition. */
  readonly processed: ReadonlyMap<string, number>;
};

export const noGroups: GroupFacts = {
  commits: [],
  ends: [],
  takes: [],
  isTimeTrue: true,
  isDrained: true,
  topics: new Set(),
  processed: new Map(),
};

export type Checker = (run: FinishedRun, index: Index) => readonly string[];

export type Place = { readonly log: Log; readonly offset: number };

/** Where each record lies, and each log by its name. */
export type Index = {
  readonly places: ReadonlyMap<string, readonly Place[]>;
  readonly logs: ReadonlyMap<string, readonly Log[]>;
};

export function indexOf({ logs }: Pick<FinishedRun, 'logs'>): Index {
  const places = new Map<string, Place[]>();
  for (const log of logs) {
    for (const { id, offset } of log.records) {
      const known = places.get(id);
      if (known === undefined) places.set(id, [{ log, offset }]);
      else known.push({ log, offset });
    }
  }
  return { places, logs: Map.groupBy(logs, nameOf) };
}

export function nameOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}-${partition}`;
}

/** Its topic was deleted. */
export function isGone({ gone }: Log): boolean {
  return gone < Number.POSITIVE_INFINITY;
}

/** A batch of a request, and what its attempts came to. */
export type SentOnce = {
  readonly request: ProduceRequest;
  readonly batch: SentBatch;
  readonly outcomes: readonly BatchOutcome[];
};

export function* batchesOf({ produces }: History): Generator<SentOnce> {
  for (const request of produces) {
    for (const [at, batch] of request.batches.entries()) {
      const outcomes = request.attempts.map(({ outcomes }) => outcomes[at] as BatchOutcome);
      yield { request, batch, outcomes };
    }
  }
}

/** Where its first record lies. More than once it may lie only in topics of which each but one is
 * deleted: what is sent again after its topic was made again is new there. */
export function placesOf({ batch }: SentOnce, { places }: Index): readonly Place[] {
  return places.get(batch.records[0]?.id ?? '') ?? [];
}

/** For messages: `c3's c3.17 to orders-0`. */
export function told({ request, batch }: SentOnce): string {
  return `${request.client}'s ${batch.records[0]?.id} to ${nameOf(batch)}`;
}

export function isAcknowledged(outcome: BatchOutcome): boolean {
  return outcome.kind === 'stored' || outcome.kind === 'duplicate';
}
