// API keys over HTTP: a secret is in one reply, and what is shown of a key says when each ends.

import { beforeEach, expect, test } from 'vitest';
import { operations } from '../../shared/access/acl.ts';
import { credentialIn } from '../../shared/access/api-key.ts';
import { principalLengthMax } from '../../shared/access/principal.ts';
import type { AccessControl } from '../../shared/api/access.ts';
import { authenticate } from '../../shared/engine/access/authenticate.ts';
import { type Asked, newApi, type Question } from './ask.ts';

const v2 = 'application/vnd.kafka.v2+json';
const day = 24 * 3_600_000;

/** Whoever has a key is its principal; who has none makes them. */
const byKey: AccessControl = {
  identify: async ({ req }, engine, call) => {
    const header = req.header('authorization');
    if (header === undefined) return { principal: 'User:admin' };
    const credential = credentialIn(header);
    return credential && (await authenticate(engine, call, credential));
  },
  apiKeys: true,
};

let api: Asked;

beforeEach(async () => {
  api = await newApi(undefined, byKey);
});

function ask(route: string, question?: Question) {
  return api.ask(route, question);
}

async function make(more: object = {}) {
  const { json } = await ask('POST /keys', { body: { principal: 'User:shop', ...more } });
  return json;
}

async function statusBy(key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  return (await ask('GET /topics', { headers })).status;
}

/** An error's field and bound. */
async function problemOf(route: string, body?: unknown) {
  const accept = 'application/problem+json';
  const { status, json } = await ask(route, { accept, ...(body === undefined ? {} : { body }) });
  return [status, json.field, json.limit];
}

test('a key is made for a principal, and its secret is told once', async () => {
  const before = api.world.time.now();
  const { status, headers, json } = await ask('POST /keys', {
    body: { principal: 'User:shop', description: 'of the till', operations: ['write', 'READ'] },
  });
  expect([status, headers.get('content-type')]).toEqual([201, v2]);
  const { id, secret, key, created_at: createdAt, ...rest } = json;
  expect(key).toBe(`${id}.${secret}`);
  expect(createdAt).toBeGreaterThanOrEqual(before);
  const first = { version: 1, created_at: createdAt, live: true };
  const told = {
    principal: 'User:shop',
    description: 'of the till',
    operations: ['WRITE', 'READ'],
    last_used_on: null,
    secrets: [{ ...first, expires_at: expect.any(Number) }],
  };
  expect(rest).toEqual(told);
  expect(Math.abs(json.secrets[0].expires_at - createdAt - 365 * day)).toBeLessThan(1_000);
  const shown = [await ask(`GET /keys/${id}`), await ask('GET /keys')];
  expect(shown[0]?.json).toEqual({ id, created_at: createdAt, ...rest });
  expect(shown[1]?.json).toEqual({ keys: [shown[0]?.json] });
  for (const { bytes } of shown) expect(bytes.toString()).not.toContain(secret);
});

test('who brings it is its principal, as far as it is narrowed', async () => {
  const { key } = await make({ operations: ['DESCRIBE'] });
  const headers = { authorization: `Bearer ${key}` };
  expect((await ask('GET /topics/orders', { headers })).status).toBe(200);
  const { status, json } = await ask('GET /topics/orders/partitions/0/records', { headers });
  expect([status, json.message]).toEqual([403, 'User:shop may not READ topic orders']);
  await api.world.time.run(api.engine.background.idle());
  expect((await ask('GET /keys')).json.keys[0].last_used_on).toBe('2026-01-01');
});

test('a key ends when it was to, as a date or a number, or by nobody', async () => {
  const now = api.world.time.now();
  const secrets = await Promise.all(
    [now + day, new Date(now + day).toISOString(), null].map(async (expires_at) => {
      return (await make({ expires_at })).secrets[0].expires_at;
    }),
  );
  expect(secrets).toEqual([now + day, now + day, null]);
});

test('a rotation draws another secret, and says when the one before it ends', async () => {
  const first = await make();
  const second = await ask(`POST /keys/${first.id}/rotate`);
  expect(second.status).toBe(200);
  const [old, fresh] = second.json.secrets;
  expect([old.version, fresh.version]).toEqual([1, 2]);
  expect(Math.abs(old.expires_at - fresh.created_at - day)).toBeLessThan(1_000);
  expect(fresh.expires_at).toBeGreaterThan(fresh.created_at + 364 * day);
  expect([await statusBy(first.key), await statusBy(second.json.key)]).toEqual([200, 200]);
  const third = await ask(`POST /keys/${first.id}/rotate`);
  expect([third.status, third.json]).toEqual([
    409,
    { error_code: 409, message: 'secrets 1 and 2 are both live: end one of them first' },
  ]);
  const ended = await ask(`DELETE /keys/${first.id}/secrets/1`);
  expect([ended.status, ended.bytes.length]).toEqual([204, 0]);
  expect([await statusBy(first.key), await statusBy(second.json.key)]).toEqual([401, 200]);
  const { json } = await ask(`GET /keys/${first.id}`);
  expect(json.secrets.map(({ live }: { live: boolean }) => live)).toEqual([false, true]);
  expect((await ask(`DELETE /keys/${first.id}/secrets/1`)).status).toBe(204);
});

test('a rotation may end the secret before it at once, and its own when it says', async () => {
  const first = await make();
  const now = api.world.time.now();
  const body = { previous_expires_at: now, expires_at: now + day };
  const { json } = await ask(`POST /keys/${first.id}/rotate`, { body });
  expect(json.secrets[1].expires_at).toBe(now + day);
  expect([await statusBy(first.key), await statusBy(json.key)]).toEqual([401, 200]);
  const forever = await ask(`POST /keys/${first.id}/rotate`, { body: { expires_at: null } });
  expect(forever.json.secrets.at(-1).expires_at).toBeNull();
});

test('a deleted key is gone', async () => {
  const { id, key } = await make();
  const gone = await ask(`DELETE /keys/${id}`);
  expect([gone.status, gone.bytes.length]).toEqual([204, 0]);
  expect(await statusBy(key)).toBe(401);
  expect((await ask('GET /keys')).json).toEqual({ keys: [] });
  expect((await ask(`GET /keys/${id}`)).status).toBe(404);
  expect((await ask(`POST /keys/${id}/rotate`)).status).toBe(404);
  expect((await ask(`DELETE /keys/${id}/secrets/1`)).status).toBe(404);
  expect((await ask(`DELETE /keys/${id}`)).status).toBe(204);
});

test.each<[object, number, string, number?]>([
  [{}, 422, 'principal'],
  [{ principal: 'shop' }, 422, 'principal'],
  [{ principal: 7 }, 400, 'principal'],
  [{ principal: `User:${'x'.repeat(principalLengthMax)}` }, 422, 'principal', principalLengthMax],
  [{ principal: 'User:\ud800' }, 422, 'principal'],
  [{ principal: 'User:a', description: 'x'.repeat(257) }, 422, 'description', 256],
  [{ principal: 'User:a', operations: [] }, 422, 'operations', 1],
  [{ principal: 'User:a', operations: ['ALL'] }, 422, 'operations[0]'],
  [{ principal: 'User:a', operations: 'READ' }, 400, 'operations'],
  [
    { principal: 'User:a', operations: Array(operations.length + 1).fill('READ') },
    422,
    'operations',
    operations.length,
  ],
  [{ principal: 'User:a', expires_at: 'tomorrow' }, 422, 'expires_at'],
  [{ principal: 'User:a', expires_at: -1 }, 422, 'expires_at', 0],
  [{ principal: 'User:a', secret: 'mine' }, 422, 'secret'],
])('%j makes no key, and is refused by its field and bound', async (body, status, field, limit) => {
  expect(await problemOf('POST /keys', body)).toEqual([status, field, limit]);
  expect((await ask('GET /keys')).json).toEqual({ keys: [] });
});

test.each<[string, unknown, number, string | undefined]>([
  ['POST /keys/KEY/rotate', { expires_at: 'soon' }, 422, 'expires_at'],
  ['POST /keys/KEY/rotate', { previous_expires_at: null }, 400, 'previous_expires_at'],
  ['POST /keys/KEY/rotate', { version: 2 }, 422, 'version'],
  ['DELETE /keys/KEY/secrets/one', undefined, 404, undefined],
  ['DELETE /keys/KEY/secrets/-1', undefined, 404, undefined],
  ['DELETE /keys/KEY/secrets/0x1', undefined, 404, undefined],
  ['DELETE /keys/KEY/secrets/1e0', undefined, 404, undefined],
  ['GET /keys/short', undefined, 404, 'key'],
  [`GET /keys/${'A'.repeat(17)}`, undefined, 404, 'key'],
  [`GET /keys/${'A'.repeat(16)}`, undefined, 404, 'key'],
])('%s with %j changes nothing', async (route, body, status, field) => {
  const { id, key } = await make();
  const before = (await ask(`GET /keys/${id}`)).json;
  expect((await problemOf(route.replace('KEY', id), body)).slice(0, 2)).toEqual([status, field]);
  expect((await ask(`GET /keys/${id}`)).json).toEqual(before);
  expect(await statusBy(key)).toBe(200);
});

test('no key that is narrowed draws another, however much it may', async () => {
  const { id, key } = await make({ operations: [...operations] });
  const headers = { authorization: `Bearer ${key}` };
  const routes = ['POST /keys', `POST /keys/${id}/rotate`, `DELETE /keys/${id}`];
  for (const route of [...routes, `DELETE /keys/${id}/secrets/1`]) {
    const { status, json } = await ask(route, { headers, body: { principal: 'User:shop' } });
    const message = 'User:shop may not ALTER keys with a key that is narrowed';
    expect([route, status, json]).toEqual([route, 403, { error_code: 40_301, message }]);
  }
  expect((await ask('GET /keys', { headers })).status).toBe(200);
});

test('where callers are known otherwise there are no keys', async () => {
  api = await newApi();
  const id = 'A'.repeat(16);
  const routes = ['GET /keys', `GET /keys/${id}`, `DELETE /keys/${id}`, 'POST /keys'];
  for (const route of [...routes, `POST /keys/${id}/rotate`, `DELETE /keys/${id}/secrets/1`]) {
    const body = route.startsWith('POST') ? { body: { principal: 'User:shop' } } : {};
    expect([route, (await ask(route, body)).status]).toEqual([route, 404]);
  }
});
