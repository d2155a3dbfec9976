// An engine with something of everything to look at: topics with records of all kinds, a group
// that is behind, a subscription that goes well, and one that has given records up.

import { fileURLToPath } from 'node:url';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import { createTopic, json, produce } from '../local/conversation.ts';
import { ask, caughtUp, subscribe } from '../local/subscriptions.ts';
import { strikes } from './functions/ship-orders.ts';

const binary = 'application/vnd.kafka.binary.v2+json';

export const dangerous = '<img src=x onerror="document.title=1"><script>alert(1)</script>';

const shipOrders = fileURLToPath(new URL('./functions/ship-orders.ts', import.meta.url));

export type Furnished = { readonly engine: Embedded; readonly url: string };

export async function startFurnished(): Promise<Furnished> {
  const engine = await startEmbedded({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    stores: { kind: 'memory' },
    triggers: {
      functions: new Map([['ship-orders', shipOrders]]),
      folders: new Map(),
      sqsEndpoint: undefined,
    },
  });
  const url = `http://127.0.0.1:${engine.port}`;
  await createTopic(url, 'orders', 3);
  await createTopic(url, 'refused');
  await createTopic(url, 'shipments');
  await produceOrders(url);
  await behindBy(url, 'billing', 20);
  await shipOrdersInVain(url);
  return { engine, url };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function produceOrders(url: string): Promise<void> {
  const orders = Array.from({ length: 120 }, (_, index) => {
    const item = index === 77 ? 'a needle' : 'hay';
    return {
      key: base64(`customer-${index % 7}`),
      // More than a JavaScript number holds.
      value: base64(`{"id":${index},"item":"${item}","total":9007199254740993}`),
      headers: [{ key: 'source', value: base64('shop') }],
    };
  });
  await produce(url, 'topics/orders/partitions/0', orders, binary);
  await produce(url, 'topics/orders/partitions/1', [{ value: dangerous }, { value: null }], json);
  const bytes = Buffer.from(Array.from({ length: 40 }, (_, index) => 0xf0 + index));
  const record = { key: base64('k'), value: bytes.toString('base64') };
  await produce(url, 'topics/orders/partitions/2', [record], binary);
}

/** A member has read all of partition 0, and has committed so many less. */
async function behindBy(url: string, group: string, records: number): Promise<void> {
  const settings = { name: 'till', format: 'binary', 'auto.offset.reset': 'earliest' };
  await ask(url, `POST /consumers/${group}`, { ...settings, 'auto.commit.enable': 'false' });
  const till = `/consumers/${group}/instances/till`;
  await ask(url, `POST ${till}/subscription`, { topics: ['orders'] });
  for (let read = 0; read < 120; ) {
    const { json: given } = await ask(url, `GET ${till}/records?timeout=1000`);
    read += given.length;
  }
  await commit(url, 120 - records - 1);
}

/** @param offset of the last order of partition 0 that is billed. */
export async function commit(url: string, offset: number): Promise<void> {
  const offsets = [{ topic: 'orders', partition: 0, offset }];
  const { status } = await ask(url, 'POST /consumers/billing/instances/till/offsets', { offsets });
  if (status !== 204) throw new Error(`not committed: ${status}`);
}

async function shipOrdersInVain(url: string): Promise<void> {
  strikes.add('today');
  const more = { dead_letter_topic: 'refused', max_attempts: 1, batch_size: 1 };
  await produce(
    url,
    'topics/shipments',
    [{ value: { parcel: 1 } }, { value: { parcel: 2 } }],
    json,
  );
  const target = { type: 'lambda', function: 'ship-orders' };
  await subscribe(url, { name: 'shipping', topic: 'shipments', target, ...more });
  await caughtUp(url, 'shipping');
}
