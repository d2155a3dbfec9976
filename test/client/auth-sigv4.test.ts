// Signatures: those that AWS has published, and others that are checked as a receiver would. When
// credentials are asked for, and of which region a signature is.

import { expect, test } from 'vitest';
import type { AuthHost } from '../../client/auth.ts';
import { type SigV4Options, sigV4 } from '../../client/auth-sigv4.ts';
import { remembered } from '../../client/aws-credentials.ts';
import { segment, withQuery } from '../../client/path.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { checkSignature } from './sigv4-spec.ts';
import { newWire, type Sent } from './wire.ts';

/** Of AWS's examples. */
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey };
const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfp' +
  'SPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQ' +
  'DYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+s' +
  'cqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';

function hostAt(at: number, environment: Record<string, string> = {}): AuthHost {
  return { clock: new VirtualTime(at), environment: (name) => environment[name] };
}

type Request = { readonly method: string; readonly url: string; readonly type?: string };

function sign({ method, url, type }: Request, options: SigV4Options, body = '', host?: AuthHost) {
  const headers = { Accept: '*/*', 'User-Agent': 'me', ...(type && { 'Content-Type': type }) };
  const request = { method, url: new URL(url), headers, body: Buffer.from(body) };
  return sigV4(options)(request, host ?? hostAt(Date.UTC(2015, 7, 30, 12, 36)));
}

/** Name in the suite, request, its body, what is signed, and the signature.
 * Source: the "aws-sig-v4-test-suite" of AWS. */
const form = 'application/x-www-form-urlencoded';
const vectors = [
  [
    'get-vanilla',
    { method: 'GET', path: '/' },
    'host;x-amz-date',
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  ],
  [
    'get-vanilla-query-order-key-case',
    { method: 'GET', path: '/?Param2=value2&Param1=value1' },
    'host;x-amz-date',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'post-vanilla',
    { method: 'POST', path: '/' },
    'host;x-amz-date',
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'post-x-www-form-urlencoded',
    { method: 'POST', path: '/', type: form, body: 'Param1=value1' },
    'content-type;host;x-amz-date',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
  [
    'post-sts-header-before',
    { method: 'POST', path: '/', sessionToken },
    'host;x-amz-date;x-amz-security-token',
    '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  ],
] as const;

test.each(vectors)('%s is signed as AWS has published it', async (_, vector, names, signature) => {
  const { path, body = '', ...said } = { body: '', sessionToken: undefined, ...vector };
  const request = { ...said, url: `https://example.amazonaws.com${path}` };
  const own = { ...credentials, sessionToken: said.sessionToken };
  const options = { service: 'service', region: 'us-east-1', credentials: own };
  const scope = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
  const signed = `SignedHeaders=${names}`;
  expect(await sign(request, options, body)).toEqual({
    'x-amz-date': '20150830T123600Z',
    ...(said.sessionToken && { 'x-amz-security-token': sessionToken }),
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, ${signed}, Signature=${signature}`,
  });
});

test('whatever is in a path, a query and a body, its receiver finds it signed', async () => {
  const group = segment('groupId', 'a b/ü*(\'!)"+%~');
  const path = withQuery(`/consumers/${group}`, { after: "z+ &='()*!", topic: 'orders', a: 1 });
  const host = 'abc.execute-api.eu-west-1.amazonaws.com';
  const method = 'POST';
  const body = '{"name":"ö"}';
  const own = { ...credentials, sessionToken };
  const request = { method, url: `https://${host}/stage${path}`, type: 'application/json' };
  const added = await sign(request, { credentials: own }, body);
  const sent = new Headers({ 'Content-Type': 'application/json', Host: host, ...added });
  const headers = Object.fromEntries(sent);
  const target = `/stage${path}`;
  const received = { method, target, headers, body: Buffer.from(body) };
  expect(checkSignature(received, secretAccessKey)).toEqual({
    keyId: 'AKIDEXAMPLE',
    scope: '20150830/eu-west-1/execute-api/aws4_request',
    names: ['content-type', 'host', 'x-amz-date', 'x-amz-security-token'],
    isRight: true,
  });
  const changed = { ...received, body: Buffer.from(`${body} `) };
  expect(checkSignature(changed, secretAccessKey).isRight, 'the body is signed').toBe(false);
  const elsewhere = { ...received, target: `${target}&b=2` };
  expect(checkSignature(elsewhere, secretAccessKey).isRight, 'the query is').toBe(false);
});

/** Of a signature. */
async function regionOf(url: string, region?: string, environment = {}): Promise<string> {
  const options = { credentials, ...(region !== undefined && { region }) };
  const signed = await sign({ method: 'GET', url }, options, '', hostAt(0, environment));
  return String(signed['authorization']).split('/')[2] ?? '';
}

test('a region is that which was said, else the API’s own, else the process’s', async () => {
  const api = 'https://abc.execute-api.ap-southeast-2.amazonaws.com';
  const here = { AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'us-west-1' };
  expect(await regionOf(api, 'eu-central-1', here)).toBe('eu-central-1');
  expect(await regionOf(api, undefined, here)).toBe('ap-southeast-2');
  expect(await regionOf('https://abc.execute-api.cn-north-1.amazonaws.com.cn')).toBe('cn-north-1');
  expect(await regionOf('https://v.execute-api.us-gov-west-1.vpce.amazonaws.com')).toBe(
    'us-gov-west-1',
  );
  const own = 'https://sluice.example.com';
  expect(await regionOf(own, undefined, here)).toBe('us-west-2');
  expect(await regionOf(own, undefined, { AWS_REGION: '', AWS_DEFAULT_REGION: 'x' })).toBe('x');
  await expect(regionOf(own)).rejects.toThrow('sigV4: needs a region: sluice.example.com');
});

test('without a region nothing is sent, and nothing tried again', async () => {
  const wire = await newWire();
  const connection = wire.newConnection({ auth: sigV4({ credentials }) });
  const asked = connection.ask({ method: 'GET', path: '/topics' });
  await expect(asked).rejects.toMatchObject({ name: 'SluiceError', retriable: false });
  expect(wire.sent).toEqual([]);
});

test('credentials are asked for once by many, and again five minutes before they end', async () => {
  const time = new VirtualTime();
  let draws = 0;
  const given = remembered(async () => {
    await time.sleep(10);
    if (++draws === 3) throw new Error('away');
    return { ...credentials, expiration: new Date(time.now() + 3_600_000) };
  });
  const begun = time.now();
  await time.run(Promise.all([given(time), given(time), given(time)]));
  await time.run(time.sleep(begun + 3_300_000 - time.now()));
  await time.run(given(time));
  expect(draws).toBe(1);
  await time.run(time.sleep(11));
  await time.run(Promise.all([given(time), given(time)]));
  expect(draws).toBe(2);
  await time.run(time.sleep(3_600_000));
  await expect(time.run(given(time))).rejects.toThrow('away');
  await time.run(given(time));
  expect(draws).toBe(4);
});

test('credentials that never come are asked for again, by the next try', async () => {
  const wire = await newWire();
  let draws = 0;
  const provider = () => {
    return ++draws === 1 ? new Promise<never>(() => undefined) : Promise.resolve(credentials);
  };
  const auth = sigV4({ credentials: provider, region: 'us-east-1' });
  const connection = wire.newConnection({ auth });
  const asked = connection.ask({ method: 'GET', path: '/topics' });
  expect(await wire.world.time.run(asked)).toMatchObject({ status: 200 });
  expect([draws, wire.sent.length]).toEqual([2, 1]);
});

/** An engine's answer to what is signed as of another time than its own. */
function expired(now: number): Response {
  const body = JSON.stringify({ message: 'Signature expired' });
  return new Response(body, { status: 403, headers: { Date: new Date(now).toUTCString() } });
}

/** When a request was signed. */
function signedAt({ headers }: Sent): number {
  const [, ...parts] = /^(.{4})(..)(..)T(..)(..)(..)Z$/.exec(headers.get('x-amz-date') ?? '') ?? [];
  const [year = 0, month = 0, ...rest] = parts.map(Number);
  return Date.UTC(year, month - 1, ...rest);
}

test('a clock that is minutes wrong is set by the server’s, for all that it refuses', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const wrongMillis = 3_600_000;
  const clock = {
    now: () => time.now() - wrongMillis,
    sleep: (millis: number, wake?: Promise<unknown>) => time.sleep(millis, wake),
    turn: () => time.turn(),
  };
  const auth = sigV4({ credentials, region: 'us-east-1' });
  const connection = wire.newConnection({ auth, retry: { retries: 1 } }, { ...wire.host, clock });
  wire.fateOf = (sent) => {
    return Math.abs(signedAt(sent) - time.now()) < 300_000 ? 'passes' : expired(time.now());
  };
  const ask = () => connection.ask({ method: 'GET', path: '/topics', again: 'unsafe' });
  await time.run(Promise.all([ask(), ask()]));
  expect(wire.sent.length).toBe(4);
  await time.run(connection.retrying({ retries: 0 }).ask({ method: 'GET', path: '/topics' }));
  expect(wire.sent.length).toBe(5);
});

test('one that is about right is not, and who has no right is told so at once', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const connection = wire.newConnection({ auth: sigV4({ credentials, region: 'us-east-1' }) });
  for (const skew of [0, 200_000, -200_000, Number.NaN]) {
    wire.fateOf = () => {
      return Number.isNaN(skew) ? new Response('', { status: 403 }) : expired(time.now() + skew);
    };
    const { length } = wire.sent;
    const asked = time.run(connection.ask({ method: 'GET', path: '/topics' }));
    await expect(asked).rejects.toMatchObject({ status: 403, retriable: false });
    expect(wire.sent.length - length).toBe(1);
  }
});
