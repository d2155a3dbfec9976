// What a client tells of itself while it works, in the shape that users of kafkajs know. Who
// listens is called beside the work, and cannot hold it up or make it fail.

import { invalid } from './errors.ts';
import type { Clock } from './host.ts';
import type { Logger } from './logger.ts';

export type InstrumentationEvent<Payload> = {
  /** Counted for all events of the client's part that tells it. */
  readonly id: number;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly payload: Payload;
};

/** Ends the listening. */
export type RemoveInstrumentationEventListener = () => void;

type Listener = (event: InstrumentationEvent<never>) => unknown;

export type EventsParts<Payloads> = {
  readonly clock: Clock;
  /** Told of listeners that fail. */
  readonly logger: Logger;
  /** All types of events. */
  readonly types: Readonly<Record<string, keyof Payloads & string>>;
};

/** @template Payloads by type of event. */
export class Events<Payloads extends Readonly<Record<string, unknown>>> {
  readonly #parts: EventsParts<Payloads>;
  readonly #listeners = new Map<keyof Payloads, Set<Listener>>();
  #told = 0;

  constructor(parts: EventsParts<Payloads>) {
    this.#parts = parts;
  }

  /** @throws SluiceError of a type that is none. */
  on<Type extends keyof Payloads & string>(
    type: Type,
    listener: (event: InstrumentationEvent<Payloads[Type]>) => unknown,
  ): RemoveInstrumentationEventListener {
    const types = Object.values(this.#parts.types);
    if (!types.includes(type)) throw invalid('eventName', `must be one of ${types.join(', ')}`);
    const all = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, all);
    // Each is a listener of its own, even if it is the same function.
    const own: Listener = (event) => listener(event);
    all.add(own);
    return () => all.delete(own);
  }

  /** @param payload asked for only if somebody listens. */
  tell<Type extends keyof Payloads & string>(type: Type, payload: () => Payloads[Type]): void {
    const listeners = this.#listeners.get(type);
    if (listeners === undefined || listeners.size === 0) return;
    const { clock, logger } = this.#parts;
    const timestamp = clock.now();
    const event = { id: this.#told++, type, timestamp, payload: payload() as never };
    for (const listener of listeners) {
      const called = Promise.resolve().then(() => listener(event));
      called.catch((error) => logger.error(`a listener of ${type} failed: ${error}`));
    }
  }
}
