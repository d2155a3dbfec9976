// The admin itself: when it is connected, how it is ended, how many things it asks at once, and
// that it follows pages.

import { expect, test, vi } from 'vitest';
import type { InstrumentationEvent } from '../../../client/events.ts';
import { eachOf } from '../../../client/requests.ts';
import { newWire } from '../wire.ts';
import { newAdmin } from './admin-story.ts';

test('it says when it is connected, and is refused after it is not', async () => {
  const { admin, run } = await newAdmin();
  const told: InstrumentationEvent<null>[] = [];
  const stop = admin.on(admin.events.CONNECT, (event) => told.push(event));
  admin.on(admin.events.DISCONNECT, (event) => told.push(event));
  await run(admin.connect());
  await admin.disconnect();
  expect(told.map(({ type }) => type)).toEqual(['admin.connect', 'admin.disconnect']);
  await expect(admin.listTopics()).rejects.toThrow('the admin is not connected');
  await expect(admin.keys.list()).rejects.toThrow('the admin is not connected');
  stop();
  await run(admin.connect());
  expect(await run(admin.listTopics())).toEqual(['orders']);
  expect(told.length).toBe(2);
});

test('it is not connected where nobody is let in', async () => {
  const { admin, run } = await newAdmin({ identify: () => undefined });
  await expect(run(admin.connect())).rejects.toMatchObject({
    type: 'SASL_AUTHENTICATION_FAILED',
  });
});

test('what is under way is given up at its end, or when its signal says so', async () => {
  const { admin, run, wire } = await newAdmin();
  const { time } = wire.world;
  wire.fateOf = () => new Response('{}', { status: 503, headers: { 'Retry-After': '1000' } });
  const abort = new AbortController();
  time.after(5, () => abort.abort(new Error('enough')));
  const { signal } = abort;
  const aborted = [
    admin.listTopics({ signal }),
    admin.createTopics({ topics: [{ topic: 'a' }], signal }),
    admin.deleteTopicRecords({ topic: 'a', partitions: [{ partition: 0, offset: '1' }], signal }),
    admin.deleteGroups(['a', 'b'], { signal }),
    admin.subscriptions.redrive('a', { signal }),
  ];
  const ends = await run(Promise.allSettled(aborted));
  for (const end of ends) expect(end).toMatchObject({ reason: { message: 'enough' } });
  const ending = async () => {
    await using own = wire.newClient().admin();
    const work = own.listTopics();
    work.catch(() => undefined);
    return { work };
  };
  const { work } = await run(ending());
  await expect(run(work)).rejects.toThrow('the admin is not connected');
});

test('its own retries count, if it has some', async () => {
  const wire = await newWire();
  wire.fateOf = () => 'lost';
  const admin = wire.newClient().admin({ retry: { retries: 1 } });
  await expect(wire.world.time.run(admin.listTopics())).rejects.toMatchObject({ retriable: true });
  expect(wire.sent.length).toBe(2);
});

test('the cluster is one broker', async () => {
  const { admin, run } = await newAdmin();
  expect(await run(admin.describeCluster())).toEqual({
    brokers: [{ nodeId: 0, host: expect.any(String), port: expect.any(Number) }],
    controller: 0,
    clusterId: 'sluice',
  });
});

test('a collection is followed page by page, whatever URL the engine believes in', async () => {
  const { admin, run, wire } = await newAdmin();
  const page = (name: string, next: string | null) => {
    const data = [{ topic_name: name, partitions_count: 1 }];
    return Response.json({ metadata: { next }, data });
  };
  wire.fateOf = ({ path }) =>
    path.endsWith('/topics')
      ? page('a', 'http://10.0.0.1/inside/v3/clusters/sluice/topics?page_token=x%2By')
      : page('b', null);
  const { topics } = await run(admin.fetchTopicMetadata());
  expect(topics.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(wire.sent.map(({ path }) => path)).toEqual([
    '/v3/clusters/sluice/topics',
    '/v3/clusters/sluice/topics?page_token=x%2By',
  ]);
});

test('of many things a few are asked for at once', async () => {
  const { admin, run, wire } = await newAdmin();
  await run(admin.createTopics({ topics: [{ topic: 'wide', numPartitions: 40 }] }));
  const { time } = wire.world;
  let [now, most] = [0, 0];
  const works = [...Array(40).keys()];
  const done = eachOf(works, async (one) => {
    most = Math.max(most, ++now);
    await time.sleep(1 + (one % 7));
    now--;
    return one;
  });
  expect(await run(done)).toEqual(works);
  expect(most).toBe(8);
  expect((await run(admin.fetchTopicOffsets('wide'))).map(({ partition }) => partition)).toEqual(
    works,
  );
});

test('when one fails, no other is begun', async () => {
  const begun = vi.fn(async (one: number) => {
    if (one === 3) throw new Error('no');
    await Promise.resolve();
  });
  await expect(eachOf([...Array(40).keys()], begun)).rejects.toThrow('no');
  expect(begun.mock.calls.length).toBeLessThan(17);
});
