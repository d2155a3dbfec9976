// A topic's quota: how much its producers together may send in a second. It is asked before
// anything of a request is stored, and after all else that could refuse it; a topic without one
// asks nothing. What was not sent in the last second may be sent in this one, and a request larger
// than what is left passes once, and keeps those after it waiting for as long as it takes (as
// Kafka's quotas do).

import type { Portion } from '../delivery/valve.ts';
import { EngineError } from '../errors.ts';
import { appendSettings } from '../log/topic-configs.ts';
import { encodedRecordBytes } from '../record/encode-batch.ts';
import { quotaValve } from '../store/trigger-items.ts';
import type { ProducedRecord } from './batch-records.ts';
import type { Call, Engine } from './engine.ts';
import { asDefinite } from './retry.ts';
import type { Topic } from './topic-cache.ts';
import { giveBack, takePortion } from './valves.ts';

const burstMillis = 1_000;

/** What is to be stored of a request in one topic. */
export type QuotaShare = {
  readonly topic: Topic;
  readonly bytes: number;
};

/** A write unit, of a topic that has a quota; two where another process has used it since.
 * @throws EngineError THROTTLED, with when to try again; UNAVAILABLE: nothing of the request is
 *   stored */
export function passQuota(engine: Engine, call: Call, topic: Topic, bytes: number): Promise<void> {
  return passQuotas(engine, call, [{ topic, bytes }]);
}

/** All of them, or none: what a request took of one topic's quota, which another one refuses, is
 * given back. @throws EngineError as passQuota */
export async function passQuotas(
  engine: Engine,
  call: Call,
  shares: readonly QuotaShare[],
): Promise<void> {
  const taken: Portion[] = [];
  for (const share of shares) {
    const portion = portionOf(share);
    if (portion === undefined) continue;
    const answer = await takePortion(engine, call, portion).catch(asDefinite);
    if (answer.kind === 'closed') {
      await Promise.all(taken.map((one) => giveBack(engine, call, one)));
      throw throttled(share.topic, answer.until - engine.clock.now());
    }
    taken.push(portion);
  }
}

/** undefined: the topic has no quota. */
function portionOf({ topic: { id, configs }, bytes }: QuotaShare): Portion | undefined {
  const { bytesPerSecondMax } = appendSettings(configs);
  if (bytesPerSecondMax === undefined) return undefined;
  const valve = quotaValve(id, bytesPerSecondMax);
  return { valve, millis: (bytes * 1_000) / bytesPerSecondMax, waitMillisMax: 0, burstMillis };
}

function throttled({ name, configs }: Topic, retryAfterMillis: number): EngineError {
  const limit = appendSettings(configs).bytesPerSecondMax as number;
  const field = 'producer_byte_rate';
  const rate = `topic ${name} takes ${limit} bytes a second`;
  const message = `${field}: ${rate}; try again in ${retryAfterMillis} ms`;
  return new EngineError('THROTTLED', message, { field, limit, retryAfterMillis });
}

/** As they would be stored, uncompressed. */
export function bytesOf(records: readonly ProducedRecord[]): number {
  return records.reduce((sum, record) => sum + encodedRecordBytes(record), 0);
}
