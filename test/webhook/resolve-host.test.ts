// Names as a DNS server tells of them, and one that does not.

import { afterEach, expect, test } from 'vitest';
import { hostResolver, millisForIpv4, millisForIpv6 } from '../../shared/webhook/resolve-host.ts';
import { type NameServer, type Names, startNameServer, type Told } from './name-server.ts';

const host = 'hooks.example.com';
const ipv4 = ['192.0.2.1', '192.0.2.2'];
const ipv6 = ['2001:db8:0:0:1:0:0:1'];
const running: NameServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ stop }) => stop()));
});

async function story(names: Names) {
  const server = await startNameServer(names);
  running.push(server);
  const over = new AbortController();
  const wait = Promise.withResolvers<number>();
  const late = Promise.withResolvers<void>();
  // Time passes when the test says so.
  const clock = {
    sleep: async (millis: number, wake: Promise<unknown>) => {
      wait.resolve(millis);
      await Promise.race([late.promise, wake]);
    },
  };
  const find = hostResolver({ clock, servers: [server.address] });
  return {
    server,
    resolve: (name = host) => find(name, over.signal),
    end: () => over.abort(),
    /** How long the other kind is waited for; resolves when one is there. */
    waiting: wait.promise,
    pass: () => late.resolve(),
  };
}

test('a name has the addresses of both kinds, all of them', async () => {
  const { resolve, server } = await story({ [host]: { ipv4, ipv6 } });
  expect(await resolve()).toEqual([...ipv4, '2001:db8::1:0:0:1']);
  expect(server.asked.toSorted()).toEqual([`${host} ipv4`, `${host} ipv6`]);
});

test.each([['serverFailure'], ['noSuchName'], [[]]] as const)(
  'one kind is enough, whatever is said of the other: %j',
  async (other) => {
    const { resolve } = await story({
      [host]: { ipv4, ipv6: other },
      'six.example.com': { ipv4: other, ipv6 },
    });
    expect(await resolve()).toEqual(ipv4);
    expect(await resolve('six.example.com')).toEqual(['2001:db8::1:0:0:1']);
  },
);

test.each([
  [{ ipv4, ipv6: 'silence' }, millisForIpv6, ipv4],
  [{ ipv4: 'silence', ipv6 }, millisForIpv4, ['2001:db8::1:0:0:1']],
] as const)(
  'a kind that nobody answers for is waited for so long: %j',
  async (told, millis, all) => {
    const { resolve, server, waiting, pass } = await story({ [host]: told });
    const before = watched();
    const found = resolve();
    expect(await waiting).toBe(millis);
    pass();
    expect(await found).toEqual(all);
    // Beside the one that answers, not as often as a name is asked for to the end.
    expect(server.asked.length).toBeLessThan(1 + 3);
    await new Promise(setImmediate);
    expect(watched()).toEqual(before);
  },
);

test('what comes in that time is among the addresses', async () => {
  const late = Promise.withResolvers<Told>();
  const { resolve, waiting } = await story({ [host]: { ipv4, ipv6: late.promise } });
  const found = resolve();
  await waiting;
  late.resolve(ipv6);
  expect(await found).toEqual([...ipv4, '2001:db8::1:0:0:1']);
});

test.each([
  ['noSuchName', 'noSuchName', 'ENOTFOUND'],
  [[], [], 'ENODATA'],
  ['serverFailure', [], 'ESERVFAIL'],
  [[], 'serverFailure', 'ESERVFAIL'],
] as const)('a name of none is an error with its code: %j and %j', async (four, six, code) => {
  const { resolve } = await story({ [host]: { ipv4: four, ipv6: six } });
  await expect(resolve()).rejects.toMatchObject({ code });
});

test('the file of hosts and the search domains of this machine say nothing', async () => {
  const { resolve, server } = await story({});
  await expect(resolve('localhost')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  expect(new Set(server.asked)).toEqual(new Set(['localhost ipv4', 'localhost ipv6']));
});

test('a server that never answers is left when it is over, and nothing stays open', async () => {
  const { resolve, server, end } = await story({ [host]: { ipv4: 'silence', ipv6: 'silence' } });
  const before = watched();
  const found = resolve();
  await server.askedAtLeast(2);
  expect(watched()).toEqual(before + 1);
  end();
  await expect(found).rejects.toMatchObject({ code: 'ECANCELLED' });
  await new Promise(setImmediate);
  expect(watched()).toEqual(before);
});

/** Sockets that are waited at, of those that Node itself does not own: those of look-ups. */
function watched(): number {
  const { report } = process;
  // It would ask for the names of all addresses.
  Object.assign(report, { excludeNetwork: true });
  const { libuv } = report.getReport() as { libuv: { type: string; is_active: boolean }[] };
  return libuv.filter(({ type, is_active: isActive }) => type === 'poll' && isActive).length;
}
