// The shop: everybody orders at once. Orders go out in small batches over many connections, each
// with an Idempotency-Key, and again until they are answered: so whatever becomes of the engine
// meanwhile, each is stored once.

import { setTimeout } from 'node:timers/promises';

export type Burst = {
  readonly url: string;
  readonly topic: string;
  readonly orders: number;
  /** Over which the orders come, if they are taken as fast. */
  readonly millis: number;
  /** Called as they are stored. */
  readonly onStored: (orders: number, at: number) => void;
};

export type BurstReport = {
  /** Of a request, from when it was first sent until it was answered; those that had to be sent
   * again are left out. */
  readonly millis: readonly number[];
  readonly sentAgain: number;
};

const batchOrders = 50;
const connections = 32;
const againMillis = 200;

export async function sendBurst(burst: Burst): Promise<BurstReport> {
  const batches = Math.ceil(burst.orders / batchOrders);
  const startedAt = performance.now();
  const millis: number[] = [];
  let sentAgain = 0;
  let next = 0;
  const sender = async () => {
    for (let batch = next++; batch < batches; batch = next++) {
      const dueAt = startedAt + (batch * burst.millis) / batches;
      await setTimeout(Math.max(0, dueAt - performance.now()));
      const sentAt = performance.now();
      const tries = await sendUntilStored(burst, batch);
      if (tries === 1) millis.push(performance.now() - sentAt);
      sentAgain += tries - 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, sender));
  return { millis, sentAgain };
}

/** @returns how often it was sent. */
async function sendUntilStored(
  { url, topic, orders, onStored }: Burst,
  batch: number,
): Promise<number> {
  const first = batch * batchOrders;
  const count = Math.min(batchOrders, orders - first);
  const records = Array.from({ length: count }, (_, index) => {
    const order = first + index;
    return { key: `customer-${order % 9_973}`, value: { order, article: order % 17, price: 999 } };
  });
  const body = JSON.stringify({ records });
  for (let tries = 1; ; tries++) {
    if (await isStored(`${url}/topics/${topic}`, body, `${topic}-${batch}`)) {
      onStored(count, Date.now());
      return tries;
    }
    await setTimeout(againMillis);
  }
}

async function isStored(url: string, body: string, key: string): Promise<boolean> {
  const headers = {
    'Content-Type': 'application/vnd.kafka.json.v2+json',
    'Idempotency-Key': key,
  };
  try {
    const answer = await fetch(url, { method: 'POST', headers, body });
    const { offsets } = (await answer.json()) as { offsets?: { error_code: number | null }[] };
    return offsets?.every(({ error_code: code }) => code === null) ?? false;
  } catch {
    return false;
  }
}
