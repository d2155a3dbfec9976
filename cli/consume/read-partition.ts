// One partition read in no group: from an offset on, fetch after fetch. What has been deleted from
// the log's beginning meanwhile is passed over.

import type { Connection } from '../../client/connection.ts';
import { addMessages, batchesOf } from '../../client/consumer/fetched-batches.ts';
import type { KafkaMessage } from '../../client/consumer/messages.ts';
import { SluiceError } from '../../client/errors.ts';
import { segment, withQuery } from '../../client/path.ts';
import { fetchBytesMax } from '../../shared/limits.ts';

export type Ask = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** How long it waits for records. */
  readonly waitMillis: number;
  readonly signal: AbortSignal;
};

export type Fetched = {
  readonly messages: readonly KafkaMessage[];
  readonly nextOffset: number;
};

/** @throws SluiceError OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC_OR_PARTITION */
export async function fetchFrom(connection: Connection, ask: Ask): Promise<Fetched> {
  const { topic, partition, offset, waitMillis, signal } = ask;
  const timeout = waitMillis === 0 ? undefined : waitMillis;
  const place = `/topics/${segment('topic', topic)}/partitions/${partition}/records`;
  const { bytes, headers } = await connection.ask({
    method: 'GET',
    path: withQuery(place, { offset, max_bytes: fetchBytesMax, timeout }),
    accept: 'application/vnd.sluice.batches',
    waitMillis,
    signal,
  });
  const [nextOffset, highWatermark] = [
    Number(headers.get('sluice-next-offset') ?? offset),
    Number(headers.get('sluice-high-watermark') ?? offset),
  ];
  const part = { topic, partition, offset, nextOffset, highWatermark, committed: undefined, bytes };
  const messages: KafkaMessage[] = [];
  for (const batch of batchesOf(part)) {
    addMessages(messages, { topic, partition }, batch, { from: offset, checkCrcs: true });
  }
  return { messages, nextOffset };
}

export function isOutOfRange(error: unknown): boolean {
  return error instanceof SluiceError && error.type === 'OFFSET_OUT_OF_RANGE';
}
