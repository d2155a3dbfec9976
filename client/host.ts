// Time, chance, the environment and the network, handed in. This is the client's one composition
// root: nothing else of it names a clock, a timer or a variable.

import { type Fetch, newFetch } from './http.ts';

export type Host = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly fetch: Fetch;
  /** A variable of the process. @returns undefined: it is not set. */
  readonly environment: (name: string) => string | undefined;
  /** A line of the client's log. */
  readonly log: (line: string) => void;
};

export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after that time, or as soon as `wake` resolves when that comes first. */
  sleep(millis: number, wake?: Promise<unknown>): Promise<void>;
  /** Lets all that is due go first, such as what has come from the network. */
  turn(): Promise<void>;
};

export type Chance = {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** Unguessable. */
  bytes(length: number): Uint8Array;
};

export const realHost: Host = {
  clock: { now: Date.now, sleep, turn: () => new Promise((resolve) => setImmediate(resolve)) },
  chance: {
    fraction: Math.random,
    bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  },
  fetch: newFetch(process.getBuiltinModule),
  environment: (name) => process.env[name],
  log: (line) => console.error(line),
};

/** What is longer Node takes for no time at all. */
const timeoutMillisMax = 2 ** 31 - 1;

async function sleep(millis: number, wake?: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(millis, timeoutMillisMax));
  });
  try {
    await Promise.race(wake === undefined ? [over] : [over, wake]);
  } finally {
    clearTimeout(timer);
  }
}
