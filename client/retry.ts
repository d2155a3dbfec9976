// How long to wait before the same is asked again: pauses grow from try to try, each drawn from a
// span, so that clients that failed together do not come back together. What the engine asks for is
// the least, up to a minute.

import { within } from './within.ts';

export type RetryOptions = {
  /** Milliseconds before the second try. @default 300 */
  readonly initialRetryTime?: number;
  /** The longest pause, in milliseconds. @default 30000 */
  readonly maxRetryTime?: number;
  /** By how much of itself a pause may be longer or shorter. @default 0.2 */
  readonly factor?: number;
  /** What a pause is multiplied with for the next. @default 2 */
  readonly multiplier?: number;
  /** Tries after the first one. @default 5 */
  readonly retries?: number;
};

export type RetrySettings = Required<RetryOptions>;

const retryDefaults: RetrySettings = {
  initialRetryTime: 300,
  maxRetryTime: 30_000,
  factor: 0.2,
  multiplier: 2,
  retries: 5,
};

/** Without a pause, nothing that fails would let anything else go on. */
const retryBounds = {
  initialRetryTime: { min: 1 },
  maxRetryTime: { min: 1 },
  factor: { min: 0, max: 1 },
  multiplier: { min: 1 },
  retries: { min: 0 },
} as const;

/** @param said of what several say, the last counts. @throws SluiceError that names the option. */
export function retrySettings(...said: readonly (RetryOptions | undefined)[]): RetrySettings {
  const setting = (name: keyof RetryOptions): number => {
    const value = said.map((options) => options?.[name]).findLast((one) => one !== undefined);
    return within(`retry.${name}`, value ?? retryDefaults[name], retryBounds[name]);
  };
  return {
    initialRetryTime: setting('initialRetryTime'),
    maxRetryTime: setting('maxRetryTime'),
    factor: setting('factor'),
    multiplier: setting('multiplier'),
    retries: setting('retries'),
  };
}

/** The engine asks for seconds. Whoever stands before it may ask for hours: a call that has no time
 * of its own would hang for as long, and what is up again would not be noticed. */
const askedMillisMax = 60_000;

/** Milliseconds. @param tries that have failed, at least 1. @param drawn uniform in [0, 1) */
export function pauseBeforeRetry(
  { initialRetryTime, maxRetryTime, factor, multiplier }: RetrySettings,
  {
    tries,
    drawn,
    leastMillis = 0,
  }: { readonly tries: number; readonly drawn: number; readonly leastMillis?: number | undefined },
): number {
  const grown = Math.min(maxRetryTime, initialRetryTime * multiplier ** (tries - 1));
  const jittered = grown * (1 + factor * (2 * drawn - 1));
  return Math.max(Math.min(leastMillis, askedMillisMax), Math.min(maxRetryTime, jittered));
}
