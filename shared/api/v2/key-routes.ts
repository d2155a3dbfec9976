// API keys: made, looked at, rotated, ended.
//
// Whoever may alter the cluster may make a key of any principal, as whoever may alter Kafka's may
// set anybody's password. Source: KIP-554.

import { cluster } from '../../access/acl.ts';
import { isKeyId } from '../../access/api-key.ts';
import {
  apiKeyNamed,
  createApiKey,
  deleteApiKey,
  endSecret,
  listApiKeys,
  rotateApiKey,
  unknownApiKey,
} from '../../engine/access/api-keys.ts';
import { type Exchange, notFound, pathParameter, type RouteGroup } from '../exchange.ts';
import { v2ReplyType } from '../media-types.ts';
import { emptyReply, jsonReply } from '../reply.ts';
import { controlBody } from '../request-body.ts';
import { createKeyBody, rotateKeyBody } from '../schemas/access.ts';
import { drawnResource, keyResource, newKeyOf, rotationOf } from './key-resources.ts';

export const keyRoutes: RouteGroup = {
  'GET /keys': list,
  'POST /keys': create,
  'GET /keys/:key': describe,
  'POST /keys/:key/rotate': rotate,
  'DELETE /keys/:key': remove,
  'DELETE /keys/:key/secrets/:version': removeSecret,
};

async function list(exchange: Exchange): Promise<Response> {
  expectKeys(exchange, 'DESCRIBE');
  const type = v2ReplyType(exchange);
  const { engine, call } = exchange;
  const keys = await listApiKeys(engine, call);
  const now = engine.clock.now();
  return jsonReply(exchange, type, { keys: keys.map((key) => keyResource(key, now)) });
}

async function create(exchange: Exchange): Promise<Response> {
  expectKeys(exchange, 'ALTER');
  const type = v2ReplyType(exchange);
  const body = await controlBody(exchange, createKeyBody);
  const { engine, call } = exchange;
  const now = engine.clock.now();
  const drawn = await createApiKey(engine, call, newKeyOf(body, now));
  return jsonReply(exchange, type, drawnResource(drawn, now), 201);
}

async function describe(exchange: Exchange): Promise<Response> {
  expectKeys(exchange, 'DESCRIBE');
  const type = v2ReplyType(exchange);
  const { engine, call } = exchange;
  const key = await apiKeyNamed(engine, call, keyParameter(exchange));
  return jsonReply(exchange, type, keyResource(key, engine.clock.now()));
}

async function rotate(exchange: Exchange): Promise<Response> {
  expectKeys(exchange, 'ALTER');
  const type = v2ReplyType(exchange);
  const id = keyParameter(exchange);
  const body = await controlBody(exchange, rotateKeyBody, {});
  const { engine, call } = exchange;
  const now = engine.clock.now();
  const drawn = await rotateApiKey(engine, call, id, rotationOf(body, now));
  return jsonReply(exchange, type, drawnResource(drawn, now));
}

async function remove(exchange: Exchange): Promise<Response> {
  expectKeys(exchange, 'ALTER');
  await deleteApiKey(exchange.engine, exchange.call, keyParameter(exchange));
  return emptyReply(exchange);
}

async function removeSecret(exchange: Exchange): Promise<Response> {
  expectKeys(exchange, 'ALTER');
  const version = pathParameter(exchange, 'version');
  if (!/^\d+$/.test(version)) throw notFound();
  await endSecret(exchange.engine, exchange.call, keyParameter(exchange), Number(version));
  return emptyReply(exchange);
}

/** @throws EngineError NOT_FOUND: nobody is known by a key; FORBIDDEN. */
function expectKeys({ access }: Exchange, operation: 'DESCRIBE' | 'ALTER'): void {
  if (!access.serves.apiKeys) throw notFound();
  access.need(operation, cluster);
  if (operation === 'ALTER') access.needWholeKey(operation, 'keys');
}

/** @throws EngineError UNKNOWN_API_KEY: none can have that id. */
function keyParameter(exchange: Exchange): string {
  const id = pathParameter(exchange, 'key');
  if (isKeyId(id)) return id;
  throw unknownApiKey();
}
