// One request and what its reply is made with. Handlers translate: they parse, call the engine,
// render.

import type { Context } from 'hono';
import { type Operation, topicOf } from '../access/acl.ts';
import type { Call, Engine } from '../engine/engine.ts';
import { EngineError } from '../errors.ts';
import type { EpochMillis } from '../ids.ts';
import { partitionsPerTopicMax } from '../limits.ts';
import { topicNameFault } from '../log/topic-name.ts';
import type { Access } from './access.ts';

export type Exchange = {
  readonly context: Context;
  readonly engine: Engine;
  readonly call: Call;
  /** Of whoever calls. */
  readonly access: Access;
  readonly startedAt: EpochMillis;
  /** @throws EngineError REQUEST_TOO_LARGE. */
  readonly readBody: (bytesMax: number) => Promise<Uint8Array>;
};

export type Handler = (exchange: Exchange) => Response | Promise<Response>;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Hono's patterns: `POST /topics/:topic`. A group is what one function serves, and no other's
 * code. Where two patterns match a path, the earlier one is served. */
export type RouteGroup = { readonly [route: `${Method} /${string}`]: Handler };

/** A segment of the path, percent-decoded. */
export function pathParameter(exchange: Exchange, name: string): string {
  return exchange.context.req.param(name) ?? '';
}

/** A name that no topic can have is refused here, before a store is asked for it.
 * @param operation what is to be done to the topic.
 * @throws EngineError UNKNOWN_TOPIC, FORBIDDEN. */
export function topicParameter(exchange: Exchange, operation: Operation): string {
  const name = pathParameter(exchange, 'topic');
  const fault = topicNameFault(name);
  if (fault === undefined) {
    exchange.access.need(operation, topicOf(name));
    return name;
  }
  throw new EngineError('UNKNOWN_TOPIC', `topic: a name ${fault}`, { field: 'topic' });
}

/** @throws EngineError NOT_FOUND for what is no number, UNKNOWN_PARTITION for one that none can
 * have. */
export function partitionParameter(exchange: Exchange): number {
  const text = pathParameter(exchange, 'partition');
  if (!/^\d+$/.test(text)) throw notFound();
  const partition = Number(text);
  if (partition < partitionsPerTopicMax) return partition;
  const message = `partition: must be below ${partitionsPerTopicMax}`;
  const detail = { field: 'partition', limit: partitionsPerTopicMax };
  throw new EngineError('UNKNOWN_PARTITION', message, detail);
}

export function requestHeader(exchange: Exchange, name: string): string | undefined {
  return exchange.context.req.header(name);
}

export function notFound(): EngineError {
  return new EngineError('NOT_FOUND', 'HTTP 404 Not Found');
}
