// What signs the deliveries to an endpoint: who gets to see it, and how it is replaced.

import { expect, test } from 'vitest';
import { findSubscription } from '../../shared/engine/delivery/find-subscription.ts';
import { type Asked, newApi } from './ask.ts';

const target = { type: 'lambda', function: 'bill' };
const billing = { name: 'billing', topic: 'orders', target };
const endpoint = { type: 'https', url: 'https://hooks.example.com/orders' };

/** Those that sign, as the engine has them. */
async function secretsOf({ world }: Asked, name: string): Promise<readonly string[]> {
  const engine = world.newEngine();
  const found = await world.time.run(findSubscription(engine, world.call(engine), name));
  return found?.target.kind === 'https' ? found.target.secrets : [];
}

test('a secret that is drawn is shown once, to who had it drawn', async () => {
  const api = await newApi();
  const { ask } = api;
  const made = await ask('POST /subscriptions', { body: { ...billing, target: endpoint } });
  const { secret, ...rest } = made.json;
  expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
  expect(rest.target).toEqual(endpoint);
  expect(await secretsOf(api, 'billing')).toEqual([secret]);
  const moved = { ...endpoint, url: 'https://hooks.example.com/new' };
  const others = [
    await ask('GET /subscriptions'),
    await ask('GET /subscriptions/billing'),
    await ask('POST /subscriptions/billing/pause'),
    await ask('POST /subscriptions/billing/resume'),
    await ask('PATCH /subscriptions/billing', { body: { target: moved, batch_size: 2 } }),
  ];
  for (const { status, bytes } of others) {
    expect([status, bytes.includes('secret'), bytes.includes('whsec_')]).toEqual([
      200,
      false,
      false,
    ]);
  }
  expect(await secretsOf(api, 'billing')).toEqual([secret]);
  await ask('PATCH /subscriptions/billing', { body: { target } });
  const back = await ask('PATCH /subscriptions/billing', { body: { target: endpoint } });
  expect(back.json.secret).not.toBe(secret);
  expect(await secretsOf(api, 'billing')).toEqual([back.json.secret]);
});

test('a secret that is given is shown to nobody', async () => {
  const api = await newApi();
  const { ask } = api;
  const given = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;
  const signed = (secret: string) => ({ body: { target: { ...endpoint, secret } } });
  const made = await ask('POST /subscriptions', {
    body: { ...billing, ...signed(given(1)).body },
  });
  const changed = await ask('PATCH /subscriptions/billing', signed(given(2)));
  for (const { bytes } of [made, changed]) expect(bytes.includes('whsec_')).toBe(false);
  expect(await secretsOf(api, 'billing')).toEqual([given(2)]);
});

test('a secret is replaced while the one before it still signs', async () => {
  const api = await newApi();
  const { ask } = api;
  const { json: made } = await ask('POST /subscriptions', {
    body: { ...billing, target: endpoint },
  });
  const rotate = async (body?: object) =>
    (await ask('POST /subscriptions/billing/rotate-secret', { body })).json.secret;
  const second = await rotate();
  expect(await secretsOf(api, 'billing')).toEqual([second, made.secret]);
  const third = await rotate({});
  expect(await secretsOf(api, 'billing')).toEqual([third, second]);
  const own = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
  // Sent again, it does not push the one out that the receiver may still have.
  for (const _ of ['once', 'again']) expect(await rotate({ secret: own })).toBe(own);
  expect(await secretsOf(api, 'billing')).toEqual([own, third]);
  await ask('PATCH /subscriptions/billing', { body: { target } });
  expect(await ask('POST /subscriptions/billing/rotate-secret')).toMatchObject({
    status: 422,
    json: { message: expect.stringMatching(/^target: /) },
  });
});

test('a rotation whose first answer is lost leaves the receiver’s secret in use', async () => {
  const api = await newApi();
  const { ask, world } = api;
  const { json: made } = await ask('POST /subscriptions', {
    body: { ...billing, target: endpoint },
  });
  world.faults.next('transact', 'after');
  const { status, json } = await ask('POST /subscriptions/billing/rotate-secret');
  expect(status).toBe(200);
  expect(await secretsOf(api, 'billing')).toEqual([json.secret, made.secret]);
});
