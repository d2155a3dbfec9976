// What is told of a request once it is answered (shared/told.ts). The path says what it was about,
// by the names that things can have: what else somebody writes into a path is told to nobody.

import type { ResourceType } from '../access/acl.ts';
import { anonymous } from '../access/principal.ts';
import { groupNameLengthMax, partitionsPerTopicMax } from '../limits.ts';
import { topicNameFault } from '../log/topic-name.ts';
import type { OperationName } from '../metric-names.ts';
import { type Told, toldOf } from '../told.ts';
import { traceIdOf, traceparentName } from '../trace-context.ts';
import { type Exchange, pathParameter, requestHeader } from './exchange.ts';

/** Of routes; of all others 'administer'. null: not told, since machines ask all day, or since it
 * is nothing of the engine's. */
const operations: Readonly<Record<string, OperationName | null>> = {
  'POST /topics/:topic': 'send',
  'POST /topics/:topic/partitions/:partition': 'send',
  'POST /v3/clusters/:cluster/topics/:topic/records': 'send',
  'POST /v3/clusters/:cluster/topics/:topic/records:batch': 'send',
  'POST /transactions': 'send',
  'GET /topics/:topic/partitions/:partition/records': 'fetch',
  'GET /consumers/:group/instances/:instance/records': 'poll',
  'POST /consumers/:group/instances/:instance/offsets': 'commit',
  'POST /_ingest/:topic': 'ingest',
  'GET /': null,
  'GET /_health': null,
  'GET /ready': null,
  'GET /healthy': null,
  'GET /metrics': null,
  'GET /console': null,
  'GET /console/:file': null,
};

/** Routes whose operation is said by name. */
export const namedRoutes = Object.keys(operations);

export type Replied = {
  /** As its group writes it. */
  readonly route: string;
  readonly status: number;
  /** undefined: none. */
  readonly error: unknown;
};

/** @returns undefined: of this nothing is told. */
export function toldReply(exchange: Exchange, { route, status, error }: Replied): Told | undefined {
  const operation = operations[route] === undefined ? 'administer' : operations[route];
  if (operation === null) return undefined;
  const { call, engine, startedAt } = exchange;
  const traceId = traceIdOf(requestHeader(exchange, traceparentName));
  return toldOf({
    operation,
    startedAt,
    endedAt: engine.clock.now(),
    tally: { ...placeOf(exchange), ...call.tally },
    operations: call.operations,
    error,
    request: {
      route,
      status,
      ...(traceId !== undefined && { traceId }),
    },
  });
}

/** By the path, or by the one thing of its kind that the route has asked for. */
function placeOf(exchange: Exchange) {
  const topic = pathParameter(exchange, 'topic') || askedFor(exchange, 'TOPIC');
  const group = pathParameter(exchange, 'group') || askedFor(exchange, 'GROUP');
  const partition = pathParameter(exchange, 'partition');
  const isPartition = /^\d+$/.test(partition) && Number(partition) < partitionsPerTopicMax;
  const { principal } = exchange.access;
  return {
    ...(principal !== anonymous && { principal }),
    ...(topicNameFault(topic) === undefined && { topic }),
    ...(group !== '' && group.length <= groupNameLengthMax && { group }),
    ...(isPartition && { partition: Number(partition) }),
  };
}

function askedFor({ access }: Exchange, type: ResourceType): string {
  const [first, ...others] = access.asked.filter((resource) => resource.type === type);
  return others.some(({ name }) => name !== first?.name) ? '' : (first?.name ?? '');
}
