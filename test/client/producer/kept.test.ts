// What a producer was given is what it stores, whatever its caller does with the list since; and it
// says no more than it knows.

import { expect, test } from 'vitest';
import { newWire } from '../wire.ts';
import { newProducer, produces, refusal, valuesIn } from './logs.ts';

const topic = 'orders';
const at = (partition: number, value: string) => ({ partition, value });

test('a list that is used anew while its call waits for room changes nothing', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const producer = await newProducer(wire, { bufferBytes: 1_000, compression: 'none' });
  await time.run(producer.send({ topic, messages: [at(0, 'known')] }));
  const full = producer.send({ topic, messages: [at(0, 'x'.repeat(2_000))] });
  const lists = ['a', 'b', 'c'].map((value) => [at(1, value), at(1, `${value}${value}`)]);
  const sends = lists.map((messages) => producer.send({ topic, messages }));
  const [grown = [], emptied = [], changed = []] = lists;
  grown.push(at(1, 'later'), at(1, 'later'));
  emptied.length = 0;
  for (const message of changed) message.value = 'another';
  await time.run(Promise.all([full, ...sends]));
  expect(await valuesIn(wire, 1)).toEqual(['a', 'aa', 'b', 'bb', 'c', 'cc']);
});

test('nor one that is used anew while its topic is asked for', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  const messages = [at(2, 'a')];
  const sent = producer.send({ topic, messages });
  messages[0] = at(3, 'b');
  const [first] = messages;
  const later = producer.send({ topic, messages });
  if (first !== undefined) first.value = 'c';
  await wire.world.time.run(Promise.all([sent, later]));
  expect([await valuesIn(wire, 2), await valuesIn(wire, 3)]).toEqual([['a'], ['b']]);
});

test('no number of a producer is taken from an answer that has none', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  let odd = 3;
  wire.fateOf = ({ path }) => (path === '/producers' && odd-- > 0 ? Response.json({}) : 'passes');
  const producers = [await newProducer(wire), await newProducer(wire)];
  const sends = producers.map((one, index) => one.send({ topic, messages: [at(0, `${index}`)] }));
  await time.run(Promise.all(sends));
  expect([...(await valuesIn(wire, 0))].sort()).toEqual(['0', '1']);
});

test('whoever answers everything alike is not asked without a pause', async () => {
  for (const said of ['<!doctype html>', '', '{}', '[]']) {
    const wire = await newWire();
    const { time } = wire.world;
    const producer = await newProducer(wire, { deliveryTimeout: 10_000 });
    wire.fateOf = () => new Response(said);
    const sent = producer.send({ topic, messages: [at(0, 'a')] });
    await expect(time.run(sent)).rejects.toMatchObject({ outcome: 'refused' });
    expect(wire.sent.length).toBeLessThan(15);
    expect(produces(wire)).toEqual([]);
  }
});

test('a transaction that may be stored is not refused, whatever is answered later', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const producer = await newProducer(wire, { deliveryTimeout: 1_000 });
  const fates = ['unheard' as const, refusal(403, 40301)];
  wire.fateOf = ({ path }) => (path === '/transactions' ? (fates.shift() ?? 'passes') : 'passes');
  const transaction = await producer.transaction();
  await time.run(transaction.send({ topic, messages: [at(0, 'a')] }));
  for (const _ of [1, 2]) {
    await expect(time.run(transaction.commit())).rejects.toMatchObject({ outcome: 'unknown' });
  }
  expect((await time.run(transaction.commit()))[0]?.baseOffset).toBe('0');
  expect(await valuesIn(wire, 0)).toEqual(['a']);
});
