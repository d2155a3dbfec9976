// Keeps web pages away. A page of any site may send requests to a server on this machine, and by
// binding its own name to 127.0.0.1 may even read the answers. So a request is served only if it is
// addressed to a name that is ours, and comes from no other origin.
// Credentials do not make it needless: whoever has given a browser his key, as Basic's user and
// password, has it sent along with what any page asks for.
// Source: DNS rebinding; the Fetch standard's Origin and Sec-Fetch-Site headers.

import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { loopbackNames } from './loopback.ts';

export type Guard = (headers: IncomingHttpHeaders) => string | undefined;

/** @returns a function that says why a request is refused; undefined: it is not.
 * @param names that requests may be addressed to, beside loopback's. */
export function guardFor({
  host,
  names,
}: {
  readonly host: string;
  readonly names: readonly string[];
}): Guard {
  const named = new Set(names.map(nameInUrl));
  // A name that was given may be that of what speaks TLS before this server.
  const isBehindTls = (name: string) => named.has(name);
  const ours = new Set([...loopbackNames, nameInUrl(host), ...named]);
  // Who listens to everyone is addressed by any of the machine's addresses; a page's site has a
  // name.
  const anyAddress = host === '0.0.0.0' || host === '::';
  return (headers) => {
    const authority = headers.host ?? '';
    const name = authority.replace(/:\d+$/, '').toLowerCase();
    const isOurs = ours.has(name) || (anyAddress && isIP(name.replace(/^\[|\]$/g, '')) !== 0);
    if (!isOurs) return `Host ${JSON.stringify(authority)} is not served here`;
    const { origin } = headers;
    const isOwn =
      origin === `http://${authority}` || (isBehindTls(name) && origin === `https://${authority}`);
    if (origin !== undefined && !isOwn) {
      return `Origin ${JSON.stringify(origin)} may not call this server`;
    }
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      return `a ${site} page may not call this server`;
    }
    return undefined;
  };
}

function nameInUrl(name: string): string {
  return isIP(name) === 6 ? `[${name}]` : name.toLowerCase();
}
