// Which addresses are public: by the edges of every block that is not, by a reckoning of its own
// over numbers, and by the spellings in which an inner address may hide.

import { isIPv4 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPublicAddress } from '../../shared/webhook/addresses.ts';

/** First and last of each block, as IANA's registries and RFC 5771 (multicast) have them. */
const innerIpv4 = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['169.254.0.0', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.31.196.0', '192.31.196.255'],
  ['192.52.193.0', '192.52.193.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['192.175.48.0', '192.175.48.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '255.255.255.255'],
] as const;

/** The same of IPv6, the first eight of its sixteen bytes: no block is smaller. */
const innerIpv6 = [
  ['0000:0000:0000:0000', '1fff:ffff:ffff:ffff'],
  ['2001:0000:0000:0000', '2001:01ff:ffff:ffff'],
  ['2001:0db8:0000:0000', '2001:0db8:ffff:ffff'],
  ['2002:0000:0000:0000', '2002:ffff:ffff:ffff'],
  ['2620:004f:8000:0000', '2620:004f:8000:ffff'],
  ['3fff:0000:0000:0000', '3fff:0fff:ffff:ffff'],
  ['4000:0000:0000:0000', 'ffff:ffff:ffff:ffff'],
] as const;

function numberOf(address: string): bigint {
  const [parts, base, width] = isIPv4(address)
    ? ([address.split('.'), 10, 8n] as const)
    : ([address.split(':'), 16, 16n] as const);
  return parts.reduce((sum, part) => (sum << width) | BigInt(Number.parseInt(part, base)), 0n);
}

function ipv4Of(number: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 0xffn).join('.');
}

/** @param half its first eight bytes. */
function ipv6Of(half: bigint, rest = '1:2:3:4'): string {
  const groups = [48n, 32n, 16n, 0n].map((shift) => ((half >> shift) & 0xffffn).toString(16));
  return `${groups.join(':')}:${rest}`;
}

type Blocks = readonly (readonly [first: string, last: string])[];

function isWithin(number: bigint, blocks: Blocks): boolean {
  return blocks.some(([first, last]) => numberOf(first) <= number && number <= numberOf(last));
}

/** Any number, often one at or beside the edge of a block. */
function numbersAround(blocks: Blocks, max: bigint): fc.Arbitrary<bigint> {
  const edges = blocks.flat().map(numberOf);
  const near = fc
    .tuple(fc.constantFrom(...edges), fc.bigInt(-1n, 1n))
    .map(([edge, step]) => edge + step)
    .filter((number) => number >= 0n && number <= max);
  const inside = fc
    .constantFrom(...blocks)
    .chain(([first, last]) => fc.bigInt(numberOf(first), numberOf(last)));
  return fc.oneof(fc.bigInt(0n, max), near, inside);
}

test('an IPv4 address is public if it is in no special block', () => {
  fc.assert(
    fc.property(numbersAround(innerIpv4, 2n ** 32n - 1n), (number) => {
      expect(isPublicAddress(ipv4Of(number))).toBe(!isWithin(number, innerIpv4));
    }),
    { numRuns: 2_000 },
  );
});

test('an IPv6 address is public if it is given out, and in no special block', () => {
  fc.assert(
    fc.property(numbersAround(innerIpv6, 2n ** 64n - 1n), (half) => {
      const expected = !isWithin(half, innerIpv6);
      expect(isPublicAddress(ipv6Of(half))).toBe(expected);
      expect(isPublicAddress(ipv6Of(half).toUpperCase())).toBe(expected);
      expect(isPublicAddress(ipv6Of(half, '0:0:127.0.0.1'))).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});

test('the edges of every block are inside it, and what lies beside them is not', () => {
  for (const [blocks, max, say] of [
    [innerIpv4, 2n ** 32n - 1n, ipv4Of],
    [innerIpv6, 2n ** 64n - 1n, ipv6Of],
  ] as const) {
    for (const [first, last] of blocks) {
      const [low, high] = [numberOf(first), numberOf(last)];
      expect(isPublicAddress(say(low)), first).toBe(false);
      expect(isPublicAddress(say(high)), last).toBe(false);
      if (low > 0n) expect(isPublicAddress(say(low - 1n)), first).toBe(true);
      if (high < max) expect(isPublicAddress(say(high + 1n)), last).toBe(true);
    }
  }
});

test.each([
  '8.8.8.8',
  '52.94.236.248',
  '2606:4700:4700::1111',
  '2a05:d014::1',
  '2600:1f18:0:0:0:0:0:1',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  ['loopback', '::1'],
  ['nothing', '::'],
  ['mapped', '::ffff:127.0.0.1'],
  ['mapped, though public itself', '::ffff:8.8.8.8'],
  ['mapped, in hexadecimal', '::ffff:7f00:1'],
  ['mapped, at full length', '0:0:0:0:0:FFFF:7F00:0001'],
  ['compatible', '::127.0.0.1'],
  ['NAT64', '64:ff9b::169.254.169.254'],
  ['local NAT64', '64:ff9b:1::a9fe:a9fe'],
  ['6to4 of 127.0.0.1', '2002:7f00:1::1'],
  ['Teredo', '2001:0:7f00:1::1'],
  ['link-local', 'fe80::1'],
  ['with a zone', 'fe80::1%eth0'],
  ['public, with a zone', '2606:4700:4700::1111%eth0'],
  ['unique local: the metadata service', 'fd00:ec2::254'],
  ['the metadata service', '169.254.169.254'],
  ['the credentials endpoint', '169.254.170.2'],
  ['multicast', 'ff02::1'],
  ['short', '127.1'],
  ['octal', '0177.0.0.1'],
  ['public, but perhaps octal', '08.8.8.8'],
  ['hexadecimal', '0x7f000001'],
  ['one number', '2130706433'],
  ['in brackets', '[2606:4700:4700::1111]'],
  ['with a port', '8.8.8.8:443'],
  ['with a space', ' 8.8.8.8'],
  ['a name', 'localhost'],
  ['empty', ''],
])('%s is not public: %s', (_, address) => {
  expect(isPublicAddress(address)).toBe(false);
});
