// Group commit. Requests that meet in one process share a segment: one PUT, one update per head. A
// request that is alone never waits; one that finds a commit under way gathers with others until
// that commit ends, or for lingerMillis, or until there are gatherBytes of them.
//
// Bounded: bytes waiting and under way never pass appendQueueBytesMax; above it requests are
// refused, and nothing of them is stored.

import { EngineError } from '../errors.ts';
import {
  appendQueueBytesMax,
  commitsInFlightMax,
  lingerMillis,
  segmentBytesMax,
} from '../limits.ts';
import type {
  Appended,
  AppendOutcome,
  AppendQueue,
  Batches,
  Pending,
  Submission,
  Waiting,
} from './append-queue.ts';
import { commit } from './commit.ts';
import type { Engine } from './engine.ts';

/** Appends all that one request brings, in one segment.
 * @throws EngineError THROTTLED when the process holds too much already. */
export async function append(
  engine: Engine,
  submissions: readonly Submission[],
): Promise<Appended> {
  const queue = engine.appends;
  const bytes = hold(queue, submissions);
  const { promise, resolve, reject } = Promise.withResolvers<Appended>();
  // What waits for its predecessor is held longer than its commit is under way.
  const release = () => {
    queue.bytes -= bytes;
  };
  promise.then(release, release);
  queue.waiting.push({ pending: pendingOf(submissions, resolve), bytes, reject });
  queue.waitingBytes += bytes;
  if (queue.waitingBytes >= engine.settings.gatherBytes) queue.wake();
  if (!queue.gathering) engine.background.run(gather(engine));
  return promise;
}

/** Counts the bytes of what is to be committed, until they are taken off `bytes` again.
 * @throws EngineError THROTTLED when the process holds too many already. */
export function hold(queue: AppendQueue, all: readonly Batches[]): number {
  const batches = all.flatMap((one) => one.batches);
  const bytes = batches.reduce((sum, batch) => sum + batch.length, 0);
  if (queue.bytes + bytes > appendQueueBytesMax) {
    const message = `more than ${appendQueueBytesMax} bytes wait to be stored; try again later`;
    throw new EngineError('THROTTLED', message, { limit: appendQueueBytesMax });
  }
  queue.bytes += bytes;
  return bytes;
}

function pendingOf(
  submissions: readonly Submission[],
  resolve: (appended: Appended) => void,
): readonly Pending[] {
  const outcomes = new Array<AppendOutcome>(submissions.length);
  let left = submissions.length;
  return submissions.map((submission, index) => ({
    ...submission,
    mayBeStored: false,
    settle: (outcome, operations) => {
      outcomes[index] = outcome;
      left--;
      if (left === 0) resolve({ outcomes, operations });
    },
  }));
}

/** One at a time in a process: draws what waits into commits until nothing waits. */
async function gather(engine: Engine): Promise<void> {
  const queue = engine.appends;
  queue.gathering = true;
  while (queue.waiting.length > 0) {
    await turnToCommit(engine);
    engine.background.run(commitNext(engine, takeNext(queue)));
  }
  queue.gathering = false;
}

async function turnToCommit({ appends: queue, clock, settings }: Engine): Promise<void> {
  if (queue.inFlight === 0) return clock.turn();
  if (queue.inFlight < commitsInFlightMax) {
    if (queue.waitingBytes >= settings.gatherBytes) return;
    return clock.sleep(lingerMillis, wakeOf(queue));
  }
  while (queue.inFlight >= commitsInFlightMax) await wakeOf(queue);
}

function wakeOf(queue: AppendQueue): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  queue.wake = resolve;
  return promise;
}

/** At least one request, and no more than a segment holds. */
function takeNext(queue: AppendQueue): readonly Waiting[] {
  let bytes = 0;
  let taken = 0;
  for (const { bytes: more } of queue.waiting) {
    if (taken > 0 && bytes + more > segmentBytesMax) break;
    bytes += more;
    taken++;
  }
  queue.waitingBytes -= bytes;
  return queue.waiting.splice(0, taken);
}

async function commitNext(engine: Engine, requests: readonly Waiting[]): Promise<void> {
  const queue = engine.appends;
  queue.inFlight++;
  try {
    await commit(
      engine,
      requests.flatMap(({ pending }) => pending),
    );
  } catch (error) {
    for (const { reject } of requests) reject(error);
  } finally {
    queue.inFlight--;
    queue.wake();
  }
}
