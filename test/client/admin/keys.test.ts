// API keys: made, looked at, rotated and ended.

import { expect, test } from 'vitest';
import { apiKey } from '../../../client/auth.ts';
import { accessControl } from '../../../local/access.ts';
import type { AccessControl } from '../../../shared/api/access.ts';
import { VirtualTime } from '../../world/virtual-time.ts';
import { newAdmin } from './admin-story.ts';

const day = 24 * 3_600_000;

/** Whoever has a key is its principal; who has none makes them. */
async function byKey(): Promise<AccessControl> {
  const parts = { clock: new VirtualTime(), onFault: () => undefined };
  const keys = await accessControl({ callers: { kind: 'api-keys' }, acls: undefined }, parts);
  return {
    ...keys,
    identify: (context, ...rest) =>
      context.req.header('authorization') === undefined
        ? { principal: 'User:admin' }
        : keys.identify(context, ...rest),
  };
}

test('a key is made, opens the engine, is rotated, and no key when it is deleted', async () => {
  const { admin, run, wire } = await newAdmin(await byKey());
  const { time } = wire.world;
  const options = { principal: 'User:shop', description: 'web', operations: ['DESCRIBE'] } as const;
  const made = await run(admin.keys.create(options));
  const { key, secret, ...shown } = made;
  expect(made).toEqual({
    ...options,
    id: expect.any(String),
    createdAt: expect.any(Number),
    lastUsedOn: null,
    secrets: [{ version: 1, createdAt: made.createdAt, expiresAt: expect.any(Number), live: true }],
    secret: expect.any(String),
    key: `${made.id}.${secret}`,
  });
  expect(await run(admin.keys.list())).toEqual([shown]);
  expect(await run(admin.keys.describe(made.id))).toEqual(shown);
  const opens = (text: string) =>
    run(
      wire
        .newClient({ auth: apiKey(text) })
        .admin()
        .listTopics(),
    );
  expect(await opens(key)).toEqual(['orders']);
  const until = new Date(time.now() + 2 * day);
  const renewed = await run(
    admin.keys.rotate(made.id, { previousExpiresAt: until, expiresAt: null }),
  );
  expect(renewed.secrets.map(({ version, expiresAt }) => [version, expiresAt])).toEqual([
    [1, until.getTime()],
    [2, null],
  ]);
  expect([await opens(key), await opens(renewed.key)]).toEqual([['orders'], ['orders']]);
  await run(admin.keys.deleteSecret(made.id, 1));
  await run(time.sleep(60_000));
  await expect(opens(key)).rejects.toMatchObject({ type: 'SASL_AUTHENTICATION_FAILED' });
  await run(admin.keys.delete(made.id));
  await run(time.sleep(60_000));
  await expect(opens(renewed.key)).rejects.toMatchObject({ code: 40101 });
  await expect(run(admin.keys.describe(made.id))).rejects.toMatchObject({
    type: 'RESOURCE_NOT_FOUND',
  });
});

test('a secret is not drawn again because its answer was lost', async () => {
  const { admin, run, wire } = await newAdmin(await byKey());
  wire.fateOf = ({ method }) => (method === 'POST' ? 'unheard' : 'passes');
  const made = admin.keys.create({ principal: 'User:shop' });
  await expect(run(made)).rejects.toMatchObject({ outcome: 'unknown' });
  const [key, ...others] = await run(admin.keys.list());
  expect([key?.principal, others]).toEqual(['User:shop', []]);
  let deletes = 0;
  wire.fateOf = ({ method }) => (method === 'DELETE' && ++deletes === 1 ? 'unheard' : 'passes');
  await run(admin.keys.delete(String(key?.id)));
  expect([deletes, await run(admin.keys.list())]).toEqual([2, []]);
});

test('a date that is none does not become never', async () => {
  const { admin, wire } = await newAdmin(await byKey());
  for (const expiresAt of [new Date('soon'), Number.NaN, Number.POSITIVE_INFINITY]) {
    const made = admin.keys.create({ principal: 'User:shop', expiresAt });
    await expect(made).rejects.toThrow('expiresAt: must be a time');
  }
  expect(wire.sent).toEqual([]);
});
