// An endpoint is told of the trace that the records it is given are in.

import { expect, test } from 'vitest';
import { produceRecords } from '../../../shared/engine/produce.ts';
import type { Posting, Targets } from '../../../shared/ports/targets.ts';
import { sparedEngine, subscription, woken } from '../../world/delivery-story.ts';
import { inWorld } from '../../world/world.ts';

const one = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const other = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
const target = { kind: 'https', url: 'https://example.com/hook', secrets: ['s'] } as const;

test.each([
  [[one, one], [one]],
  [[one, other], [undefined]],
])('records of %j are posted in %j', (traces, expected) =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await world.createTopic({ name: 'dead', partitions: 1 });
    const engine = sparedEngine(world);
    const postings: Posting[] = [];
    const targets: Targets = {
      invoke: () => Promise.reject(new Error('no function')),
      send: () => Promise.reject(new Error('no queue')),
      post: async (posting) => {
        postings.push(posting);
        return { kind: 'answered', status: 204, retryAfterMillis: undefined, body: '' };
      },
    };
    const billing = await subscription(world, engine, { target });
    const records = traces.map((traceparent) => ({
      key: null,
      value: null,
      headers: [{ key: 'traceparent', value: Buffer.from(traceparent) }],
    }));
    await produceRecords(engine, world.call(engine), { topic: 'orders', records });
    await woken(world, { targets, received: [], react: () => undefined }, billing);
    expect(postings.map(({ traceparent }) => traceparent)).toEqual(expected);
  }),
);
