// What batching saves: messages with keys to a topic of eight partitions, each awaited before the
// next is sent, and by the client from many callers, at several rates.

import type { ProducerOptions } from '../../client/producer/options.ts';
import { scaled, since, type Usage } from '../usage.ts';
import { kilobytes, partitions, Stage, topic } from './stage.ts';

export type Batching = {
  readonly what: string;
  readonly messagesPerRequest: number;
  /** Of one message, on the average. */
  readonly used: Usage;
};

/** Of each rate; long enough for some dozens of requests. */
const seconds = 6;
const messagesMax = 6_000;
const rates = [10, 100, 1_000, 5_000];
/** Where few come: the messages of a second. */
const rareRate = 10;
const longLinger = { lingerMs: 1_000 };

export async function countBatching(): Promise<readonly Batching[]> {
  const batched: Batching[] = [await countAwaited()];
  for (const rate of rates) {
    batched.push(await countBatched(`${rate.toLocaleString('en-US')} a second`, rate));
  }
  const rare = `${rareRate} a second, with \`lingerMs: ${longLinger.lingerMs}\``;
  return [...batched, await countBatched(rare, rareRate, longLinger)];
}

function countAwaited(): Promise<Batching> {
  return Stage.open(17, async (stage) => {
    const { send, stop } = await sender(stage);
    const messages = 20 * partitions;
    const before = stage.account.used();
    for (let index = 0; index < messages; index++) await send(index);
    return { what: 'one by one, each awaited', ...(await stop(before, messages)) };
  });
}

function countBatched(
  what: string,
  rate: number,
  options: ProducerOptions = {},
): Promise<Batching> {
  return Stage.open(17, async (stage) => {
    const { time } = stage.account.world;
    const { send, stop } = await sender(stage, options);
    const messages = Math.min(Math.max(rate * seconds, 100), messagesMax);
    const before = stage.account.used();
    const sends: Promise<unknown>[] = [];
    for (let index = 0; index < messages; index++) {
      sends.push(send(index));
      await time.sleep(1_000 / rate);
    }
    await Promise.all(sends);
    return { what, ...(await stop(before, messages)) };
  });
}

/** A producer that has met the topic. */
async function sender(stage: Stage, options: ProducerOptions = {}) {
  const producer = stage.newClient().producer(options);
  await producer.connect();
  const send = (index: number) => {
    const value = Buffer.from(kilobytes[index % kilobytes.length] as string, 'base64');
    return producer.send({ topic, messages: [{ key: `key-${index}`, value }] });
  };
  await Promise.all(kilobytes.map((_, index) => send(index)));
  const requestsBefore = producer.stats().requests;
  const stop = async (before: Usage, messages: number) => {
    const messagesPerRequest = messages / (producer.stats().requests - requestsBefore);
    const used = scaled(since(before, stage.account.used()), 1 / messages);
    await producer.disconnect();
    return { messagesPerRequest, used };
  };
  return { send, stop };
}
