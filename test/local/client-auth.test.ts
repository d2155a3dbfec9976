// The client over real sockets: signatures are of what fetch really sends, and an engine whose
// callers have keys or tokens lets it in.

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiKey, basic, bearer } from '../../client/auth.ts';
import { sigV4 } from '../../client/auth-sigv4.ts';
import { Connection } from '../../client/connection.ts';
import { realHost } from '../../client/host.ts';
import { connectionSettings, type SluiceOptions } from '../../client/options.ts';
import { segment, withQuery } from '../../client/path.ts';
import { startEmbedded } from '../../local/embedded.ts';
import { checkSignature, type Received } from '../client/sigv4-spec.ts';
import { runKeys } from './child-programs.ts';
import { byTokens, startIssuer } from './issuer.ts';

const address = { host: '127.0.0.1', port: 0, allowedHosts: [] };
const topics = { method: 'GET', path: '/topics' } as const;

function connect(options: SluiceOptions): Connection {
  return new Connection(connectionSettings(options), realHost);
}

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-client-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** As a gateway does: what came, to the letter. */
async function startReceiver() {
  const received: Received[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const headers = incoming.headers as Received['headers'];
    const { method = '', url: target = '' } = incoming;
    received.push({ method, target, headers, body: Buffer.concat(chunks) });
    outgoing.end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { received, stop, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('what is signed is what fetch sends', async () => {
  const { received, url, stop } = await startReceiver();
  const secretAccessKey = 'secret';
  const credentials = { accessKeyId: 'AKID', secretAccessKey, sessionToken: 'a/b+c==' };
  const auth = sigV4({ region: 'us-east-1', credentials: async () => credentials });
  const connection = connect({ url: `${url}/stage/`, auth, clientId: 'shop/1' });
  const group = segment('groupId', 'a b/ü*(\'!)"+%~');
  const path = withQuery(`/consumers/${group}`, { after: "z+ &='()*!", topic: 'orders', a: 1 });
  const type = 'application/vnd.sluice.parts';
  const body = new Uint8Array(100_000).fill(7);
  await connection.ask({ method: 'GET', path });
  await connection.ask({ method: 'GET', path: `/topics?${new URLSearchParams({ a: 'b c' })}` });
  await connection.ask({ method: 'DELETE', path: `/keys/${group}` });
  await connection.ask({
    ...{ method: 'POST', path: '/topics/orders', type, body },
    headers: { 'Idempotency-Key': '1' },
  });
  await connection.askJson({ method: 'PATCH', path, json: { name: 'ö' } });
  stop();
  expect(received.map((one) => checkSignature(one, secretAccessKey).isRight)).toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
  expect(received[3]?.headers).toMatchObject({ 'content-type': type, 'user-agent': 'shop/1' });
});

test('who has no credentials of AWS is told what to do', async () => {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (/^AWS_/.test(name)) delete process.env[name];
  Object.assign(process.env, {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(directory, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(directory, 'none'),
    AWS_REGION: 'us-east-1',
  });
  try {
    const connection = connect({ url: 'http://127.0.0.1:1', auth: sigV4() });
    const asked = expect(connection.ask(topics)).rejects;
    await asked.toMatchObject({
      name: 'SluiceError',
      type: 'SASL_AUTHENTICATION_FAILED',
      outcome: 'refused',
      retriable: false,
      message: expect.stringMatching(
        /^no AWS credentials .* set AWS_PROFILE, or AWS_ACCESS_KEY_ID/,
      ),
    });
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' });
    const { received, url, stop } = await startReceiver();
    await connect({ url, auth: sigV4() }).ask(topics);
    stop();
    expect(received.map((one) => checkSignature(one, 'secret'))).toMatchObject([
      { keyId: 'AKID', scope: expect.stringContaining('/us-east-1/execute-api/'), isRight: true },
    ]);
  } finally {
    process.env = before;
  }
});

test('an engine whose callers have keys lets in who brings one', async () => {
  const made = await runKeys('create', '--principal', 'User:shop', '--data', directory);
  const key = made.out.trim();
  const [id = '', secret = ''] = key.split('.');
  const access = { callers: { kind: 'api-keys' }, acls: undefined } as const;
  const stores = { kind: 'directory', directory } as const;
  const engine = await startEmbedded({ ...address, stores, access });
  const url = `http://127.0.0.1:${engine.port}`;
  for (const auth of [apiKey(key), basic(id, secret)]) {
    expect(await connect({ url, auth }).askJson(topics)).toEqual([]);
  }
  const refused = expect(connect({ url }).ask(topics)).rejects;
  await refused.toMatchObject({ code: 40101, type: 'SASL_AUTHENTICATION_FAILED' });
  await engine.stop();
});

test('an engine that trusts an issuer lets in who brings a token of it', async () => {
  const issuer = await startIssuer();
  const access = byTokens(issuer.options);
  const engine = await startEmbedded({ ...address, stores: { kind: 'memory' }, access });
  const url = `http://127.0.0.1:${engine.port}`;
  const ask = (auth: ReturnType<typeof bearer>) => connect({ url, auth }).askJson(topics);
  expect(await ask(bearer(() => issuer.sign()))).toEqual([]);
  await expect(ask(bearer(await issuer.sign({ exp: 1 })))).rejects.toMatchObject({ code: 40101 });
  await Promise.all([engine.stop(), issuer.stop()]);
});
