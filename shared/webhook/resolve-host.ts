// A name's addresses as DNS says them: what `resolve` of a webhookPoster is in a composition root.
//
// - The system's own look-up (getaddrinfo) is not used: it runs on the four threads that files are
//   read by, and nothing ends it. A few names that nobody answers for would stop all others.
// - So the file of hosts is not read, and no search domain is appended: what only this machine or
//   its network knows by that name is nothing that a webhook may be sent to.

import { Resolver } from 'node:dns/promises';

/** A resolver near by answers in milliseconds, or asks around for a second or two. */
const millisPerTry = 2_000;

/** Of each server, each waited for longer than the one before: packets get lost. */
const tries = 3;

/** @param over ends the look-up, and closes what it has opened.
 * @param servers address and port of each; absent: the machine's.
 * @returns those of IPv4 first: not every network has a way to the others.
 * @throws Error with a `code` (ENOTFOUND, ENODATA, ETIMEOUT), when it has none, nobody could say,
 *   or it is over (ECANCELLED). */
export async function resolveHost(
  host: string,
  over: AbortSignal,
  servers?: readonly string[],
): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: millisPerTry, tries });
  if (servers !== undefined) resolver.setServers(servers);
  over.addEventListener('abort', () => resolver.cancel());
  const asked = [resolver.resolve4(host), resolver.resolve6(host)];
  const answers = await Promise.allSettled(asked);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (found.length > 0) return found;
  // That there is none of one kind says less than why none of the other was found.
  const failures = answers.flatMap((answer) => ('reason' in answer ? [answer.reason] : []));
  throw failures.find(({ code }) => code !== 'ENODATA') ?? failures[0];
}
