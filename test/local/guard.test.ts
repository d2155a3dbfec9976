// Who is let in: requests that are addressed to us, and come from no page of another site.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guardFor } from '../../local/guard.ts';
import { isLoopback } from '../../local/loopback.ts';

const loopback = guardFor({ host: '127.0.0.1', names: [] });
const everywhere = guardFor({ host: '0.0.0.0', names: [] });
const everywhereIpv6 = guardFor({ host: '::', names: [] });
const named = guardFor({ host: '10.0.0.7', names: ['Sluice.local', 'fd00::7'] });

const ours = [
  'localhost',
  'localhost:8082',
  'LocalHost:8082',
  '127.0.0.1',
  '127.0.0.1:80',
  '[::1]',
  '[::1]:8082',
];

/** Of other sites, or no names at all. */
const foreign = [
  'evil.example',
  'evil.example:8082',
  '127.0.0.1.evil.example',
  'localhost.evil.example:8082',
  'evil.example.localhost',
  'localhost.',
  'localhost@evil.example',
  'evil.example@localhost',
  'localhost:8082@evil.example',
  'localhost:8082:8082',
  'localhost:',
  'localhost:80a',
  'localhost evil.example',
  'localhost,evil.example',
  '127.1',
  '2130706433',
  '0x7f.0.0.1',
  '::1',
  '[::1',
  '[::1].evil.example',
  '',
];

/** Addresses: ours when we listen on all the machine has. */
const addresses = ['0.0.0.0:8082', '192.168.1.2', '127.0.0.2', '[::]', '[fd00::8]:8082'];

test('a request is served when it is addressed to loopback, by any of its names', () => {
  for (const host of ours) expect(loopback({ host }), host).toBeUndefined();
  for (const host of [...foreign, ...addresses]) {
    expect(loopback({ host }), host).toBe(`Host ${JSON.stringify(host)} is not served here`);
  }
  expect(loopback({})).toBe('Host "" is not served here');
});

test('who listens on all addresses is addressed by any, but by no name beside localhost', () => {
  for (const guard of [everywhere, everywhereIpv6]) {
    for (const host of [...ours, ...addresses]) expect(guard({ host }), host).toBeUndefined();
    const names = foreign.filter((name) => name !== '::1');
    for (const host of names) expect(guard({ host }), host).toContain('is not served here');
  }
});

test('the host that is listened on, and the names that were allowed, are ours too', () => {
  const more = ['10.0.0.7', 'sluice.local:8082', 'SLUICE.LOCAL', '[fd00::7]:80'];
  for (const host of [...ours, ...more]) expect(named({ host }), host).toBeUndefined();
  for (const host of ['10.0.0.8', 'a.sluice.local', 'sluice.local.evil.example', '[fd00::8]']) {
    expect(named({ host }), host).toContain('is not served here');
  }
});

test('no name of a site is ours, whatever of ours it begins or ends with', () => {
  const part = fc.constantFrom('', 'localhost', '127.0.0.1', '[::1]', 'sluice.local');
  fc.assert(
    fc.property(part, fc.domain(), part, (before, domain, after) => {
      const hosts = [`${before}${domain}${after}`, `${before}.${domain}`, `${domain}.${after}`];
      for (const guard of [loopback, everywhere, named]) {
        for (const host of hosts) expect(guard({ host })).toContain('is not served here');
      }
    }),
  );
});

test('who listens where others reach him knows it', () => {
  const here = ['127.0.0.1', '127.8.0.1', 'localhost', '::1', '[::1]'];
  for (const host of here) expect(isLoopback(host), host).toBe(true);
  const there = ['0.0.0.0', '::', '10.0.0.7', 'sluice.local', '127.0.0.1.evil.example', '127.evil'];
  for (const host of there) expect(isLoopback(host), host).toBe(false);
});

test('a page of our own may call, and one of any other origin may not', () => {
  const host = 'localhost:8082';
  expect(loopback({ host, origin: `http://${host}` })).toBeUndefined();
  const origins = [
    'http://evil.example',
    'http://localhost',
    'http://localhost:3000',
    'http://127.0.0.1:8082',
    'https://localhost:8082',
    'http://localhost:8082.evil.example',
    'http://localhost:8082@evil.example',
    'null',
    '',
  ];
  for (const origin of origins) {
    const reason = `Origin ${JSON.stringify(origin)} may not call this server`;
    expect(loopback({ host, origin }), origin).toBe(reason);
    expect(named({ host: 'sluice.local', origin }), origin).toBe(reason);
  }
});

test('a name that is given may be that of what speaks TLS before the server', () => {
  const host = 'sluice.local';
  expect(named({ host, origin: `https://${host}` })).toBeUndefined();
  for (const origin of ['https://sluice.local:8443', 'https://evil.example', 'https://10.0.0.7']) {
    expect(named({ host, origin }), origin).toContain('may not call this server');
  }
  expect(named({ host: '10.0.0.7', origin: 'https://10.0.0.7' })).toContain('may not call');
});

test('where a browser says what kind of page calls, it must be ours or none', () => {
  const host = '127.0.0.1:8082';
  for (const site of ['same-origin', 'none']) {
    expect(loopback({ host, 'sec-fetch-site': site })).toBeUndefined();
  }
  for (const site of ['cross-site', 'same-site', 'SAME-ORIGIN', '']) {
    const reason = `a ${site} page may not call this server`;
    expect(loopback({ host, 'sec-fetch-site': site })).toBe(reason);
  }
});
