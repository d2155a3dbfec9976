// What a producer is told, and what it asks before it sends.

import { expect, test } from 'vitest';
import { partitionMetadataOf } from '../../../client/partition-metadata.ts';
import { CompressionTypes } from '../../../client/producer/messages.ts';
import type { ProducerOptions } from '../../../client/producer/options.ts';
import { DefaultPartitioner, Partitioners } from '../../../client/producer/partitioners.ts';
import { newWire } from '../wire.ts';
import { newProducer, refusal } from './logs.ts';

const topic = 'orders';
const messages = [{ partition: 0, value: 'a' }];

test('an option that is out of its bounds is named', async () => {
  const client = (await newWire()).newClient();
  const bad: readonly (readonly [ProducerOptions, string])[] = [
    [{ lingerMs: -1 }, 'lingerMs: must be at least 0'],
    [{ lingerMs: Number.NaN }, 'lingerMs'],
    [{ batchBytes: 1 }, 'batchBytes: must be from 1024 to 33554432'],
    [{ bufferBytes: 0 }, 'bufferBytes'],
    [{ maxInFlightRequests: 0 }, 'maxInFlightRequests'],
    [{ deliveryTimeout: 0 }, 'deliveryTimeout'],
    [{ deliveryTimeout: 200, lingerMs: 200 }, 'deliveryTimeout: must be more than lingerMs, 200'],
    [{ lingerMs: 300_000 }, 'deliveryTimeout: must be more than lingerMs'],
    [{ metadataMaxAge: -5 }, 'metadataMaxAge'],
    [{ compression: 'brotli' as 'gzip' }, 'compression: must be none, gzip or zstd, not brotli'],
    [{ compression: 9 as 0 }, 'compression'],
    [{ createPartitioner: Partitioners.LegacyPartitioner }, 'createPartitioner'],
  ];
  for (const [options, said] of bad) expect(() => client.producer(options)).toThrow(said);
  client.producer({
    maxInFlightRequests: null,
    transactionalId: 't',
    allowAutoTopicCreation: true,
  });
});

test('a compression is named as here, or by its number as in Kafka', async () => {
  const wire = await newWire();
  const value = 'x'.repeat(10_000);
  const bytesBy = async (compression: ProducerOptions['compression'], of?: 0 | 1 | 2 | 3 | 4) => {
    const producer = await newProducer(wire, compression === undefined ? {} : { compression });
    const asked = { topic, messages: [{ value }], compression: of };
    await wire.world.time.run(producer.send(asked));
    return producer.stats().storedBytes;
  };
  const { None, GZIP, Snappy, LZ4, ZSTD } = CompressionTypes;
  const [none, gzip, zstd] = [await bytesBy('none'), await bytesBy('gzip'), await bytesBy('zstd')];
  expect(new Set([none, gzip, zstd]).size).toBe(3);
  expect([await bytesBy(None), await bytesBy(GZIP), await bytesBy(ZSTD)]).toEqual([
    none,
    gzip,
    zstd,
  ]);
  expect([await bytesBy(undefined), await bytesBy(Snappy), await bytesBy(LZ4)]).toEqual([
    zstd,
    zstd,
    zstd,
  ]);
  expect([await bytesBy('gzip', ZSTD), await bytesBy('gzip', LZ4)]).toEqual([zstd, gzip]);
  const producer = await newProducer(wire);
  await expect(
    producer.send({ topic, messages: [{ value }], compression: 'snappy' as 'gzip' }),
  ).rejects.toThrow('compression');
});

test('partitions are asked for once, and again when that is old, beside the work', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { metadataMaxAge: 60_000 });
  const { time } = wire.world;
  const asked = () => wire.sent.filter(({ path }) => path.endsWith('/partitions')).length;
  await time.run(Promise.all([1, 2, 3].map(() => producer.send({ topic, messages }))));
  await time.run(producer.send({ topic, messages }));
  expect(asked()).toBe(1);
  await time.run(time.sleep(60_001));
  wire.fateOf = ({ path }) => (path.endsWith('/partitions') ? 'lost' : 'passes');
  await time.run(producer.send({ topic, messages }));
  expect(asked()).toBe(2);
});

test('who may not produce is told, and tries again when he may', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  const { time } = wire.world;
  wire.fateOf = ({ path }) => (path === '/producers' ? refusal(403, 40301) : 'passes');
  await expect(time.run(producer.send({ topic, messages }))).rejects.toMatchObject({
    type: 'CLUSTER_AUTHORIZATION_FAILED',
    outcome: 'refused',
  });
  wire.fateOf = () => 'passes';
  const [stored] = await time.run(producer.send({ topic, messages }));
  expect(stored?.baseOffset).toBe('0');
});

test('the partitioner that is offered does as the producer does, but takes turns', () => {
  const partitioner = DefaultPartitioner();
  const partitionMetadata = partitionMetadataOf(3);
  const of = (message: object) =>
    partitioner({ topic, partitionMetadata, message: { value: null, ...message } });
  expect([of({ partition: 2 }), of({ key: 'a' })]).toEqual([2, of({ key: Buffer.from('a') })]);
  expect([of({}), of({ key: null }), of({}), of({})]).toEqual([0, 1, 2, 0]);
});
