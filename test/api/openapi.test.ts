// The description of the surface is current, lists what is served, and tells the truth.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import type { AccessControl } from '../../shared/api/access.ts';
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

test('a query says what must be given, and what may be', () => {
  const asked = (path: string, method: string) => {
    const { parameters } = document.paths[path][method] as {
      parameters: { name: string; in: string; required?: boolean }[];
    };
    const queries = parameters.filter((one) => one.in === 'query');
    return queries.map(({ name, required }) => [name, required ?? false]);
  };
  const records = '/topics/{topic}/partitions/{partition}/records';
  expect(asked(`/v3/clusters/{cluster}${records}`, 'delete')).toEqual([['before_offset', true]]);
  expect(asked(records, 'get')).toContainEqual(['offset', false]);
});

test('whatever asks who calls may answer that it does not know, or does not allow it', () => {
  const { paths, components, security } = document;
  const operations = Object.values<object>(paths).flatMap(Object.values);
  expect(operations.length).toBeGreaterThan(80);
  const open = operations.filter((operation) => {
    const { 401: unknown, 403: forbidden } = operation.responses;
    const refs = [unknown?.$ref, forbidden?.$ref].filter((ref) => ref !== undefined);
    expect(refs.map((ref) => ref.split('/').at(-1))).toEqual(
      operation.security === undefined ? ['Error_401_40101', 'Error_403_40301'] : [],
    );
    return operation.security !== undefined;
  });
  expect(open.map(({ operationId, security: none }) => [operationId, none])).toEqual(
    ['root', 'health', 'ready', 'healthy'].map((id) => [id, []]),
  );
  expect(Object.keys(components.responses.Error_401_40101.headers)).toEqual(['WWW-Authenticate']);
  const named = security.flatMap((scheme: object) => Object.keys(scheme));
  expect(named.toSorted()).toEqual(Object.keys(components.securitySchemes).toSorted());
});

/** Everything there is to be administered, by whom no ACL binds. */
const administered: AccessControl = {
  identify: () => ({ principal: 'User:admin' }),
  acls: { superUsers: new Set(['User:admin']) },
  apiKeys: true,
};

test('what is answered is as it is described', async () => {
  const { ask, store } = await newApi(undefined, administered);
  await store('orders', 1, 2);
  const instance = '/consumers/:group/instances/:instance';
  const group = '/v3/clusters/:cluster/consumer-groups/:group';
  const place = { topic: 'orders', partition: 0 };
  const subscription = '/subscriptions/:subscription';
  const cluster = '/v3/clusters/:cluster';
  const acl = {
    resource_type: 'TOPIC',
    resource_name: 'orders',
    pattern_type: 'LITERAL',
    principal: 'User:shop',
    operation: 'READ',
    permission: 'ALLOW',
  };
  const endpoint = { type: 'https', url: 'https://hooks.example.com/' };
  const record = { partition_id: 0, value: { type: 'STRING', data: 'x' } };
  const questions: Readonly<Record<string, Question & { readonly query?: string }>> = {
    'POST /topics/:topic': { type: binary, body: { records: [{ value: base64('x') }] } },
    'POST /topics/:topic/partitions/:partition': { body: { records: [{ value: null }] } },
    'POST /transactions': {
      body: { records: [{ topic: 'orders', value: null }] },
      headers: { 'idempotency-key': 'k' },
    },
    'POST /consumers/:group': { body: { name: 'c1', 'auto.offset.reset': 'earliest' } },
    [`POST ${instance}/subscription`]: { body: { topics: ['orders'] } },
    [`POST ${instance}/fetch`]: { body: { partitions: [] } },
    [`POST ${instance}/positions`]: { body: { offsets: [{ ...place, offset: 1 }] } },
    [`POST ${instance}/positions/beginning`]: { body: { partitions: [place] } },
    [`POST ${instance}/positions/end`]: { body: { partitions: [place] } },
    [`GET ${instance}/offsets`]: { query: '?topic=orders&partition=0' },
    'DELETE /v3/clusters/:cluster/topics/:topic/partitions/:partition/records': {
      query: '?before_offset=1',
    },
    [`POST ${instance}/offsets/committed`]: { body: { partitions: [place] } },
    [`POST ${instance}/assignments`]: { body: { partitions: [place] } },
    [`POST ${group}/offsets:reset`]: { body: { to: 'earliest' } },
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
    'POST /subscriptions': {
      body: { name: 's1', topic: 'orders', target: endpoint, dead_letter_topic: 'made' },
    },
    [`PATCH ${subscription}`]: { body: { filter: { key: ['a'] } } },
    [`POST ${subscription}/seek`]: { body: { to: 'latest' } },
    [`POST ${cluster}/acls`]: { body: acl },
    [`POST ${cluster}/acls:batch`]: { body: { data: [acl, { ...acl, operation: 'WRITE' }] } },
    [`DELETE ${cluster}/acls`]: { query: '?principal=User:shop' },
    'POST /keys': { body: { principal: 'User:shop' } },
  };
  const values = {
    key: '',
    version: '1',
    topic: 'orders',
    partition: '0',
    cluster: 'sluice',
    group: 'g1',
    instance: 'c1',
    subscription: 's1',
    broker: '0',
    config: 'retention.ms',
  };
  // What ends something comes after all that asks for it.
  const inTheEnd = [
    `DELETE ${instance}`,
    `POST ${group}/offsets:reset`,
    `DELETE ${group}`,
    'DELETE /v3/clusters/:cluster/topics/:topic',
  ];
  const others = Object.keys(operations).filter((route) => !inTheEnd.includes(route));
  for (const route of [...others, ...inTheEnd]) {
    const { reply } = operations[route as keyof typeof operations] as (typeof operations)[`GET /`];
    const path = route.replace(/\/:(\w+)/g, (_, name: keyof typeof values) => `/${values[name]}`);
    const { query = '', ...question } = questions[route] ?? {};
    const { status, headers, json } = await ask(path + query, question);
    expect([route, status]).toEqual([route, reply.status]);
    const type = headers.get('content-type') ?? undefined;
    expect([route, Object.keys(reply.content ?? {})[0]]).toEqual([route, type]);
    for (const name of Object.keys(reply.headers ?? {})) expect(headers.has(name)).toBe(true);
    if (route === 'POST /keys') values.key = json.id;
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

function conforms(what: string, schema: z.core.$ZodType, value: unknown): void {
  expect(z.safeParse(schema, value).error?.issues, what).toBeUndefined();
}
