// What bad messages cost when they are many, and that they take no good one of another batch with
// them.

import { expect, test } from 'vitest';
import type { SendError } from '../../../client/producer/send.ts';
import { newWire, type Wire } from '../wire.ts';
import { newProducer, produces, valuesIn } from './logs.ts';

const topic = 'states';

/** With a topic that is compacted, and takes no message without a key. */
async function newCompacting(partitions: number): Promise<Wire> {
  const wire = await newWire();
  const configs = [{ name: 'cleanup.policy', value: 'compact' }];
  const asked = wire.newConnection().askJson({
    method: 'POST',
    path: '/v3/clusters/sluice/topics',
    json: { topic_name: topic, partitions_count: partitions, configs },
  });
  await wire.world.time.run(asked);
  return wire;
}

const keyed = (partition: number, value: string) => ({ partition, key: value, value });
const keyless = (partition: number, value: string) => ({ partition, value });

test('a batch of nothing but bad messages costs no more for being large', async () => {
  for (const count of [100, 1_600]) {
    const wire = await newCompacting(1);
    const producer = await newProducer(wire);
    const messages = Array.from({ length: count }, (_, index) => keyless(0, `${index}`));
    const failed = await wire.world.time.run(
      producer.send({ topic, messages }).catch((error: SendError) => error.failed),
    );
    const refused = failed.map((part) => ('messages' in part ? part.messages : 0));
    expect(refused.reduce((sum, more) => sum + more, 0)).toBe(count);
    expect(produces(wire).length).toBeLessThan(50);
  }
});

test('in two partitions it costs twice as much, and what follows is stored', async () => {
  const wire = await newCompacting(2);
  const producer = await newProducer(wire, { compression: 'none', batchBytes: 10_000 });
  const { time } = wire.world;
  const bad = Array.from({ length: 200 }, (_, index) => keyless(index % 2, `${index}`));
  const sent = producer.send({ topic, messages: bad });
  const large = [0, 1].map((one) => keyed(one, 'x'.repeat(9_500)));
  const more = producer.send({ topic, messages: [...large, ...large] });
  await expect(time.run(sent)).rejects.toMatchObject({ outcome: 'refused', stored: [] });
  await time.run(more);
  expect((await valuesIn(wire, 1, topic)).length).toBe(2);
  expect(produces(wire).length).toBeLessThan(100);
});

test('good ones among bad ones are stored, for at most three requests a message', async () => {
  const wire = await newCompacting(1);
  const producer = await newProducer(wire);
  const messages = Array.from({ length: 300 }, (_, index) => {
    return index % 3 === 0 ? keyed(0, `${index}`) : keyless(0, `${index}`);
  });
  const sent = producer.send({ topic, messages });
  await expect(wire.world.time.run(sent)).rejects.toMatchObject({ outcome: 'unknown' });
  const good = messages.flatMap(({ value }, index) => (index % 3 === 0 ? [value] : []));
  expect(await valuesIn(wire, 0, topic)).toEqual(good);
  expect(produces(wire).length).toBeLessThan(900);
});
