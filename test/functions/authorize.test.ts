// API keys in an account: an administrator makes one, API Gateway asks whose it is, and what it is
// told is who the request is from. Then ACLs say what that one may.

import { beforeEach, expect, test } from 'vitest';
import { environmentNames } from '../../shared/contract.ts';
import { storePermissions } from '../infra/store-permissions.ts';
import { EventAccount } from './event-account.ts';
import { signed } from './signed.ts';

type Answer = { readonly statusCode: number; readonly body: string };
type Verdict = { readonly isAuthorized: boolean; readonly context?: object };

let account: EventAccount;

beforeEach(async () => {
  account = new EventAccount();
});

function request(method: string, path: string, more: object = {}) {
  return {
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    isBase64Encoded: false,
    requestContext: { ...signed, domainName: 'x.example.com', http: { method } },
    ...more,
  };
}

async function newKey(body: object): Promise<{ id: string; secret: string; key: string }> {
  const keys = await account.start<object, Answer>('keys');
  const answer = await keys(request('POST', '/keys', { body: JSON.stringify(body) }));
  expect(answer.statusCode).toBe(201);
  return JSON.parse(answer.body);
}

async function verdictOn(authorization?: string): Promise<Verdict> {
  const authorize = await account.start<object, Verdict>('authorize');
  return authorize({ headers: authorization === undefined ? {} : { authorization } });
}

test('a key is known as a token and as a user with a password, and no other way', async () => {
  const { id, secret, key } = await newKey({ principal: 'User:shop' });
  const good = { isAuthorized: true, context: { principal: 'User:shop', operations: '' } };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  expect(await verdictOn(`Bearer ${key}`)).toEqual(good);
  expect(await verdictOn(basic(`${id}:${secret}`))).toEqual(good);
  const other = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
  for (const bad of [undefined, '', key, `Bearer ${id}.${other}`, basic(`${id}:${other}`)]) {
    expect(await verdictOn(bad), bad).toEqual({ isAuthorized: false });
  }
});

test('a key that is narrowed says to what', async () => {
  const { key } = await newKey({ principal: 'User:shop', operations: ['READ'] });
  expect((await verdictOn(`Bearer ${key}`)).context).toEqual({
    principal: 'User:shop',
    operations: 'READ',
  });
});

test('where ACLs decide, who is let in may do what they say', async () => {
  const on = { [environmentNames.acls]: 'on', [environmentNames.superUsers]: 'User:a;User:root' };
  const topics = await account.start<object, Answer>('topics', on);
  const by = (principal: string) => ({
    requestContext: {
      authorizer: { lambda: { principal, operations: '' } },
      domainName: 'x.example.com',
      http: { method: 'GET' },
    },
  });
  const statusFor = async (principal: string) =>
    (await topics(request('GET', '/v3/clusters/sluice/acls', by(principal)))).statusCode;
  expect(await statusFor('User:root')).toBe(200);
  expect(await statusFor('User:shop')).toBe(403);
  expect(
    (await topics(request('GET', '/topics', { requestContext: { http: { method: 'GET' } } })))
      .statusCode,
  ).toBe(401);
});

test('who makes keys and who asks for them touch nothing else', async () => {
  const { id, key } = await newKey({ principal: 'User:shop' });
  const keys = await account.start<object, Answer>('keys');
  for (const [method, path] of [
    ['GET', ''],
    ['GET', `/${id}`],
    ['POST', `/${id}/rotate`],
    ['DELETE', `/${id}/secrets/1`],
    ['DELETE', `/${id}`],
  ] as const) {
    expect([path, (await keys(request(method, `/keys${path}`))).statusCode < 300]).toEqual([
      path,
      true,
    ]);
  }
  await verdictOn(`Bearer ${key}`);
  const allowed = [...storePermissions.keys, ...storePermissions.authorize].map((line) => {
    return line.replace(/ .*\(/, ' ').replace(')', '');
  });
  expect([...account.did].filter((one) => !allowed.includes(one))).toEqual([]);
});
