// Which URLs may be given for a webhook. This tells a caller early what could never be delivered;
// what a name leads to is judged at each delivery (post.ts), since a name may lead elsewhere
// tomorrow.
//
// The URL is read as WHATWG's standard says, here and where it is used, so no two readers differ
// about its host. That reading knows the many spellings of an IPv4 address (`0x7f.1`,
// `2130706433`) and makes one of them.

import { isIP } from 'node:net';
import { isPublicAddress } from './addresses.ts';

/** What servers and proxies in between take for certain. */
export const webhookUrlLengthMax = 2_048;

/** Names that never leave a machine or a network (RFC 6761, RFC 6762, ICANN's reserve of
 * `internal`). */
const innerName = /(^|\.)(localhost|local|internal)$/;

/** What is wrong with a URL, as the end of a sentence; undefined: nothing. */
export function webhookUrlFault(text: string): string | undefined {
  if (text.length > webhookUrlLengthMax) {
    return `must be at most ${webhookUrlLengthMax} characters`;
  }
  // The standard's reader skips tabs and line ends, and forgives a missing or a third slash.
  if (!/^https:\/\/[^/\\]/i.test(text)) return 'must begin with https:// and a host';
  if (!/^[!-~]*$/.test(text)) return 'must be made of visible ASCII characters';
  if (text.includes('#')) return 'must not have a fragment';
  if (!URL.canParse(text)) return 'must be a URL';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not have credentials';
  if (url.port === '0') return 'must not name port 0';
  return hostFault(hostOf(url));
}

function hostFault(host: string): string | undefined {
  if (isIP(host) !== 0) {
    return isPublicAddress(host) ? undefined : 'must not name an address that is not public';
  }
  if (host.endsWith('.')) return 'must not have a host that ends with "."';
  if (innerName.test(host)) return 'must not name a host that is not public';
  if (!host.includes('.')) return 'must name a host by its full domain name';
  return undefined;
}

/** A name in lower case, in its ASCII form; or an address, of IPv6 without the brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
