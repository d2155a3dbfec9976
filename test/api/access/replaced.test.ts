// What a caller may do to a subscription he may do to that one, and to no other that comes by its
// name while he is asking: his own body may be as slow as he likes.

import { expect, test } from 'vitest';
import { allRoutes } from '../../../shared/api/all-routes.ts';
import { createApi } from '../../../shared/api/api.ts';
import { createAcls } from '../../../shared/engine/access/acls.ts';
import { aclOf, me } from '../../access/naive-acls.ts';
import { newWorld } from '../../world/world.ts';
import { openApi } from '../ask.ts';
import { endpoint } from './given.ts';

const admin = 'User:admin';
const access = {
  identify: ({ req }: { req: { header: (name: string) => string | undefined } }) => ({
    principal: req.header('caller') ?? admin,
  }),
  acls: { superUsers: new Set([admin]) },
};

const billing = { name: 'billing', target: endpoint, dead_letter_topic: 'letters' };
const mine = { ...billing, topic: 'orders', group: 'mine' };
const theirs = { ...billing, topic: 'audit', group: 'theirs' };

async function newStory() {
  const world = newWorld(1);
  for (const name of ['orders', 'audit', 'letters']) {
    await world.time.run(world.createTopic({ name, partitions: 1 }));
  }
  const { engine, ask } = openApi(world, access);
  const own = [
    aclOf(['ALL', 'GROUP', 'mine']),
    aclOf(['ALL', 'TOPIC', 'orders']),
    aclOf(['ALL', 'TOPIC', 'letters']),
  ];
  await world.time.run(createAcls(engine, world.call(engine), own));
  return { world, ask };
}

test.each([
  ['PATCH /subscriptions/billing', { target: { ...endpoint, url: 'https://mine.example.com/' } }],
  ['POST /subscriptions/billing/seek', { to: 'latest' }],
  ['POST /subscriptions/billing/rotate-secret', {}],
  ['POST /subscriptions/billing/redrive', {}],
])('%s is of the subscription that was asked for', async (route, body) => {
  const { world, ask } = await newStory();
  const make = (wanted: object) => ask('POST /subscriptions', { body: wanted });
  expect((await make(mine)).status).toBe(201);
  const [asked, replaced] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = createApi({
    engine: world.newEngine(),
    access,
    routes: allRoutes('{}'),
    onFault: (error) => expect.fail(String(error)),
    readBody: async () => {
      asked.resolve();
      await replaced.promise;
      return Buffer.from(JSON.stringify(body));
    },
  });
  const [method = '', path = ''] = route.split(' ');
  const request = slow.request(path, { method, headers: { caller: me } });
  await world.time.run(asked.promise);
  await ask('DELETE /subscriptions/billing');
  await make(theirs);
  const before = (await ask('GET /subscriptions/billing')).json;
  replaced.resolve();
  const response = await world.time.run(Promise.resolve(request));
  expect([response.status, await response.json()]).toEqual([
    404,
    { error_code: 404, message: 'subscription: there is no billing' },
  ]);
  expect((await ask('GET /subscriptions/billing')).json).toEqual(before);
});
