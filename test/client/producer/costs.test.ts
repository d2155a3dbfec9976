// What messages cost in an account, by the thousand: as a program sends them that does not wait for
// each, and as one that does. The table bills by sizes, as DynamoDB does.

import { expect, test } from 'vitest';
import type { Producer } from '../../../client/producer/producer.ts';
import { newWire } from '../wire.ts';
import { newProducer, produces } from './logs.ts';

const topic = 'orders';
const value = 'x'.repeat(1_000);

type Costs = { readonly requests: number; readonly puts: number; readonly writeUnits: number };

/** For a thousand. A producer's first message asks for its id and for the topic's partitions: it is
 * not counted. */
async function costsOf(
  count: number,
  send: (producer: Producer) => Promise<unknown>,
): Promise<Costs> {
  const wire = await newWire();
  const { time, account } = wire.world;
  const producer = await newProducer(wire);
  await time.run(producer.send({ topic, messages: [{ value }] }));
  const costs = () => [produces(wire).length, account.bill.objectPuts, account.bill.writeUnits];
  const before = costs();
  await time.run(send(producer));
  const [requests = 0, puts = 0, writeUnits = 0] = costs().map((after, index) => {
    return (1_000 * (after - (before[index] ?? 0))) / count;
  });
  return { requests, puts, writeUnits };
}

test('messages that are not waited for one by one cost a hundredth', async () => {
  const batched = await costsOf(20_000, (producer) => {
    const send = () => producer.send({ topic, messages: [{ value }] });
    return Promise.all(Array.from({ length: 20_000 }, send));
  });
  const single = await costsOf(200, async (producer) => {
    for (let sent = 0; sent < 200; sent++) await producer.send({ topic, messages: [{ value }] });
  });
  console.log('for 1,000 messages of 1 KB', { batched, single });
  expect(single.requests).toBe(1_000);
  expect(single.puts).toBe(1_000);
  expect(single.writeUnits).toBeGreaterThanOrEqual(1_000);
  expect(batched.requests).toBeLessThanOrEqual(1);
  expect(batched.puts).toBeLessThanOrEqual(1);
  expect(batched.writeUnits).toBeLessThanOrEqual(10);
});
