// Loops of read, process and write, over an engine that comes and goes: each polls as a member of
// one group, makes a record of every record that it is given, and stores those with the offsets
// they came from in one transaction, which it sends until it is answered. Of a poll that it never
// heard, it knows nothing: it goes on as another instance.

import type { Chance } from '../../shared/engine/environment.ts';
import { text } from './conversation.ts';
import type { Line } from './steady-producers.ts';

export const source = 'orders';
export const derived = 'bills';
const group = 'processors';
const v2 = 'application/vnd.kafka.v2+json';

type Given = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
};

type Said = { readonly status: number; readonly body: string; readonly generation: number };

export type Processing = {
  readonly line: Line;
  readonly chance: Chance;
  readonly answered: () => void;
};

export function keepProcessing(processing: Processing, processors: number) {
  let mustStop = false;
  const run = async (name: string) => {
    for (let life = 0; !mustStop; life++) {
      await live(processing, `${name}-${life}`, () => mustStop);
    }
  };
  const all = Promise.all(Array.from({ length: processors }, (_, at) => run(`p${at}`)));
  return {
    stop: async () => {
      mustStop = true;
      await all;
    },
  };
}

/** As one instance, until it is told no, or does not hear what it asked for. */
async function live(
  { line, chance, answered }: Processing,
  name: string,
  mustStop: () => boolean,
): Promise<void> {
  const own = `consumers/${group}/instances/${name}`;
  const settings = {
    name,
    format: 'text',
    'auto.offset.reset': 'earliest',
    'auto.commit.enable': 'false',
    'session.timeout.ms': 1_000,
  };
  const created = await ask(line, 'POST', `consumers/${group}`, settings);
  if (created?.status !== 200) return;
  const subscribed = await ask(line, 'POST', `${own}/subscription`, { topics: [source] });
  if (subscribed?.status !== 204) return;
  for (let number = 0; !mustStop(); number++) {
    const bytes = 1 + Math.floor(chance.fraction() * 4_000);
    const polled = await ask(line, 'GET', `${own}/records?timeout=200&max_bytes=${bytes}`);
    if (polled?.status !== 200) return;
    const given = JSON.parse(polled.body) as readonly Given[];
    if (given.length === 0) continue;
    const key = `${name}/${number}`;
    const body = transactionOf(given, { group, member: name, generation: polled.generation });
    if (!(await sendUntilAnswered(line, key, body))) return;
    answered();
  }
  await ask(line, 'DELETE', own);
}

function transactionOf(
  given: readonly Given[],
  member: { readonly group: string; readonly member: string; readonly generation: number },
): string {
  const last = new Map(given.map(({ topic, partition, offset }) => [partition, { topic, offset }]));
  const offsets = [...last].map(([partition, place]) => ({ partition, ...place }));
  const records = given.map(({ partition, offset, value }) => {
    return { topic: derived, partition: 0, key: `${partition}:${offset}`, value };
  });
  return JSON.stringify({ records, offsets: { ...member, offsets } });
}

/** @returns whether it is stored. */
async function sendUntilAnswered(line: Line, key: string, body: string): Promise<boolean> {
  for (;;) {
    const headers = { 'Content-Type': text, 'Idempotency-Key': key };
    const changed = line.changed();
    const said = await heard(`${line.url()}/transactions`, { method: 'POST', headers, body });
    if (said === undefined) await changed;
    else if (said.status < 500 && said.status !== 429) return said.status === 200;
  }
}

/** undefined: it was not heard; the next engine is there by then. */
async function ask(
  line: Line,
  method: string,
  path: string,
  body?: unknown,
): Promise<Said | undefined> {
  const changed = line.changed();
  const said = await heard(`${line.url()}/${path}`, {
    method,
    headers: { 'Content-Type': v2 },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (said === undefined) await changed;
  return said;
}

async function heard(url: string, init: RequestInit): Promise<Said | undefined> {
  try {
    const response = await fetch(url, init);
    const body = await response.text();
    const generation = Number(response.headers.get('Sluice-Generation'));
    return { status: response.status, body, generation };
  } catch (error) {
    // What fetch throws for a connection that was refused or cut.
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
}
