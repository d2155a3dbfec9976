// An EventBridge event: one an invocation, in an envelope of its own and not in `Records`. The
// source retries it as a whole, and promises no order.
//
// An id is one event's, whatever brings it: a replay of an archive, as far as its events bear the
// ids they had, brings nothing new.
//
// Source: "Events in Amazon EventBridge" (event structure) in the EventBridge User Guide.

import { isObject } from '../json.ts';
import { awsHeaders } from './event-headers.ts';
import { timeOfDate } from './event-time.ts';
import { jsonBytes, memberOf, nameAt } from './members.ts';
import { type BadRecord, noPlace, type SourceRecord } from './source-record.ts';

export function isEventBridgeEvent(event: unknown): boolean {
  return nameAt(event, 'detail-type') !== undefined && nameAt(event, 'source') !== undefined;
}

/** @param event of which isEventBridgeEvent holds. */
export function readEventBridgeEvent(event: unknown): SourceRecord | BadRecord {
  const id = nameAt(event, 'id');
  if (id === undefined) return { bad: 'id: must be text', ...noPlace };
  const value = isObject(event) ? jsonBytes(event) : undefined;
  if (value === undefined) return { bad: 'nested too deeply', ...noPlace };
  return {
    key: null,
    value,
    headers: awsHeaders({
      source: 'eventbridge',
      id,
      'detail-type': nameAt(event, 'detail-type'),
      'event-source': nameAt(event, 'source'),
    }),
    timestamp: timeOfDate(memberOf(event, 'time')),
    mark: { kind: 'event', id },
    ...noPlace,
  };
}
