// The clock by which requests are signed: the process's own, until a refusal shows that the
// server's is minutes away. A signature of another time than the server's is refused, as if there
// were no right, and so for good.
//
// Source: how the AWS SDKs correct a clock, `systemClockOffset`.

import type { Clock } from './host.ts';
import type { Reply } from './http.ts';

/** A signature is good for five minutes; some of them pass on the way. */
const skewMillisMax = 4 * 60_000;

export class ServerClock implements Clock {
  readonly #clock: Clock;
  #aheadMillis = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Of the process's own. */
  get aheadMillis(): number {
    return this.#aheadMillis;
  }

  now(): number {
    return this.#clock.now() + this.#aheadMillis;
  }

  sleep(millis: number, wake?: Promise<unknown>): Promise<void> {
    return this.#clock.sleep(millis, wake);
  }

  turn(): Promise<void> {
    return this.#clock.turn();
  }

  /** A request was refused to who calls.
   * @param aheadMillis by which it was signed.
   * @returns whether its time was why, for all that is known: it is set right, also by whoever was
   *   refused at once. */
  setBy({ status, headers }: Reply, aheadMillis: number): boolean {
    if (status !== 401 && status !== 403) return false;
    const ahead = Date.parse(headers.get('date') ?? '') - this.#clock.now();
    if (!(Math.abs(ahead - aheadMillis) >= skewMillisMax)) return false;
    this.#aheadMillis = ahead;
    return true;
  }
}
