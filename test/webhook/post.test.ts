// A POST to somebody's server: what it looks like there, and what of all that a server, its name in
// DNS or its redirects may try does not work. Time passes when a test says so.

import { once } from 'node:events';
import tls, { type TlsOptions } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { isPublicAddress } from '../../shared/webhook/addresses.ts';
import { type PosterParts, type PostRequest, webhookPoster } from '../../shared/webhook/post.ts';
import { type Answer, type Receiver, startReceiver } from './receiver.ts';

const now = Date.UTC(1994, 10, 6, 8, 49, 0);
const running: Receiver[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ stop }) => stop()));
});

/** A receiver, and what posts to it. */
async function story(answer: Answer, parts: Partial<PosterParts> = {}, options: TlsOptions = {}) {
  const receiver = await startReceiver(answer, options);
  running.push(receiver);
  const asked: string[] = [];
  const sleeping: number[] = [];
  const late = Promise.withResolvers<void>();
  const head = Promise.withResolvers<void>();
  const clock: PosterParts['clock'] = {
    /** Asked for what the head of an answer says of time. */
    now: () => {
      head.resolve();
      return now;
    },
    sleep: async (millis, wake) => {
      sleeping.push(millis);
      await Promise.race([late.promise, wake]);
      sleeping.splice(sleeping.indexOf(millis), 1);
    },
  };
  const resolve = parts.resolve ?? (async () => ['127.0.0.1']);
  const poster = webhookPoster({
    allows: () => true,
    ca: receiver.ca,
    clock,
    ...parts,
    resolve: (host, over) => {
      asked.push(host);
      return resolve(host, over);
    },
  });
  const post = (request: Partial<PostRequest> = {}) =>
    poster({
      url: `https://hooks.example.com:${receiver.port}/in?key=1`,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"test": "ü"}'),
      timeoutMillis: 15_000,
      responseBytesMax: 1_000,
      ...request,
    });
  return { receiver, asked, sleeping, post, timeOver: late.resolve, headCame: head.promise };
}

const textOf = (outcome: object) =>
  'body' in outcome ? { ...outcome, body: String(outcome.body) } : outcome;

test('it arrives as it was given, at the address that the name was found at', async () => {
  const { post, receiver, asked } = await story((response) => response.end('thanks'));
  const outcome = await post({ headers: { 'webhook-id': 'a' } });
  expect(textOf(outcome)).toEqual({
    kind: 'answered',
    status: 200,
    retryAfterMillis: undefined,
    body: 'thanks',
    isWhole: true,
  });
  const host = `hooks.example.com:${receiver.port}`;
  expect(receiver.received).toEqual([
    {
      method: 'POST',
      path: '/in?key=1',
      headers: { 'webhook-id': 'a', host, connection: 'close', 'content-length': '14' },
      body: '{"test": "ü"}',
      servername: 'hooks.example.com',
      address: '127.0.0.1',
    },
  ]);
  expect(asked).toEqual(['hooks.example.com']);
});

test('what is not https, or would be more headers than it says, is not sent', async () => {
  const { post, receiver } = await story((response) => response.end());
  const url = `http://hooks.example.com:${receiver.port}/`;
  await expect(post({ url })).rejects.toThrow('https alone');
  const headers = { 'x-a': 'b\r\nHost: c.example' };
  await expect(post({ headers })).rejects.toThrow(TypeError);
  expect(receiver.connections).toEqual([]);
});

test('the clock runs for as long as it was given, and no timer is left behind', async () => {
  const { post, sleeping } = await story((response) => response.end());
  const outcome = post({ timeoutMillis: 7_000 });
  expect(sleeping).toEqual([7_000]);
  await outcome;
  await new Promise(setImmediate);
  expect(sleeping).toEqual([]);
});

test('TLS 1.1 is not spoken, though Node were told to', async () => {
  const { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS } = tls;
  const ciphers = 'DEFAULT@SECLEVEL=0';
  Object.assign(tls, { DEFAULT_MIN_VERSION: 'TLSv1', DEFAULT_CIPHERS: ciphers });
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers } as const;
  const { post, receiver } = await story((response) => response.end(), {}, old);
  expect(await post()).toMatchObject({ kind: 'failed' });
  expect(receiver.received).toEqual([]);
  Object.assign(tls, { DEFAULT_MIN_VERSION, DEFAULT_CIPHERS });
});

test('a redirect is an answer, and nobody follows it', async () => {
  const { post, receiver } = await story((response, { headers }) => {
    response.writeHead(307, { location: `https://${headers.host}/elsewhere` }).end();
  });
  expect(await post()).toMatchObject({ kind: 'answered', status: 307 });
  expect(receiver.received.map(({ path }) => path)).toEqual(['/in?key=1']);
});

test('a name that is public and private is refused, and nobody is called', async () => {
  const { post, receiver } = await story((response) => response.end(), {
    resolve: async () => ['8.8.8.8', '127.0.0.1', '2606:4700:4700::1111'],
    allows: isPublicAddress,
  });
  expect(await post()).toEqual({ kind: 'refused-address' });
  expect(receiver.connections).toEqual([]);
});

test('a name that leads elsewhere the moment after it was checked is not asked again', async () => {
  const answers = [['127.0.0.1'], ['127.0.0.2']];
  const checked: string[] = [];
  const { post, receiver, asked } = await story((response) => response.end(), {
    resolve: async () => answers.shift() ?? [],
    allows: (address) => checked.push(address) > 0,
  });
  expect(await post()).toMatchObject({ status: 200 });
  expect(asked).toHaveLength(1);
  expect(checked).toEqual(['127.0.0.1']);
  expect(receiver.received.map(({ address }) => address)).toEqual(['127.0.0.1']);
});

test('an address in the URL is not looked up, and is judged all the same', async () => {
  const judged: string[] = [];
  const { post, receiver, asked } = await story((response) => response.end(), {
    allows: (address) => {
      judged.push(address);
      return address === '127.0.0.1';
    },
  });
  const { port } = receiver;
  expect(await post({ url: `https://127.0.0.1:${port}/` })).toMatchObject({ status: 200 });
  expect(await post({ url: `https://0x7f.1:${port}/` })).toMatchObject({ status: 200 });
  const refused = { kind: 'refused-address' };
  expect(await post({ url: `https://127.2:${port}/` })).toEqual(refused);
  expect(await post({ url: `https://[::1]:${port}/` })).toEqual(refused);
  expect(judged).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.2', '::1']);
  expect(asked).toEqual([]);
  expect(receiver.received.map(({ servername }) => servername || '')).toEqual(['', '']);
  expect(receiver.connections).toHaveLength(2);
});

test('where one address does not answer the next one does', async () => {
  const { post } = await story((response) => response.end(), {
    resolve: async () => ['127.0.0.2', '127.0.0.3', '127.0.0.1'],
  });
  expect(await post()).toMatchObject({ kind: 'answered', status: 200 });
});

test.each([
  ['another name', 'other.example.com', {}, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['a stranger', 'hooks.example.com', { ca: '' }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
])('a certificate of %s is sent nothing', async (_, name, parts, reason) => {
  const { post, receiver } = await story((response) => response.end(), parts);
  const outcome = await post({ url: `https://${name}:${receiver.port}/` });
  expect(outcome).toEqual({ kind: 'failed', reason });
  expect(receiver.connections).toHaveLength(1);
  const [socket] = receiver.connections;
  if (socket?.closed === false) await once(socket, 'close');
  expect(receiver.received).toEqual([]);
});

test('nobody there, no such name and no addresses are failures', async () => {
  const { post, receiver } = await story((response) => response.end());
  await receiver.stop();
  const nobody = { kind: 'failed', reason: 'ECONNREFUSED' };
  expect(await post()).toEqual(nobody);
  const unknown = await story((response) => response.end(), {
    resolve: async () => {
      throw Object.assign(new Error('no hooks.example.com'), { code: 'ENOTFOUND' });
    },
  });
  const notFound = { kind: 'failed', reason: 'ENOTFOUND' };
  expect(await unknown.post()).toEqual(notFound);
  const several = await story((response) => response.end(), {
    resolve: async () => ['127.0.0.2', '127.0.0.3'],
  });
  expect(await several.post()).toEqual(nobody);
  const empty = await story((response) => response.end(), { resolve: async () => [] });
  expect(await empty.post()).toEqual(notFound);
});

test.each<readonly [string, string, Answer]>([
  ['closes', 'ECONNRESET', (response) => response.destroy()],
  ['changes the protocol', 'ECONNRESET', (response) => response.socket?.write(upgrade)],
  ['speaks no HTTP', 'HPE_INVALID_CONSTANT', (response) => response.socket?.end('SMTP\r\n\r\n')],
])('a server that %s is a failure', async (_, reason, answer) => {
  const { post } = await story(answer);
  expect(await post()).toEqual({ kind: 'failed', reason });
});

const upgrade = 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';

test('a server that says nothing is left when time is over', async () => {
  const { post, receiver, timeOver } = await story((response) => {
    response.socket?.once('close', () => left.resolve());
    timeOver();
  });
  const left = Promise.withResolvers<void>();
  expect(await post()).toEqual({ kind: 'timed-out' });
  await left.promise;
  expect(receiver.received).toHaveLength(1);
});

test('a name that nobody finds in time is over with the rest', async () => {
  const ended = Promise.withResolvers<void>();
  const { post, receiver, timeOver } = await story((response) => response.end(), {
    resolve: (_, over) =>
      new Promise((_, reject) => {
        over.addEventListener('abort', () => {
          reject(new Error('queryA ECANCELLED'));
          ended.resolve();
        });
        timeOver();
      }),
  });
  expect(await post()).toEqual({ kind: 'timed-out' });
  await ended.promise;
  expect(receiver.connections).toEqual([]);
});

test('an endless body is read to its bound, and the status counts', async () => {
  const left = Promise.withResolvers<void>();
  const { post } = await story((response) => {
    response.once('close', () => left.resolve());
    response.writeHead(500);
    const more = (): unknown => !response.destroyed && response.write('a'.repeat(900), more);
    more();
  });
  const outcome = await post();
  expect(textOf(outcome)).toMatchObject({ status: 500, body: 'a'.repeat(1_000), isWhole: false });
  await left.promise;
});

test('a body of just the bound is whole', async () => {
  const { post } = await story((response) => response.end('a'.repeat(1_000)));
  expect(textOf(await post())).toMatchObject({ body: 'a'.repeat(1_000), isWhole: true });
});

test('of a body that is late or breaks off the status counts', async () => {
  const slow = await story((response) => {
    response.writeHead(202, { 'content-length': 8 });
    response.write('half');
  });
  void slow.headCame.then(slow.timeOver);
  expect(await slow.post()).toMatchObject({ kind: 'answered', status: 202, isWhole: false });
  const broken = await story((response) => {
    response.writeHead(202, { 'content-length': 8 });
    response.write('half', () => response.destroy());
  });
  expect(await broken.post()).toMatchObject({ kind: 'answered', status: 202, isWhole: false });
});

test('a server that is busy says for how long', async () => {
  const times = ['7', 'Sun, 06 Nov 1994 08:49:37 GMT'];
  const { post } = await story((response) => {
    response.writeHead(429, { 'retry-after': times.shift() ?? 'soon' }).end();
  });
  expect(await post()).toMatchObject({ status: 429, retryAfterMillis: 7_000 });
  expect(await post()).toMatchObject({ status: 429, retryAfterMillis: 37_000 });
  expect(await post()).toMatchObject({ status: 429, retryAfterMillis: undefined });
});
