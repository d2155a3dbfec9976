// The composition root of the page: the one file that knows the clock, timers, chance, the network
// and what a browser keeps.

import type { Pace } from './polling/poller.ts';

export type Host = {
  readonly fetch: typeof fetch;
  /** The engine's own URL, with a slash at its end. */
  readonly base: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** @returns what calls it off. */
  readonly after: (millis: number, run: () => void) => () => void;
  readonly randomId: () => string;
  /** Told when the page is seen, hidden, or left alone for a while. */
  readonly onPace: (told: (pace: Pace) => void) => void;
  /** undefined: the browser lets no page write to it here. */
  readonly copy: ((text: string) => Promise<void>) | undefined;
  /** While this tab is open. */
  readonly tab: Memory;
  /** For good, in this browser. */
  readonly browser: Memory;
};

export type Memory = {
  readonly get: (name: string) => string | undefined;
  /** @param value undefined: forget it. */
  readonly set: (name: string, value: string | undefined) => void;
};

const idleMillis = 120_000;

export const browserHost: Host = {
  fetch: (...given) => fetch(...given),
  base: new URL('.', location.href).href,
  now: () => Date.now(),
  after,
  randomId,
  onPace,
  copy: navigator.clipboard && ((text) => navigator.clipboard.writeText(text)),
  tab: memoryOf(() => sessionStorage),
  browser: memoryOf(() => localStorage),
};

function after(millis: number, run: () => void): () => void {
  const timer = setTimeout(run, millis);
  return () => clearTimeout(timer);
}

/** Not randomUUID, which a page has over TLS alone. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function onPace(told: (pace: Pace) => void): void {
  let idle: (() => void) | undefined;
  const act = () => {
    idle?.();
    idle = after(idleMillis, () => told(document.hidden ? 'hidden' : 'idle'));
    told(document.hidden ? 'hidden' : 'watched');
  };
  // Moving a mouse is nobody's sign of reading; these are few.
  for (const event of ['keydown', 'pointerdown', 'focus', 'wheel']) {
    addEventListener(event, act, { passive: true });
  }
  document.addEventListener('visibilitychange', act);
  act();
}

/** A browser may refuse to keep anything: then nothing is kept. */
function memoryOf(storage: () => Storage): Memory {
  return {
    get: (name) => {
      try {
        return storage().getItem(name) ?? undefined;
      } catch {
        return undefined;
      }
    },
    set: (name, value) => {
      try {
        if (value === undefined) storage().removeItem(name);
        else storage().setItem(name, value);
      } catch {
        // It is only not remembered.
      }
    },
  };
}
