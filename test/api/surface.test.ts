// What is common to all routes: negotiation, errors, methods, links, health, what a reply says it
// cost.

import { expect, test } from 'vitest';
import { createApi } from '../../shared/api/api.ts';
import { negotiate } from '../../shared/api/media-types.ts';
import { replyOf } from '../../shared/api/replies.ts';
import { AssertionError } from '../../shared/assert.ts';
import { errorCodes } from '../../shared/errors.ts';
import { requestMillisMax } from '../../shared/limits.ts';
import { binary, json, newApi } from './ask.ts';

const v2 = 'application/vnd.kafka.v2+json';

test('health routes answer without a store', async () => {
  const { ask } = await newApi([]);
  for (const path of ['/', '/_health', '/_health/']) {
    const { status, headers, json: body } = await ask(`GET ${path}`);
    expect([status, body]).toEqual([200, {}]);
    expect(headers.get('server-timing')).toBe('total;dur=0');
  }
  for (const path of ['/ready', '/healthy']) {
    expect((await ask(`GET ${path}`)).status).toBe(204);
  }
});

test('the preferred of the types that are offered', () => {
  const offers = ['application/vnd.kafka.v2+json', 'application/json', 'text/plain'];
  const [first, plain, words] = offers;
  const wishes = [
    [undefined, first],
    ['*/*', first],
    ['application/*', first],
    ['*/json', first],
    ['application/json', plain],
    ['Application/JSON; charset=utf-8', plain],
    ['text/*', words],
    ['*/*, application/json', plain],
    ['application/json;q=0.5, text/plain;q=0.8', words],
    ['*/*;q=0.1, text/plain;q=0', first],
    [`*/*, ${first};q=0`, plain],
    ['application/problem+json', first],
    ['image/png', undefined],
    ['application/json;q=0', undefined],
    ['application/json;q=x', undefined],
  ] as const;
  for (const [accept, chosen] of wishes) {
    expect([accept, negotiate(accept, offers)]).toEqual([accept, chosen]);
  }
});

test('an Accept that nothing meets is 406, and nothing is stored', async () => {
  const { ask, endOf } = await newApi();
  const body = { records: [{ value: 1 }] };
  const routes = [
    'POST /topics/orders/partitions/0',
    'GET /topics/orders/partitions/0/records',
    'GET /topics',
    'GET /v3/clusters',
  ];
  for (const route of routes) {
    const question = route.startsWith('POST') ? { type: json, body } : {};
    const { status, json: answer } = await ask(route, { ...question, accept: 'image/png' });
    expect([status, answer.error_code]).toEqual([406, 406]);
    expect((await ask(route, { ...question, accept: '*/json' })).status).toBe(200);
  }
  expect(await endOf('orders')).toBe(1);
});

test('an error carries the members of RFC 9457 for those who ask', async () => {
  const { ask } = await newApi();
  const accept = `${v2}, application/problem+json`;
  const { headers, json: problem } = await ask('GET /topics/orders/partitions/2', { accept });
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(problem).toEqual({
    error_code: 40402,
    message: 'partition: topic orders has 2 partitions, and no 2',
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    detail: 'partition: topic orders has 2 partitions, and no 2',
    field: 'partition',
    limit: 1,
  });
  const v3 = 'GET /v3/clusters/sluice/topics/orders/partitions/2';
  const inV3 = await ask(v3, { accept: 'application/problem+json' });
  expect(inV3.json).toMatchObject({ field: 'partition_id', limit: 1 });
  const plain = await ask('GET /nothing', { accept });
  expect(plain.json).not.toHaveProperty('field');
  expect(plain.json).not.toHaveProperty('limit');
  expect((await ask('GET /topics', { accept })).headers.get('content-type')).toBe(v2);
});

test('what is not served is 404, in one form', async () => {
  const { ask } = await newApi();
  const notFound = { error_code: 404, message: 'HTTP 404 Not Found' };
  const routes = ['GET /nothing', 'POST /consumers', 'GET /transactions/1', 'GET /v3/nothing'];
  for (const route of routes) {
    const { status, headers, json: body } = await ask(route);
    expect([status, body]).toEqual([404, notFound]);
    expect(headers.get('server-timing')).toMatch(/^total;dur=/);
  }
  expect((await ask('POST /v3/clusters/sluice/topics/orders/recordsXbatch')).status).toBe(404);
});

test('a method that a path does not have is 405, and OPTIONS says which it has', async () => {
  const { ask } = await newApi();
  const allow = 'GET, POST, HEAD, OPTIONS';
  const refused = await ask('DELETE /topics/orders');
  expect([refused.status, refused.json.error_code]).toEqual([405, 405]);
  expect(refused.headers.get('allow')).toBe(allow);
  const options = await ask('OPTIONS /topics/orders');
  expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
  expect((await ask('OPTIONS /nothing')).status).toBe(404);
});

test('HEAD answers as GET does, without a body', async () => {
  const { ask } = await newApi();
  const { status, headers, bytes } = await ask('HEAD /topics/orders');
  expect([status, headers.get('content-type'), bytes.length]).toEqual([200, v2, 0]);
  expect((await ask('HEAD /topics/none')).status).toBe(404);
});

test('trailing slashes are accepted', async () => {
  const { ask } = await newApi();
  const body = { records: [{ value: '' }] };
  expect((await ask('POST /topics/orders/', { type: binary, body })).status).toBe(200);
  expect((await ask('GET /v3/clusters/')).status).toBe(200);
});

test('links name the place by which the caller came', async () => {
  const { ask } = await newApi();
  const selfFor = async (headers: Record<string, string>) =>
    (await ask('GET /v3/clusters', { headers })).json.metadata.self;
  expect(await selfFor({})).toBe('http://localhost/v3/clusters');
  expect(await selfFor({ forwarded: 'for=1.2.3.4;Proto=https;host="a.example:8443", for=b' })).toBe(
    'https://a.example:8443/v3/clusters',
  );
  const old = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'b.example, inner',
    'x-forwarded-prefix': '/stage/',
  };
  expect(await selfFor(old)).toBe('https://b.example/stage/v3/clusters');
  const junk = { 'x-forwarded-host': 'a b<c>', 'x-forwarded-proto': 'javascript' };
  expect(await selfFor(junk)).toBe('http://localhost/v3/clusters');
});

test('a reply says what it cost', async () => {
  const { ask } = await newApi();
  const body = { records: [{ value: 1 }] };
  await ask('POST /topics/orders/partitions/0', { type: json, body });
  const { headers } = await ask('POST /topics/orders/partitions/0', { type: json, body });
  expect(headers.get('server-timing')).toMatch(
    /^total;dur=\d+, objectPuts;desc="1", tableWrites;desc="1"$/,
  );
});

test('a throttled engine says so, and when to come back', async () => {
  const { ask, world } = await newApi();
  world.faults.next('query', ...Array(20).fill('throttled'));
  const { status, headers, json: body } = await ask('GET /topics');
  expect([status, headers.get('retry-after')]).toEqual([429, '1']);
  expect(body.error_code).toBe(429);
});

test('a fault of our own is a plain 500, and the operator is told all', async () => {
  const fault = new AssertionError('secret: arn:aws:dynamodb:eu-west-1:1:table/t');
  const { ask, faultsTold } = await newApi([
    {
      'GET /broken': () => {
        throw fault;
      },
    },
  ]);
  const { status, json: body } = await ask('GET /broken');
  expect([status, body]).toEqual([500, { error_code: 50002, message: 'Internal error.' }]);
  expect(faultsTold).toEqual([fault]);
});

test('a call may end when its composition root says, by default within a request', async () => {
  const { world } = await newApi();
  const deadlineGiven = async (deadline?: () => never) => {
    let seen = 0;
    const api = createApi({
      engine: world.newEngine(),
      routes: [
        {
          'GET /when': ({ call }) => {
            seen = call.deadline;
            return new Response();
          },
        },
      ],
      readBody: async () => new Uint8Array(),
      onFault: () => {},
      ...(deadline === undefined ? {} : { deadline }),
    });
    await api.request('/when');
    return seen;
  };
  expect(await deadlineGiven()).toBe(world.time.now() + requestMillisMax);
  expect(await deadlineGiven(() => 7 as never)).toBe(7);
});

test('a code is of its status, or of none finer', () => {
  for (const code of errorCodes) {
    for (const surface of ['v2', 'v3'] as const) {
      const { status, errorCode } = replyOf(code, surface);
      const family = errorCode < 1_000 ? errorCode : Math.floor(errorCode / 100);
      expect([code, Math.floor(family / 100)]).toEqual([code, Math.floor(status / 100)]);
    }
  }
});

test('a forwarded host that is none shapes nothing', async () => {
  const { ask } = await newApi();
  for (const host of ['a:99999', '1.2.3.4.5', '[:::]']) {
    const answer = await ask('GET /v3/clusters', { headers: { 'x-forwarded-host': host } });
    expect([host, answer.status]).toEqual([host, 200]);
  }
});
