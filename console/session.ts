// What all parts of the page share: who calls, where it is, what it sees, and what is said aloud.

import { type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import { Api } from './engine/api.ts';
import { noted, type Sample } from './groups/lag-history.ts';
import type { Host } from './host.ts';
import { Polling } from './polling/polling.ts';
import type { Seen } from './polling/seen.ts';
import { keepUnsent } from './records/unsent.ts';
import { hashOf, type Place, placeOf } from './router.ts';

/** Under which this tab keeps who calls, if it was asked to. */
const credentialName = 'sluice.authorization';

export class Session {
  readonly host: Host;
  readonly api: Api;
  readonly polling: Polling;
  readonly place: Signal<Place> = signal(placeOf(location.hash));
  /** What a screen reader is told of a change. */
  readonly announcement = signal('');
  /** Whether the engine wants to know who calls, and does not. */
  readonly asksWho = signal(false);
  readonly isSignedIn = signal(false);
  /** Counts who was here: what is on the screen is drawn anew for each. */
  readonly callers = signal(0);
  readonly #lags = new Map<string, Signal<readonly Sample[]>>();
  #authorization: string | undefined;

  constructor(host: Host) {
    this.host = host;
    this.#authorization = host.tab.get(credentialName);
    this.isSignedIn.value = this.#authorization !== undefined;
    this.api = new Api({
      fetch: host.fetch,
      base: host.base,
      authorization: () => this.#authorization,
      onUnknown: () => {
        this.asksWho.value = true;
      },
      onRequest: () => this.polling.count(),
      after: host.after,
    });
    this.polling = new Polling(host, this.api);
    addEventListener('hashchange', () => {
      this.place.value = placeOf(location.hash);
    });
  }

  /** @param remembers while this tab is open, also when the page is loaded again. */
  signIn(authorization: string, remembers: boolean): void {
    this.#authorization = authorization;
    this.host.tab.set(credentialName, remembers ? authorization : undefined);
    this.isSignedIn.value = true;
    this.asksWho.value = false;
    this.#begin();
  }

  signOut(): void {
    this.#authorization = undefined;
    this.host.tab.set(credentialName, undefined);
    this.isSignedIn.value = false;
    this.#begin();
    this.announce('Signed out.');
  }

  /** Somebody else may be here: what was seen before is not his. */
  #begin(): void {
    this.callers.value++;
    this.#lags.clear();
    keepUnsent(this.host.tab, undefined);
    this.polling.forget();
  }

  /** @param isSmall a change of the same place, which going back need not undo. */
  go(place: Place, isSmall = false): void {
    if (!isSmall) {
      location.hash = hashOf(place);
      return;
    }
    history.replaceState(null, '', hashOf(place));
    this.place.value = place;
  }

  announce(text: string): void {
    this.announcement.value = text;
  }

  lagsOf(group: string): Signal<readonly Sample[]> {
    const known = this.#lags.get(group) ?? signal<readonly Sample[]>([]);
    this.#lags.set(group, known);
    return known;
  }

  noteLag(group: string, sample: Sample): void {
    const known = this.lagsOf(group);
    known.value = noted(known.peek(), sample);
  }
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('the page is drawn within a session');
  return session;
}

/** Looks at something for as long as it is shown. @param path undefined: at nothing. */
export function useLook<Reply>(path: string | undefined, everyMillis: number): Seen<Reply> {
  const { polling } = useSession();
  useEffect(
    () => (path === undefined ? undefined : polling.watch(path, everyMillis)),
    [polling, path, everyMillis],
  );
  return path === undefined ? {} : polling.seen<Reply>(path).value;
}
