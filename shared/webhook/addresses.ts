// Which addresses a webhook may be sent to: those of the public internet alone. Everything else
// leads inwards, to this machine, its neighbours or the cloud's metadata service, and a caller who
// names a URL must not reach what only we can.
//
// Invariant: an address that is not surely public is refused. So of IPv6 only what IANA gives out
// (2000::/3) may pass: that alone refuses loopback, link-local, unique local, multicast, and the
// forms that carry an IPv4 address (mapped, compatible, NAT64).
//
// Source: IANA's special-purpose address registries (RFC 6890, RFC 8190), with their latest
// additions: 3fff::/20 (RFC 9637), 2001:30::/28 (RFC 9374). Blocks they call globally reachable,
// such as AS112's, are refused too: nobody's webhook is there.

import { BlockList, isIP } from 'node:net';

type Block = readonly [address: string, prefixBits: number];

const specialIpv4: readonly Block[] = [
  /** "This network". Linux takes 0.0.0.0 for itself. */
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  /** Shared by carriers, and by AWS inside some of its networks (RFC 6598). */
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  /** Link-local: the metadata service of clouds, and the credentials endpoint of containers. */
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  /** IETF protocols. */
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  /** AS112. */
  ['192.31.196.0', 24],
  /** AMT. */
  ['192.52.193.0', 24],
  /** 6to4 relays. */
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  /** AS112, delegated directly. */
  ['192.175.48.0', 24],
  /** Benchmarks. */
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  /** Multicast. */
  ['224.0.0.0', 4],
  /** Reserved, and broadcast. */
  ['240.0.0.0', 4],
];

const givenOutIpv6: Block = ['2000::', 3];

/** Those within what is given out. */
const specialIpv6: readonly Block[] = [
  /** IETF protocols: Teredo, benchmarks, AMT, AS112, ORCHID, drones. */
  ['2001::', 23],
  ['2001:db8::', 32],
  /** 6to4: carries an IPv4 address. */
  ['2002::', 16],
  /** AS112, delegated directly. */
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

const special = new BlockList();
for (const [address, prefixBits] of specialIpv4) special.addSubnet(address, prefixBits, 'ipv4');
for (const [address, prefixBits] of specialIpv6) special.addSubnet(address, prefixBits, 'ipv6');
const givenOut = new BlockList();
givenOut.addSubnet(...givenOutIpv6, 'ipv6');

/** @param address as DNS or a URL's host says it, without brackets: four decimal numbers, or any
 *   spelling of RFC 4291.
 * @returns false also for what is no address, or has a zone (`fe80::1%eth0`). */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%')) return false;
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4');
    case 6:
      return givenOut.check(address, 'ipv6') && !special.check(address, 'ipv6');
    default:
      return false;
  }
}
