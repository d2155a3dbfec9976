// Orders are placed, and billed by a group.

import { Sluice } from 'sluice';

const kafka = new Sluice({ clientId: 'shop', url: 'http://127.0.0.1:8082' });

const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 3 }] });

const producer = kafka.producer({ idempotent: true });
await producer.connect();
const messages = Array.from({ length: 30 }, (_, id) => ({
  key: `customer-${id % 5}`,
  value: JSON.stringify({ id, amount: 10 * id }),
  headers: { source: 'web' },
}));
const placed = await producer.send({ topic: 'orders', messages });
console.log(`placed in ${placed.length} partitions`);

const consumer = kafka.consumer({ groupId: 'billing' });
await consumer.connect();
await consumer.subscribe({ topics: ['orders'], fromBeginning: true });
const billed = new Map();
await new Promise((resolve, reject) => {
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  consumer
    .run({
      eachMessage: async ({ topic, message }) => {
        const { amount } = JSON.parse(message.value.toString());
        const customer = message.key.toString();
        billed.set(customer, (billed.get(customer) ?? 0) + amount);
        if (message.headers.source.toString() !== 'web') throw new Error(`whose is it, ${topic}?`);
        if ([...billed.values()].reduce((sum, one) => sum + one, 0) === 4350) resolve();
      },
    })
    .catch(reject);
});
await consumer.disconnect();

const [offsets] = await admin.fetchOffsets({ groupId: 'billing', topics: ['orders'] });
const done = offsets.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
console.log(`billed ${billed.size} customers for ${done} orders`);

await producer.disconnect();
await admin.disconnect();
