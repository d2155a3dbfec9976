// A name's addresses as this machine finds them, /etc/hosts and all: what `resolve` of a
// webhookPoster is in a composition root.

import { lookup } from 'node:dns/promises';

/** @throws Error with a `code` (ENOTFOUND, EAI_AGAIN), when it has none or nobody could say. */
export async function resolveHost(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}
