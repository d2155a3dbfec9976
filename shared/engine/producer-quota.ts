// A topic's quota: how much its producers together may send in a second. It is asked before
// anything of a request is stored, and after all else that could refuse it; a topic without one
// asks nothing. What was not sent in the last second may be sent in this one, and a request larger
// than what is left passes once, and keeps those after it waiting for as long as it takes (as
// Kafka's quotas do).

import { EngineError } from '../errors.ts';
import { appendSettings } from '../log/topic-configs.ts';
import { encodedRecordBytes } from '../record/encode-batch.ts';
import type { ProducedRecord } from './batch-records.ts';
import type { Call, Engine } from './engine.ts';
import { asDefinite } from './retry.ts';
import { takePortion } from './take-portion.ts';
import type { Topic } from './topic-cache.ts';

const burstMillis = 1_000;

/** A write unit, of a topic that has a quota; two where another process has used it since. @param bytes of what is to be stored.
 * @throws EngineError THROTTLED, with when to try again; UNAVAILABLE, OUTCOME_UNKNOWN: nothing of
 *   the request is stored */
export async function passQuota(
  engine: Engine,
  call: Call,
  { id, name, configs }: Topic,
  bytes: number,
): Promise<void> {
  const { bytesPerSecondMax } = appendSettings(configs);
  if (bytesPerSecondMax === undefined) return;
  const millis = (bytes * 1_000) / bytesPerSecondMax;
  const portion = { of: `topic#${id}`, millis, waitMillisMax: 0, burstMillis };
  const taken = await takePortion(engine, call, portion).catch(asDefinite);
  if (taken.kind === 'taken') return;
  const retryAfterMillis = taken.until - engine.clock.now();
  const rate = `topic ${name} takes ${bytesPerSecondMax} bytes a second`;
  const message = `producer_byte_rate: ${rate}; try again in ${retryAfterMillis} ms`;
  const detail = { field: 'producer_byte_rate', limit: bytesPerSecondMax, retryAfterMillis };
  throw new EngineError('THROTTLED', message, detail);
}

/** As they would be stored, uncompressed. */
export function bytesOf(records: readonly ProducedRecord[]): number {
  return records.reduce((sum, record) => sum + encodedRecordBytes(record), 0);
}
