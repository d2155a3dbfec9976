// The flash sale: a burst of orders into one topic, and three services that take them at the rate
// that each can bear. At its end it is counted.

import { setTimeout } from 'node:timers/promises';
import { type SaleEngine, startEngine } from './engine.ts';
import { type Entry, readLedger, type ServiceName, serviceNames } from './services/ledger.ts';
import { sendBurst } from './shop.ts';

export type Sale = {
  readonly orders: number;
  readonly burstMillis: number;
  /** Records a second that each service can bear. */
  readonly rates: Readonly<Record<ServiceName, number>>;
  /** How often the engine is killed meanwhile. */
  readonly kills: number;
  /** Empty, and not removed. */
  readonly folder: string;
  readonly onProgress: (progress: Progress) => void;
};

export type Progress = {
  readonly seconds: number;
  readonly stored: number;
  readonly done: Readonly<Record<ServiceName, number>>;
};

export type ServiceReport = {
  readonly entries: readonly Entry[];
  /** Orders that it got, each counted once. */
  readonly orders: number;
  /** Of those, how many it got again. */
  readonly repeated: number;
  /** The most that it got in any ten seconds. */
  readonly mostInTenSeconds: number;
};

export type SaleReport = {
  readonly startedAt: number;
  /** When how many orders were stored. */
  readonly arrivals: readonly { readonly at: number; readonly orders: number }[];
  readonly services: Readonly<Record<ServiceName, ServiceReport>>;
  readonly sentAgain: number;
  /** Milliseconds of a producer's request, 99 of 100: with nobody who listens, and in the sale. */
  readonly p99Alone: number;
  readonly p99: number;
};

export const batchRecords = 100;
const partitions = 16;
const progressMillis = 1_000;

/** Ends when every service has every order. @throws Error when the engine refuses to begin. */
export async function runSale(sale: Sale): Promise<SaleReport> {
  const engine = await startEngine(sale.folder);
  try {
    const alone = await rehearse(engine, sale);
    await openShop(engine, sale);
    const startedAt = Date.now();
    const arrivals: { at: number; orders: number }[] = [];
    const killing = killNowAndThen(engine, sale);
    const onStored = (orders: number, at: number) => arrivals.push({ at, orders });
    const burst = { url: engine.url, topic: 'orders', orders: sale.orders, onStored };
    const sending = sendBurst({ ...burst, millis: sale.burstMillis });
    await allDone(sale, startedAt, arrivals);
    const [{ millis, sentAgain }] = await Promise.all([sending, killing]);
    const reports = serviceNames.map((name) => [name, report(sale.folder, name)] as const);
    const services = Object.fromEntries(reports) as SaleReport['services'];
    return {
      startedAt,
      arrivals,
      services,
      sentAgain,
      p99Alone: percentile(alone, 0.99),
      p99: percentile(millis, 0.99),
    };
  } finally {
    await engine.stop();
  }
}

/** The same burst to a topic that nobody listens to: what it costs the producers alone. Once before
 * that for both processes to become warm. */
async function rehearse({ url }: SaleEngine, sale: Sale): Promise<readonly number[]> {
  let alone: readonly number[] = [];
  for (const topic of ['warm-up', 'rehearsal']) {
    await makeTopic(url, topic);
    const burst = { url, topic, orders: sale.orders, onStored: () => undefined };
    alone = (await sendBurst({ ...burst, millis: sale.burstMillis })).millis;
  }
  return alone;
}

async function openShop({ url }: SaleEngine, { rates }: Sale): Promise<void> {
  await makeTopic(url, 'orders');
  for (const name of serviceNames) {
    await post(`${url}/subscriptions`, {
      name,
      topic: 'orders',
      target: { type: 'lambda', function: name },
      batch_size: batchRecords,
      max_records_per_second: rates[name],
      starting_position: 'earliest',
    });
  }
}

function makeTopic(url: string, name: string): Promise<void> {
  const topics = `${url}/v3/clusters/sluice/topics`;
  return post(topics, { topic_name: name, partitions_count: partitions });
}

async function post(url: string, body: unknown): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url}: ${await answer.text()}`);
}

/** At moments drawn over the time that the slowest service takes. */
async function killNowAndThen(
  engine: SaleEngine,
  { kills, orders, rates, burstMillis }: Sale,
): Promise<void> {
  const seconds = orders / Math.min(...Object.values(rates));
  const whole = Math.max(burstMillis, seconds * 1_000);
  for (let kill = 0; kill < kills; kill++) {
    await setTimeout((0.2 + 0.8 * Math.random()) * (whole / (kills + 1)));
    await engine.killAndRestart();
  }
}

async function allDone(
  { folder, orders, onProgress }: Sale,
  startedAt: number,
  arrivals: readonly { readonly orders: number }[],
): Promise<void> {
  for (;;) {
    await setTimeout(progressMillis);
    const counts = serviceNames.map((name) => [name, report(folder, name).orders] as const);
    const done = Object.fromEntries(counts) as Progress['done'];
    const stored = arrivals.reduce((sum, each) => sum + each.orders, 0);
    onProgress({ seconds: Math.round((Date.now() - startedAt) / 1_000), stored, done });
    if (counts.every(([, count]) => count >= orders)) return;
  }
}

function report(folder: string, name: ServiceName): ServiceReport {
  const entries = readLedger(folder, name);
  const all = entries.reduce((sum, entry) => sum + entry.orders.length, 0);
  const orders = new Set(entries.flatMap((entry) => entry.orders)).size;
  const mostInTenSeconds = mostWithin(entries, 10_000);
  return { entries, orders, repeated: all - orders, mostInTenSeconds };
}

function percentile(millis: readonly number[], share: number): number {
  const sorted = [...millis].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Of entries in the order of their times. */
function mostWithin(entries: readonly Entry[], millis: number): number {
  let most = 0;
  let within = 0;
  let first = 0;
  for (const entry of entries) {
    within += entry.orders.length;
    for (let oldest = entries[first]; oldest && oldest.at <= entry.at - millis; ) {
      within -= oldest.orders.length;
      oldest = entries[++first];
    }
    most = Math.max(most, within);
  }
  return most;
}
