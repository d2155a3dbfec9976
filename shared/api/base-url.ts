// The URL by which a caller reaches us, for the absolute links in replies: what a proxy says it
// was, else what the request itself says. It shapes links and nothing else, so a caller who lies
// misleads himself. Source: RFC 7239, and the X-Forwarded headers that came before it.

import { type Exchange, requestHeader } from './exchange.ts';

/** Without a trailing slash. */
export function baseUrl(exchange: Exchange): string {
  const own = new URL(exchange.context.req.url);
  const forwarded = forwardedPairs(requestHeader(exchange, 'forwarded'));
  const proto =
    valid(protoForm, forwarded.get('proto') ?? first(exchange, 'x-forwarded-proto')) ??
    own.protocol.slice(0, -1);
  const host =
    valid(hostForm, forwarded.get('host') ?? first(exchange, 'x-forwarded-host')) ?? own.host;
  const prefix = valid(prefixForm, first(exchange, 'x-forwarded-prefix')) ?? '';
  const url = `${proto}://${host}${prefix}`;
  return (URL.canParse(url) ? url : own.origin).replace(/\/+$/, '');
}

const protoForm = /^https?$/;
const hostForm = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const prefixForm = /^(?:\/[A-Za-z0-9._~-]+)*\/?$/;

function valid(form: RegExp, text: string | undefined): string | undefined {
  return text !== undefined && form.test(text) ? text : undefined;
}

/** Of a list, what the proxy nearest to the caller said. */
function first(exchange: Exchange, name: string): string | undefined {
  return requestHeader(exchange, name)?.split(',')[0]?.trim();
}

function forwardedPairs(header: string | undefined): ReadonlyMap<string, string> {
  const pairs = (header?.split(',')[0] ?? '').split(';').map((pair): [string, string] => {
    const equals = pair.indexOf('=');
    const value = pair.slice(equals + 1).trim();
    return [pair.slice(0, Math.max(equals, 0)).trim().toLowerCase(), value.replace(/^"|"$/g, '')];
  });
  return new Map(pairs);
}
