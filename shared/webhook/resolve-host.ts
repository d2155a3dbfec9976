// A name's addresses as DNS says them: what `resolve` of a webhookPoster is in a composition root.
//
// - The system's own look-up (getaddrinfo) is not used: it runs on the four threads that files are
//   read by, and nothing ends it. A few names that nobody answers for would stop all others.
// - So the file of hosts is not read, and no search domain is appended: what only this machine or
//   its network knows by that name is nothing that a webhook may be sent to.
// - Addresses of both kinds are asked for at once, and once one kind is there the other is not
//   waited for to its end: there are servers that leave the question for IPv6 unanswered. What
//   comes too late is not among the addresses, so nothing is used that nobody has judged.
//
// Source: RFC 4074 (such servers); RFC 8305, 3 (asking for both).

import { Resolver } from 'node:dns/promises';
import type { PosterParts } from './post.ts';

/** A resolver near by answers in milliseconds, or asks around for a second or two. */
const millisPerTry = 2_000;

/** Of each server, each waited for longer than the one before: packets get lost. */
const tries = 3;

/** For addresses of IPv6, once those of IPv4 are there. RFC 8305 waits 50 for the kind it likes
 * better; a webhook is in less of a hurry than a browser, and tries every address it has. */
export const millisForIpv6 = 300;

/** For addresses of IPv4, once those of IPv6 are there: a question that was lost is asked again
 * meanwhile. From many networks, a function's among them, there is no way to the others. */
export const millisForIpv4 = millisPerTry + 300;

export type ResolverParts = {
  readonly clock: Pick<PosterParts['clock'], 'sleep'>;
  /** Address and port of each; absent: the machine's. */
  readonly servers?: readonly string[];
};

/** @returns what finds the addresses of a name, those of IPv4 first. Its signal ends the look-up,
 *   and closes what that has opened. It throws an Error with a `code` (ENOTFOUND, ENODATA,
 *   ETIMEOUT) when the name has none, nobody could say, or it is over (ECANCELLED). */
export function hostResolver({ clock, servers }: ResolverParts): PosterParts['resolve'] {
  return async (host, over) => {
    const resolver = new Resolver({ timeout: millisPerTry, tries });
    if (servers !== undefined) resolver.setServers(servers);
    over.addEventListener('abort', () => resolver.cancel());
    const [ipv4, ipv6] = [resolver.resolve4(host), resolver.resolve6(host)];
    const answered = Promise.allSettled([ipv4, ipv6]);
    const enough = Promise.any([
      ipv4.then(() => clock.sleep(millisForIpv6, answered)),
      ipv6.then(() => clock.sleep(millisForIpv4, answered)),
    ]);
    // Without an address of either kind there is nothing to end.
    void enough.then(
      () => resolver.cancel(),
      () => undefined,
    );
    return addressesIn(await answered);
  };
}

function addressesIn(answers: readonly PromiseSettledResult<string[]>[]): readonly string[] {
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (found.length > 0) return found;
  // That there is none of one kind says less than why none of the other was found.
  const failures = answers.flatMap((answer) => ('reason' in answer ? [answer.reason] : []));
  throw failures.find(({ code }) => code !== 'ENODATA') ?? failures[0];
}
