// Every reply says what store operations it waited for, also a refusal: each route is asked, for
// what is there and for what is not, with a body and without, and what the engine has done
// meanwhile is what the reply says.

import { expect, test } from 'vitest';
import { createApi } from '../../shared/api/api.ts';
import { noOperations, type Operations } from '../../shared/store/counted.ts';
import { newWorld } from '../world/world.ts';
import { json } from './ask.ts';
import { apiGroups, apiRoutes, filledIn, pathValues } from './every-route.ts';

const nothing = Object.fromEntries(Object.keys(pathValues).map((name) => [name, 'nothing']));

async function newWalk() {
  const world = newWorld(1);
  await world.time.run(world.createTopic({ name: 'orders', partitions: 2 }));
  const engine = world.newEngine();
  const api = createApi({
    engine,
    routes: apiGroups,
    readBody: async (context) => new Uint8Array(await context.req.raw.arrayBuffer()),
    onFault: (fault) => {
      throw fault;
    },
  });
  return async (route: string, body?: string) => {
    const [method = '', path = ''] = route.split(' ');
    const init = body === undefined ? {} : { body, headers: { 'content-type': json } };
    const before = { ...engine.operations };
    const asking = Promise.resolve(api.request(path, { method, ...init }));
    const response = await world.time.run(asking);
    const done = spent(before, engine.operations);
    await world.time.run(Promise.all([engine.background.idle(), world.time.sleep(1)]));
    return { status: response.status, timing: response.headers.get('server-timing'), done };
  };
}

function spent(before: Operations, now: Operations): Operations {
  const names = Object.keys(now) as (keyof Operations)[];
  const counts = names.map((name) => [name, now[name] - before[name]] as const);
  return Object.fromEntries(counts) as Operations;
}

function said(timing: string): Operations {
  const operations = noOperations();
  for (const [, name, count] of timing.matchAll(/(\w+);desc="(\d+)"/g)) {
    operations[name as keyof Operations] = Number(count);
  }
  return operations;
}

test.each([
  ['what is there', pathValues, undefined],
  ['what is there, with records', pathValues, '{"records":[{"value":1}]}'],
  ['what is there, with half of a body', pathValues, '{"records":'],
  ['what is not there', nothing, undefined],
  ['what is not there, with an empty body', nothing, '{}'],
])('every route, of %s', async (_, values, body) => {
  const ask = await newWalk();
  // What ends the topic comes last.
  const inOrder = apiRoutes.toSorted((one, other) => {
    return Number(one.startsWith('DELETE')) - Number(other.startsWith('DELETE'));
  });
  const statuses = new Set<number>();
  for (const route of inOrder) {
    const hasBody = !route.startsWith('GET');
    const { status, timing, done } = await ask(filledIn(route, values), hasBody ? body : undefined);
    expect(timing, route).toMatch(/^total;dur=\d+/);
    expect([route, said(timing ?? '')]).toEqual([route, done]);
    statuses.add(Math.floor(status / 100));
  }
  expect(statuses).toContain(4);
  if (values === pathValues) expect(statuses).toContain(2);
});

test('what no route serves, and what one does not', async () => {
  const ask = await newWalk();
  for (const route of ['GET /nothing', 'PUT /topics/orders', 'OPTIONS /topics', 'HEAD /topics']) {
    const { timing, done } = await ask(route);
    expect([route, said(timing ?? '')]).toEqual([route, done]);
    expect(timing, route).toMatch(/^total;dur=\d+/);
  }
});
