// The three ways in which AWS's events say a time. What is no time a record may have is none at
// all, and not a reason to refuse the record: it is then as old as its append.

import { timestampMax } from '../limits.ts';

/** @param said by SQS: milliseconds since 1970, as text. */
export function timeOfMillis(said: unknown): number | undefined {
  return typeof said === 'string' && /^\d+$/.test(said) ? within(Number(said)) : undefined;
}

/** @param said by Kinesis and DynamoDB: seconds since 1970, perhaps with a fraction. */
export function timeOfSeconds(said: unknown): number | undefined {
  return typeof said === 'number' ? within(Math.round(said * 1000)) : undefined;
}

/** Other forms are not asked of Date.parse, which reads many of them by the machine's time zone.
 * @param said by SNS, S3 and EventBridge: ISO 8601, in UTC. */
export function timeOfDate(said: unknown): number | undefined {
  if (typeof said !== 'string' || !isoUtc.test(said)) return undefined;
  return within(Date.parse(said));
}

const isoUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** NaN is not. */
function within(millis: number): number | undefined {
  return millis >= 0 && millis <= timestampMax ? millis : undefined;
}
