// `sluice keys` and `sluice acls`: who may call an engine, and what he may do there.

import { expect, test } from 'vitest';
import { accessControl } from '../../local/access.ts';
import type { AccessControl } from '../../shared/api/access.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { newShell } from './shell-story.ts';

const admin = 'User:admin';

/** Whoever has a key is its principal; who has none is the admin. */
async function byKey(): Promise<AccessControl> {
  const parts = { clock: new VirtualTime(), onFault: () => undefined };
  const keys = await accessControl({ callers: { kind: 'api-keys' }, acls: undefined }, parts);
  return {
    ...keys,
    acls: { superUsers: new Set([admin]) },
    identify: (context, ...rest) => {
      const isKnown = context.req.header('authorization') !== undefined;
      return isKnown ? keys.identify(context, ...rest) : { principal: admin };
    },
  };
}

test('a key is made, listed, rotated and deleted; its secret is all that is printed', async () => {
  const { sluice } = await newShell(await byKey());
  const create = 'keys create --principal User:shop --operations read,DESCRIBE --expires never';
  const made = await sluice([...create.split(' '), '--description', 'the web shop']);
  expect(made.out).toMatch(/^[\w-]+\.[\w-]+\n$/);
  const [id = ''] = made.out.split('.');
  expect(made.err).toBe(`${id} of User:shop; its secret is not shown again\n`);
  const listed = await sluice('keys list');
  expect(listed.out).toMatch(
    /^ID .*\n\S+ +User:shop +READ,DESCRIBE +never +never +the web shop\n$/,
  );
  expect((await sluice('keys list --json')).json()).toMatchObject([{ id, principal: 'User:shop' }]);
  const rotated = await sluice(`keys rotate ${id} --previous-expires 2026-06-01 --json`);
  expect(rotated.json()).toMatchObject({
    ...{ id, key: expect.stringContaining(`${id}.`) },
    secrets: [{ version: 1, expiresAt: Date.UTC(2026, 5, 1) }, { version: 2 }],
  });
  const brief = await sluice('keys create --principal User:shop --expires 90d --json');
  const { secrets } = brief.json() as {
    readonly secrets: readonly { readonly createdAt: number; readonly expiresAt: number }[];
  };
  const days = secrets.map((one) => (one.expiresAt - one.createdAt) / 86_400_000);
  expect(days).toEqual([expect.closeTo(90, 3)]);
  expect((await sluice(`keys rotate ${id} --previous-expires never`)).code).toBe(2);
  expect((await sluice(`keys delete ${id}`)).err).toBe(`${id} is gone\n`);
  expect((await sluice(`keys delete ${id}`)).code).toBe(3);
  expect((await sluice('keys create')).code).toBe(2);
  const wrong = await sluice('keys create --principal User:shop --operations READ,FLY');
  expect([wrong.code, wrong.err.includes('must be one of READ, WRITE')]).toEqual([2, true]);
  expect((await sluice('keys create --principal User:shop --expires soon')).code).toBe(2);
});

test('who has a key may do what ACLs say, and is told what to do when he may not', async () => {
  const { sluice } = await newShell(await byKey());
  const key = (await sluice('keys create --principal User:shop')).out.trim();
  const environment = { SLUICE_KEY: key };
  const send = () => sluice('produce orders', { stdin: ['a'], environment });
  const refused = await send();
  expect([refused.code, refused.out]).toEqual([4, '']);
  expect(refused.err).toContain('sluice acls create --help');
  const allow = 'acls create --topic orders --principal User:shop --operation write,describe';
  expect((await sluice(allow)).err).toBe('2 ACLs of User:shop: made\n');
  expect((await send()).code).toBe(0);
  const stranger = await sluice('topics list --key no.body');
  expect([stranger.code, stranger.err.includes('SLUICE_KEY')]).toEqual([4, true]);
  expect(refused.err + stranger.err).not.toContain(key);
});

test('ACLs are listed and taken away by what the options mean', async () => {
  const { sluice } = await newShell(await byKey());
  await sluice('acls create --topic shop. --pattern prefixed --principal User:a --operation READ');
  await sluice('acls create --group g --principal User:b --operation READ --permission deny');
  await sluice('acls create --cluster --principal User:b --operation CREATE');
  const listed = (await sluice('acls list --json')).json() as readonly object[];
  expect(listed).toHaveLength(3);
  expect(listed).toContainEqual({
    ...{ principal: 'User:b', permission: 'DENY', operation: 'READ' },
    ...{ resource: 'GROUP', name: 'g', pattern: 'LITERAL' },
  });
  expect((await sluice('acls list --principal User:a')).out.split('\n')).toHaveLength(3);
  const matching = await sluice('acls list --topic shop.web --pattern match --json');
  expect(matching.json()).toMatchObject([{ principal: 'User:a' }]);
  expect((await sluice('acls delete')).code).toBe(2);
  const gone = await sluice('acls delete --principal User:b --operation read --json');
  expect(gone.json()).toMatchObject([{ name: 'g' }]);
  expect((await sluice('acls delete --all')).code).toBe(0);
  expect((await sluice('acls list')).err).toBe('no ACLs\n');
});

test('what makes no sense, and an engine that has no access control', async () => {
  const { sluice } = await newShell();
  const create = 'acls create --principal User:a --operation';
  for (const line of [
    `${create} READ`,
    'acls create --principal a --topic a --operation READ',
    'keys create --principal a',
    `${create} FLY --topic a`,
    `${create} ANY --topic a`,
    `${create} READ --topic a --cluster`,
  ]) {
    expect([line, (await sluice(line)).code]).toEqual([line, 2]);
  }
  const open = await sluice('acls list');
  expect([open.code, open.err.includes('has no access control')]).toEqual([3, true]);
  const keys = await sluice('keys list');
  expect([keys.code, keys.err.includes('it has no API keys: serve --auth')]).toEqual([3, true]);
});
