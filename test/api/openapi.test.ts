// The description of the surface is current, lists what is served, and tells the truth.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import { allRoutes } from '../../shared/api/all-routes.ts';
import { createApi } from '../../shared/api/api.ts';
import { openapiDocument, operations } from '../../shared/api/openapi/document.ts';
import { error, problem } from '../../shared/api/openapi/replies-v2.ts';
import { base64, binary, newApi, type Question } from './ask.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const document = JSON.parse(JSON.stringify(openapiDocument(version)));

test('docs/openapi.json is current: else run `npm run openapi`', () => {
  expect(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))).toEqual(document);
});

test('it lists the routes that are served, and no others', async () => {
  const { world } = await newApi();
  const app = createApi({
    engine: world.newEngine(),
    routes: allRoutes(''),
    readBody: async () => new Uint8Array(),
    onFault: () => {},
  });
  const served = app.routes.map(({ method, path }) => `${method} ${path}`);
  expect(Object.keys(operations).toSorted()).toEqual(served.toSorted());
  const paths = Object.entries<object>(document.paths);
  const listed = paths.flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const templates = served.map((route) => route.replaceAll(/\/:(\w+)/g, '/{$1}'));
  expect(listed.toSorted()).toEqual(templates.toSorted());
});

test('every reference is to something that is there', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(50);
  for (const [, path = ''] of references) {
    const found = path.split('/').reduce((part, name) => part?.[name], document);
    expect(found, path).toBeTypeOf('object');
  }
  const ids = Object.values(operations).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('what is answered is as it is described', async () => {
  const { ask, store } = await newApi();
  await store('orders', 1, 2);
  const record = { partition_id: 0, value: { type: 'STRING', data: 'x' } };
  const questions: Readonly<Record<string, Question>> = {
    'POST /topics/:topic': { type: binary, body: { records: [{ value: base64('x') }] } },
    'POST /topics/:topic/partitions/:partition': { body: { records: [{ value: null }] } },
    'POST /transactions': {
      body: { records: [{ topic: 'orders', value: null }] },
      headers: { 'idempotency-key': 'k' },
    },
    'POST /v3/clusters/:cluster/topics': { body: { topic_name: 'made' } },
    'PATCH /v3/clusters/:cluster/topics/:topic': { body: { partitions_count: 3 } },
    'POST /v3/clusters/:cluster/topics/:topic/configs:alter': {
      body: { data: [{ name: 'retention.ms', value: '1' }] },
    },
    'PUT /v3/clusters/:cluster/topics/:topic/configs/:config': { body: { value: '1' } },
    'POST /v3/clusters/:cluster/topics/:topic/records': { body: record },
    'POST /v3/clusters/:cluster/topics/:topic/records:batch': {
      body: {
        entries: [
          { id: 'a', ...record },
          { id: 'b', more: 1 },
        ],
      },
    },
  };
  const values = {
    topic: 'orders',
    partition: '0',
    cluster: 'sluice',
    broker: '0',
    config: 'retention.ms',
  };
  const last = 'DELETE /v3/clusters/:cluster/topics/:topic';
  for (const route of [...Object.keys(operations).filter((one) => one !== last), last]) {
    const { reply } = operations[route as keyof typeof operations] as (typeof operations)[`GET /`];
    const path = route.replace(/\/:(\w+)/g, (_, name: keyof typeof values) => `/${values[name]}`);
    const { status, headers, json } = await ask(path, questions[route]);
    expect([route, status]).toEqual([route, reply.status]);
    const type = headers.get('content-type') ?? undefined;
    expect([route, Object.keys(reply.content ?? {})[0]]).toEqual([route, type]);
    for (const name of Object.keys(reply.headers ?? {})) expect(headers.has(name)).toBe(true);
    const schema = type === undefined ? undefined : reply.content?.[type];
    if (schema !== undefined && schema !== 'bytes') conforms(route, schema, json);
  }
});

test('so are errors', async () => {
  const { ask } = await newApi();
  const accept = 'application/problem+json';
  for (const route of ['GET /topics/none', 'GET /topics/orders/partitions/9', 'GET /nothing']) {
    conforms('error', error, (await ask(route)).json);
    conforms('problem', problem, (await ask(route, { accept })).json);
  }
});

function conforms(what: string, schema: z.ZodType, value: unknown): void {
  expect(schema.safeParse(value).error?.issues, what).toBeUndefined();
}
