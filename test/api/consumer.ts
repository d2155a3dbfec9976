// A consumer instance as its client has it: by the base URI that it was given when it was made.

import type { Answer, Asked, Question } from './ask.ts';

export const v2 = 'application/vnd.kafka.v2+json';

export type Place = { readonly topic: string; readonly partition: number };

export type Consumer = {
  /** @param route a method, and a path below the instance. */
  readonly ask: (route: string, question?: Question) => Promise<Answer>;
  readonly subscribe: (body: object) => Promise<Answer>;
  readonly assign: (...partitions: Place[]) => Promise<Answer>;
  readonly poll: (query?: string, accept?: string) => Promise<Answer>;
  /** The values that a poll gives. */
  readonly values: (query?: string) => Promise<unknown[]>;
  /** @param offsets none: all that was given. */
  readonly commit: (
    ...offsets: (Place & { offset: number; metadata?: string })[]
  ) => Promise<Answer>;
  /** The next to read, as far as it is committed. */
  readonly committed: (...partitions: Place[]) => Promise<unknown[]>;
  readonly end: () => Promise<Answer>;
};

export const first: Place = { topic: 'orders', partition: 0 };
export const second: Place = { topic: 'orders', partition: 1 };

/** @throws Error when it is not made. */
export async function newConsumer(
  asked: Asked,
  settings: object = {},
  group = 'g1',
): Promise<Consumer> {
  const made = await asked.ask(`POST /consumers/${group}`, { type: v2, body: settings });
  if (made.status !== 200) throw new Error(`not made: ${made.bytes}`);
  const { pathname } = new URL(made.json.base_uri);
  const ask = (route: string, question: Question = {}) => {
    const [method = '', path = ''] = route.split(' ');
    return asked.ask(`${method} ${pathname}${path}`, { type: v2, ...question });
  };
  const poll = (query = '', accept?: string) =>
    ask(`GET /records${query}`, accept === undefined ? {} : { accept });
  return {
    ask,
    subscribe: (body) => ask('POST /subscription', { body }),
    assign: (...partitions) => ask('POST /assignments', { body: { partitions } }),
    poll,
    values: async (query) => {
      const { status, json, bytes } = await poll(query);
      if (status !== 200) throw new Error(`not given: ${bytes}`);
      return json.map(({ value }: { value: unknown }) => value);
    },
    commit: (...offsets) => {
      return ask('POST /offsets', offsets.length === 0 ? {} : { body: { offsets } });
    },
    committed: async (...partitions) => {
      const { json } = await ask('POST /offsets/committed', { body: { partitions } });
      return json.offsets.map(({ offset }: { offset: number }) => offset);
    },
    end: () => ask('DELETE '),
  };
}

/** One that reads all of orders, from the beginning, as JSON. */
export async function newReader(asked: Asked, settings: object = {}, group = 'g1') {
  const wanted = { format: 'json', 'auto.offset.reset': 'earliest', ...settings };
  const reader = await newConsumer(asked, wanted, group);
  await reader.subscribe({ topics: ['orders'] });
  return reader;
}

/** Time passes, and nobody asks for anything. */
export function pass({ world }: Asked, millis: number): Promise<void> {
  return world.time.run(world.time.sleep(millis));
}
