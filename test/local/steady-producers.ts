// Producers that send each batch until it is answered, over an engine that comes and goes: by
// numbers of their own (as JSON and as raw batches), by Idempotency-Keys, and by transactions. A
// record's key says who sent it, and as which of his.

import type { Chance } from '../../shared/engine/environment.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { batches, text } from './conversation.ts';

export const topic = 'orders';
export const partitions = 3;

export type Line = {
  readonly url: () => string;
  /** Resolves when there is another engine. */
  readonly changed: () => Promise<void>;
};

export type Confirmed = {
  readonly key: string;
  readonly partition: number;
  /** -1: it was there already, and nobody knows where any more. */
  readonly offset: number;
};

export type Producing = {
  readonly line: Line;
  readonly chance: Chance;
  readonly answered: () => void;
};

/** One request, with all that makes it the same when it is sent again. */
type Request = {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** Of its records, in order. */
  readonly keys: readonly string[];
  readonly placesIn: (answer: Answer) => readonly Omit<Confirmed, 'key'>[];
};

type Place = { readonly partition: number; readonly offset: number };
type Answer = Place & { readonly offsets: readonly Place[]; readonly base_offset: number };

type Producer = (number: number, count: number) => Request;

const recordsMax = 4;

export function keepProducing({ line, chance, answered }: Producing) {
  let stopped = false;
  const confirmed: Confirmed[] = [];
  const run = async (next: Producer) => {
    for (let number = 0; !stopped; ) {
      const count = 1 + Math.floor(chance.fraction() * recordsMax);
      const request = next(number, count);
      const places = request.placesIn(await sendUntilAnswered(line, request));
      for (const [index, key] of request.keys.entries()) {
        confirmed.push({ key, ...(places[index] as Omit<Confirmed, 'key'>) });
      }
      number += request.keys.length;
      answered();
    }
  };
  const all = Promise.all(producers.map((make, index) => run(make(`p${index}`, 100 + index))));
  return {
    stop: async (): Promise<readonly Confirmed[]> => {
      stopped = true;
      await all;
      return confirmed;
    },
  };
}

async function sendUntilAnswered(line: Line, request: Request): Promise<Answer> {
  for (;;) {
    const changed = line.changed();
    const { path, headers, body } = request;
    try {
      const init = { method: 'POST', headers, body };
      const response = await fetch(`${line.url()}/${path}`, init);
      const said = await response.text();
      if (response.status === 200) return JSON.parse(said);
      if (response.status < 500) throw new Error(`${path}: ${response.status} ${said}`);
    } catch (error) {
      // What fetch throws for a connection that was refused or cut.
      if (!(error instanceof TypeError)) throw error;
      await changed;
    }
  }
}

const keysOf = (name: string, number: number, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}/${number + index}`);

const placesOfOffsets = ({ offsets }: Answer) =>
  offsets.map(({ partition, offset }) => ({ partition, offset }));

/** Its batches go to the partitions in turn, each with sequences of its own. */
function numbered(name: string, id: number): Producer {
  const sequences = new Map<number, number>();
  return (number, count) => {
    const keys = keysOf(name, number, count);
    const partition = number % partitions;
    const sequence = sequences.get(partition) ?? 0;
    sequences.set(partition, sequence + count);
    return {
      path: `topics/${topic}/partitions/${partition}`,
      headers: { 'Content-Type': text },
      body: JSON.stringify({
        records: keys.map((key) => ({ key, value: key })),
        producer_id: id,
        producer_epoch: 0,
        sequence,
      }),
      keys,
      placesIn: placesOfOffsets,
    };
  };
}

function raw(name: string, id: number): Producer {
  let next = 0;
  return (number, count) => {
    const keys = keysOf(name, number, count);
    const baseSequence = next;
    next += count;
    const records = keys.map((key) => {
      return { timestamp: 1, key: Buffer.from(key), value: Buffer.from(key), headers: [] };
    });
    const producer = { id, epoch: 0, baseSequence };
    return {
      path: `topics/${topic}/partitions/0`,
      headers: { 'Content-Type': batches },
      body: Uint8Array.from(encodeBatch({ records, compression: 'none', producer })),
      keys,
      placesIn: ({ base_offset: base }) =>
        keys.map((_, index) => ({ partition: 0, offset: base < 0 ? -1 : base + index })),
    };
  };
}

function keyed(name: string): Producer {
  return (number, count) => {
    const keys = keysOf(name, number, count);
    return {
      path: `topics/${topic}`,
      headers: { 'Content-Type': text, 'Idempotency-Key': `${name}/${number}` },
      body: JSON.stringify({ records: keys.map((key) => ({ key, value: key })) }),
      keys,
      placesIn: placesOfOffsets,
    };
  };
}

/** A record for every partition, all or none. */
function transactional(name: string): Producer {
  return (number) => {
    const keys = keysOf(name, number, partitions);
    const records = keys.map((key, partition) => ({ topic, partition, key, value: key }));
    return {
      path: 'transactions',
      headers: { 'Content-Type': text, 'Idempotency-Key': `${name}/${number}` },
      body: JSON.stringify({ records }),
      keys,
      placesIn: placesOfOffsets,
    };
  };
}

const producers: readonly ((name: string, id: number) => Producer)[] = [
  numbered,
  raw,
  keyed,
  transactional,
  numbered,
  raw,
  keyed,
  numbered,
];
