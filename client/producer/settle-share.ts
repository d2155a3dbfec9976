// What is done with a share when its request is answered: its batches are settled, or go back to
// where they were, before all that was gathered since.

import { unreachable } from '../../shared/assert.ts';
import type { SluiceError } from '../errors.ts';
import { pauseBeforeRetry } from '../retry.ts';
import type { Batch } from './batch.ts';
import type { ProducerSettings } from './options.ts';
import type { PartitionQueue, Share } from './partition-queue.ts';
import type { Stock } from './stock.ts';
import type { TopicQueue } from './topic-queue.ts';
import { messageBytesMaxIn, type Verdict, verdictOn } from './verdict.ts';

export type Settling = {
  readonly stock: Stock;
  readonly topic: TopicQueue;
  readonly settings: ProducerSettings;
  readonly now: number;
  /** Of the request, if all of it failed; else 1. */
  readonly shares: number;
  /** If the request is to be divided: whom this share goes with then. */
  readonly group: number;
  /** Of the request's pause, uniform in [0, 1): what failed together comes back together. */
  readonly drawn: number;
};

/** Of records of one batch, one after the other. */
const refusalsMax = 16;

/** @param result where it is stored; -1: nobody knows any more. */
export function settleShare(share: Share, result: number | SluiceError, settling: Settling): void {
  const { queue, batches } = share;
  if (typeof result === 'number') {
    settling.stock.stored(batches, result);
    for (const { origin } of batches) if (origin !== undefined) origin.refusals = 0;
    queue.moveOn(share);
    return;
  }
  if (result.outcome === 'unknown') for (const batch of batches) batch.isUnsure = true;
  const isUnsure = batches.some((batch) => batch.isUnsure);
  const verdict = verdictOn({
    error: result,
    isUnsure,
    isLate: isLate(share, settling),
    shares: settling.shares,
    batches: batches.length,
    records: share.count,
  });
  carryOut(verdict, share, result, settling);
}

function isLate({ queue, batches }: Share, { settings, now }: Settling): boolean {
  const since = batches[0]?.calledAt ?? now;
  return now >= since + settings.deliveryMillis || queue.tries >= settings.retry.retries;
}

function carryOut(verdict: Verdict, share: Share, error: SluiceError, settling: Settling): void {
  const { queue, batches } = share;
  const { stock } = settling;
  switch (verdict) {
    case 'again':
      queue.batches.unshift(...batches);
      pause(queue, error, settling);
      break;
    case 'repeat':
      // What has no sequences may come twice, whatever it goes with.
      if (share.stamp.id < 0) queue.batches.unshift(...batches);
      else queue.unsure = share;
      pause(queue, error, settling);
      break;
    case 'renew':
      queue.batches.unshift(...batches);
      queue.identity = undefined;
      pause(queue, error, settling);
      break;
    case 'divide':
      divide(share, error, settling);
      break;
    case 'refuse':
      refuse(share, error, settling);
      break;
    case 'abandon':
      stock.failed(batches, error);
      queue.identity = undefined;
      queue.calm();
      break;
    default:
      unreachable(verdict);
  }
}

function pause(
  queue: PartitionQueue,
  error: SluiceError,
  { settings, now, drawn }: Settling,
): void {
  queue.tries++;
  queue.lastError = error;
  const { tries } = queue;
  const leastMillis = error.retryAfterMillis;
  const until = now + pauseBeforeRetry(settings.retry, { tries, drawn, leastMillis });
  queue.pause = { from: now, until };
}

/** When nothing of a batch is taken, record by record, the rest of it is refused as it was: else
 * each of its records costs a request or two. */
function refuse({ queue, batches }: Share, error: SluiceError, { stock }: Settling): void {
  stock.failed(batches, error);
  const { origin } = batches[0] as Batch;
  if (origin !== undefined) {
    origin.refusals = origin.code === error.code ? origin.refusals + 1 : 1;
    origin.code = error.code;
    if (origin.refusals >= refusalsMax) stock.failed(queue.takeRestOf(origin), error);
  }
  queue.calm();
}

function divide(share: Share, error: SluiceError, { stock, topic, shares, group }: Settling): void {
  const { queue, batches } = share;
  if (shares > 1) {
    queue.group = group;
    if (batches.some((batch) => batch.isUnsure) && share.stamp.id >= 0) queue.unsure = share;
    else queue.batches.unshift(...batches);
    return;
  }
  queue.batches.unshift(...batches);
  if (batches.length > 1) {
    queue.batchesMax = Math.ceil(batches.length / 2);
    return;
  }
  const limit = messageBytesMaxIn(error);
  if (limit !== undefined) topic.holdTo(limit, batches[0] as Batch);
  queue.batchesMax = 1;
  stock.split(topic, queue, 0);
}
