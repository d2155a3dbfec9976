// Who calls: what each way says in a request's headers, and that an engine which knows its callers
// by it lets them in.

import { expect, test } from 'vitest';
import { type Auth, apiKey, basic, bearer } from '../../client/auth.ts';
import { accessControl } from '../../local/access.ts';
import { keyText } from '../../shared/access/api-key.ts';
import { createApiKey } from '../../shared/engine/access/api-keys.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { newWire, type Wire } from './wire.ts';

const topics = { method: 'GET', path: '/topics' } as const;

function ask(wire: Wire, auth: Auth, more = {}) {
  const connection = wire.newConnection({ auth, retry: { retries: 2 } });
  return wire.world.time.run(connection.askJson({ ...topics, ...more }));
}

async function said(auth: Auth): Promise<string | null | undefined> {
  const wire = await newWire();
  await ask(wire, auth);
  return wire.sent.at(-1)?.headers.get('authorization');
}

test('each way says who calls, and a file’s last newline is of no key', async () => {
  expect(await said(apiKey('id_1.sec-ret\n'))).toBe('Bearer id_1.sec-ret');
  expect(await said(basic('id', 'päss:word'))).toBe(
    `Basic ${Buffer.from('id:päss:word').toString('base64')}`,
  );
  expect(await said(bearer('a.b.c\n'))).toBe('Bearer a.b.c');
  expect(await said(bearer(async () => 'a.b.c'))).toBe('Bearer a.b.c');
});

test('what cannot be a key is refused when it is given, and not told', () => {
  for (const key of ['secret', '', 'a.b.c', 'a b.c', 'Bearer a.b', 'a.']) {
    expect(() => apiKey(key), key).toThrow('apiKey: must be an API key whole');
  }
  expect(() => apiKey('hidden')).not.toThrow('hidden');
  expect(() => basic('id:more', 'hidden')).toThrow('basic: a user');
});

test('a token that is none is not sent', async () => {
  const wire = await newWire();
  for (const token of ['', 'a b', 'a\nb', 'é']) {
    const asked = ask(wire, bearer(token));
    await expect(asked).rejects.toMatchObject({ code: 42206, outcome: 'refused' });
  }
  expect(wire.sent).toEqual([]);
});

test('who cannot say yet who he is tries again, though nothing may be sent twice', async () => {
  const wire = await newWire();
  let draws = 0;
  const auth = bearer(() => {
    if (++draws < 3) throw new Error('the issuer is away');
    return 'token';
  });
  await ask(wire, auth, { again: 'unsafe' });
  expect([draws, wire.sent.length]).toEqual([3, 1]);
  const never: Auth = () => {
    throw new Error('the issuer is away');
  };
  await expect(ask(wire, never)).rejects.toMatchObject({
    message: 'auth: the issuer is away',
    type: 'SASL_AUTHENTICATION_FAILED',
    outcome: 'refused',
    retriable: true,
  });
  expect(wire.sent.length).toBe(1);
});

test('who never says who he is does not keep a request for ever', async () => {
  const wire = await newWire();
  const auth: Auth = () => new Promise(() => undefined);
  const connection = wire.newConnection({ auth, requestTimeout: 1_000, retry: { retries: 0 } });
  const { time } = wire.world;
  await expect(time.run(connection.ask(topics))).rejects.toMatchObject({
    message: 'auth: no answer within 1000 ms',
    outcome: 'refused',
  });
  const abort = new AbortController();
  time.after(5, () => abort.abort(new Error('enough')));
  const asked = connection.ask({ ...topics, signal: abort.signal });
  await expect(time.run(asked)).rejects.toThrow('enough');
});

/** As an embedded engine knows its callers. */
function byApiKey() {
  const onFault = (error: unknown) => {
    throw error;
  };
  const parts = { clock: new VirtualTime(), onFault };
  return accessControl({ callers: { kind: 'api-keys' }, acls: undefined }, parts);
}

test('an engine whose callers have keys lets in who has one, and nobody else', async () => {
  const wire = await newWire(1, await byApiKey());
  const { world } = wire;
  const engine = world.newEngine();
  const wanted = { principal: 'User:shop', description: '', operations: undefined };
  const made = createApiKey(engine, world.call(engine), { ...wanted, expiresAt: undefined });
  const { key, secret } = await world.time.run(made);
  expect(await ask(wire, apiKey(keyText({ id: key.id, secret })))).toEqual(['orders']);
  expect(await ask(wire, basic(key.id, secret))).toEqual(['orders']);
  for (const auth of [apiKey(`${key.id}.${'A'.repeat(43)}`), basic(key.id, 'none'), () => ({})]) {
    const before = wire.sent.length;
    await expect(ask(wire, auth)).rejects.toMatchObject({
      code: 40101,
      type: 'SASL_AUTHENTICATION_FAILED',
      retriable: false,
    });
    expect(wire.sent.length - before, 'once').toBe(1);
  }
});

test('what says who calls, or where the engine is, as it cannot be said is refused', async () => {
  const { newClient } = await newWire();
  const sasl = { mechanism: 'plain', username: 'me', password: 'hidden' } as never;
  expect(() => newClient({ sasl })).toThrow(/^sasl: there is none .* apiKey\('id\.secret'\)/);
  expect(() => newClient({ url: 'https://id:hidden@engine.test' })).toThrow(
    /^url: must hold no credentials: say auth: basic\(id, secret\)$/,
  );
  for (const url of ['engine.test:9092', '', undefined as unknown as string, 'ftp://engine.test']) {
    expect(() => newClient({ url }), url).toThrow('url: must be that of an engine');
  }
  expect(() => newClient({ url: 'https://engine.test/?stage=1' })).toThrow(
    'url: must have no query',
  );
});
