// Messages on their way to a topic: how much of them is kept at once.

import { expect, test } from 'vitest';
import { SendAll } from '../../../cli/produce/send-all.ts';
import type { Producer } from '../../../client/producer/producer.ts';

const mebibyte = 1024 * 1024;

/** A producer that is slower than what is read. */
function slowProducer() {
  const told = { open: 0, mostOpen: 0 };
  const producer = {
    send: async ({ messages }: { readonly messages: readonly { readonly value: Buffer }[] }) => {
      const bytes = messages.reduce((sum, { value }) => sum + value.length, 0);
      told.open += bytes;
      told.mostOpen = Math.max(told.mostOpen, told.open);
      await new Promise((resolve) => setImmediate(resolve));
      told.open -= bytes;
      return [];
    },
    flush: async () => undefined,
  };
  return { told, producer: producer as unknown as Producer };
}

test('it reads no further while what is on its way is more than some mebibytes', async () => {
  const { told, producer } = slowProducer();
  const value = Buffer.alloc(mebibyte);
  async function* chunks() {
    for (let count = 0; count < 300; count++) yield { messages: [{ value }] };
  }
  const sent = await new SendAll({
    ...{ producer, topic: 'orders', perSecond: undefined, onStored: () => undefined },
    clock: { now: () => 0, sleep: async () => undefined },
    interrupted: new AbortController().signal,
  }).run(chunks());
  expect(sent.messages).toBe(300);
  expect(told.mostOpen / mebibyte).toBeGreaterThan(32);
  expect(told.mostOpen / mebibyte).toBeLessThanOrEqual(65);
});
