// What batching saves: messages with keys to a topic of eight partitions, each awaited before the
// next is sent, and by the client from many callers, at several rates.

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
const messagesMax = 10_000;
const rates = [10, 100, 1_000, 5_000];

export async function countBatching(): Promise<readonly Batching[]> {
  const batched: Batching[] = [await countAwaited()];
  for (const rate of rates) batched.push(await countBatched(rate));
  return batched;
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

function countBatched(rate: number): Promise<Batching> {
  return Stage.open(17, async (stage) => {
    const { time } = stage.account.world;
    const { send, stop } = await sender(stage);
    const messages = Math.min(Math.max(rate * seconds, 100), messagesMax);
    const before = stage.account.used();
    const sends: Promise<unknown>[] = [];
    for (let index = 0; index < messages; index++) {
      sends.push(send(index));
      await time.sleep(1_000 / rate);
    }
    await Promise.all(sends);
    const what = `${rate.toLocaleString('en-US')} a second, from many callers`;
    return { what, ...(await stop(before, messages)) };
  });
}

/** A producer with the client's defaults, that has met the topic. */
async function sender(stage: Stage) {
  const producer = stage.newClient().producer();
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
