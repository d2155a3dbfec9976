// What is told, as a subsegment of the trace that Lambda has begun for an invocation: who and what
// by the names that OpenTelemetry has for messaging. X-Ray finds traces by annotations, whose names
// have no points.
//
// Sources: AWS X-Ray, "Segment documents"; OpenTelemetry, "Semantic conventions for messaging
// spans".

import type { OperationName } from '../../shared/metric-names.ts';
import { madeOf, type Told } from '../../shared/told.ts';

/** Of an invocation that is traced. */
export type Trace = { readonly root: string; readonly parent: string };

/** @param header as Lambda says it: `Root=1-..;Parent=..;Sampled=1`, and what else there is.
 * @returns undefined: it is not sampled. */
export function sampledTrace(header: string | undefined): Trace | undefined {
  const fields = new Map((header ?? '').split(';').map((field) => splitAt(field, '=')));
  const [root, parent] = [fields.get('Root'), fields.get('Parent')];
  if (fields.get('Sampled') !== '1' || root === undefined || parent === undefined) return undefined;
  return { root, parent };
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

const messagingSystem = 'sluice';

/** OpenTelemetry's kinds, where it has one. */
const types: Partial<Readonly<Record<OperationName, string>>> = {
  send: 'send',
  ingest: 'send',
  fetch: 'receive',
  poll: 'receive',
  deliver: 'process',
  commit: 'settle',
};

/** @param id 8 bytes, drawn for this.
 * @returns what is sent to X-Ray's daemon. */
export function traceSegment(told: Told, { root, parent }: Trace, id: Uint8Array): string {
  const { operation, outcome, errorCode, startedAt, millis, did, request } = told;
  const { topic, group, partition, sentMessages, consumedMessages } = did;
  const messages = sentMessages + consumedMessages;
  const segment = {
    name: topic === undefined ? operation : `${operation} ${topic}`.slice(0, nameLengthMax),
    id: Buffer.from(id).toString('hex'),
    trace_id: root,
    parent_id: parent,
    type: 'subsegment',
    start_time: startedAt / 1_000,
    end_time: (startedAt + millis) / 1_000,
    ...(outcome === 'refused' && { error: true }),
    ...(outcome !== 'ok' && outcome !== 'refused' && { fault: true }),
    ...(errorCode === 'THROTTLED' && { throttle: true }),
    annotations: {
      messaging_system: messagingSystem,
      messaging_operation_name: operation,
      messaging_operation_type: types[operation],
      messaging_destination_name: topic,
      messaging_destination_partition_id: partition?.toString(),
      messaging_consumer_group_name: group,
      messaging_batch_message_count: messages > 0 ? messages : undefined,
      error_type: errorCode ?? (outcome === 'fault' ? outcome : undefined),
      caller_trace_id: request?.traceId,
    },
    metadata: { [messagingSystem]: { route: request?.route, outcome, operations: madeOf(told) } },
  };
  return `${JSON.stringify({ format: 'json', version: 1 })}\n${JSON.stringify(segment)}`;
}

/** X-Ray's, in characters. */
const nameLengthMax = 200;
