// What the log holds in the end: the judge of what a producer says.

import type { ProducerOptions } from '../../../client/producer/options.ts';
import type { Producer } from '../../../client/producer/producer.ts';
import type { Sent, Wire } from '../wire.ts';

/** A producer that is connected. */
export async function newProducer(wire: Wire, options: ProducerOptions = {}): Promise<Producer> {
  const producer = wire.newClient().producer(options);
  await producer.connect();
  return producer;
}

/** The values of a partition, in order. Nothing happens to what is asked for them. */
export function valuesIn(wire: Wire, partition: number, topic = 'orders'): Promise<string[]> {
  return wire.world.time.run(readAll(wire, `/topics/${topic}/partitions/${partition}`));
}

async function readAll(wire: Wire, path: string): Promise<string[]> {
  const { fateOf } = wire;
  wire.fateOf = () => 'passes';
  const connection = wire.newConnection();
  const values: string[] = [];
  const accept = 'application/vnd.kafka.text.v2+json';
  for (;;) {
    const page = await connection.askJson<readonly { readonly value: string }[]>({
      method: 'GET',
      path: `${path}/records?offset=${values.length}`,
      accept,
    });
    if (page.length === 0) break;
    for (const { value } of page) values.push(value);
  }
  wire.fateOf = fateOf;
  return values;
}

/** Of messages. */
export function isProduce({ method, path }: Sent): boolean {
  return method === 'POST' && path.startsWith('/topics/');
}

export function produces(wire: Wire): readonly Sent[] {
  return wire.sent.filter(isProduce);
}

/** The engine's answer when it is asked too much. */
export function refusal(
  status: number,
  code: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify({ error_code: code, message: 'no' }), { status, headers });
}
