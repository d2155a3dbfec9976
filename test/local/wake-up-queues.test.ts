// Wake-ups within one process: one at a time in each queue, what waits is not queued twice, what
// has a time comes then, what failed comes again, and an end.

import { expect, test } from 'vitest';
import { WakeUpQueues } from '../../local/wake-up-queues.ts';
import type { EpochMillis, TopicId } from '../../shared/ids.ts';
import type { WakeUp } from '../../shared/ports/wake-ups.ts';
import { VirtualTime } from '../world/virtual-time.ts';

const topicId = 'orders' as TopicId;

/** Of partition 0 in queue 0, unless it says otherwise. */
function wakeUp(more: Partial<WakeUp> = {}): WakeUp {
  return { subscription: 'billing', topicId, partition: 0, queue: 0, ...more };
}

/** Queues whose work takes 100 ms, and says when it began and ended. */
function newStory(fails: (wakeUp: WakeUp) => boolean = () => false) {
  const time = new VirtualTime();
  const start = time.now();
  const log: string[] = [];
  const say = (what: string, { subscription, partition }: WakeUp) => {
    log.push(`${time.now() - start} ${what} ${subscription}/${partition}`);
  };
  const queues = new WakeUpQueues({
    clock: time,
    work: async (given) => {
      say('begins', given);
      await time.sleep(100);
      if (fails(given)) throw new Error('again');
      say('ends', given);
    },
  });
  return {
    time,
    log,
    queues,
    begun: () => log.filter((line) => line.includes('begins')),
    at: (millis: number) => (start + millis) as EpochMillis,
    pass: (millis: number) => time.run(time.sleep(millis)),
  };
}

test('of one queue one is worked on at a time, in the order of the sends', async () => {
  const { queues, log, pass } = newStory();
  await queues.send([wakeUp({ partition: 2 }), wakeUp({ partition: 0 })]);
  await queues.send([wakeUp({ partition: 1 })]);
  await pass(1_000);
  expect(log).toEqual([
    '0 begins billing/2',
    '100 ends billing/2',
    '100 begins billing/0',
    '200 ends billing/0',
    '200 begins billing/1',
    '300 ends billing/1',
  ]);
});

test('other queues, and those of other subscriptions, go on beside it', async () => {
  const { queues, begun, pass } = newStory();
  await queues.send([
    wakeUp(),
    wakeUp({ partition: 1, queue: 1 }),
    wakeUp({ subscription: 'shipping' }),
    wakeUp({ partition: 2 }),
  ]);
  await pass(1_000);
  expect(begun()).toEqual([
    '0 begins billing/0',
    '0 begins billing/1',
    '0 begins shipping/0',
    '100 begins billing/2',
  ]);
});

test('what waits already is not queued again, what is worked on already is', async () => {
  const { queues, begun, pass } = newStory();
  await queues.send([wakeUp(), wakeUp({ partition: 1 })]);
  await pass(50);
  for (let times = 0; times < 5; times++) {
    await queues.send([wakeUp({ partition: 1 }), wakeUp()]);
  }
  await queues.send([wakeUp({ topicId: 'returns' as TopicId })]);
  await pass(1_000);
  expect(begun()).toEqual([
    '0 begins billing/0',
    '100 begins billing/1',
    '200 begins billing/0',
    '300 begins billing/0',
  ]);
});

test('a queue that was worked through begins anew', async () => {
  const { queues, begun, pass } = newStory();
  await queues.send([wakeUp()]);
  await pass(150);
  await queues.send([wakeUp()]);
  await pass(150);
  expect(begun()).toEqual(['0 begins billing/0', '150 begins billing/0']);
});

test('one with a time comes then, and behind what is worked on', async () => {
  const { queues, begun, at, pass } = newStory();
  await queues.send([wakeUp({ partition: 3 })], at(250));
  await queues.send([wakeUp({ partition: 2 })], at(250));
  await queues.send([wakeUp({ partition: 1 })], at(0));
  await pass(200);
  await queues.send([wakeUp()], at(100));
  await pass(1_000);
  expect(begun()).toEqual([
    '0 begins billing/1',
    '200 begins billing/0',
    '300 begins billing/3',
    '400 begins billing/2',
  ]);
});

test('one that failed comes again after a second, and the others do not wait for it', async () => {
  let isBad = true;
  const { queues, log, pass } = newStory(({ partition }) => partition === 0 && isBad);
  await queues.send([wakeUp(), wakeUp({ partition: 1 })]);
  await pass(1_150);
  isBad = false;
  await pass(5_000);
  expect(log).toEqual([
    '0 begins billing/0',
    '100 begins billing/1',
    '200 ends billing/1',
    '1100 begins billing/0',
    '1200 ends billing/0',
  ]);
});

test('one that is sent again and again while it fails comes again once a second', async () => {
  let isBad = true;
  const { queues, begun, pass } = newStory(() => isBad);
  for (let times = 0; times < 10; times++) {
    await queues.send([wakeUp()]);
    await pass(150);
  }
  expect(begun().length).toBeGreaterThanOrEqual(10);
  const before = begun().length;
  await pass(11_000);
  expect(begun().length - before).toBe(10);
  isBad = false;
  await pass(5_000);
  expect(begun().length - before).toBe(11);
});

test('its end waits for what is worked on, and drops what waits', async () => {
  const { queues, log, time, at, pass } = newStory();
  await queues.send([wakeUp(), wakeUp({ partition: 1 })]);
  await queues.send([wakeUp({ partition: 2 })], at(60_000));
  await pass(50);
  await time.run(queues.stop());
  expect(log).toEqual(['0 begins billing/0', '100 ends billing/0']);
  await queues.send([wakeUp()]);
  await queues.send([wakeUp()], at(70_000));
  await time.run(queues.stop());
  await pass(100_000);
  expect(log).toHaveLength(2);
});

test('its end does not wait for a time, nor for what is to come again', async () => {
  const { queues, begun, time, at, pass } = newStory(() => true);
  await queues.send([wakeUp({ partition: 1 })], at(3_600_000));
  await queues.send([wakeUp()]);
  await pass(150);
  await time.run(queues.stop());
  expect(time.now()).toBe(at(150));
  await pass(10_000);
  expect(begun()).toEqual(['0 begins billing/0']);
});

test('one that fails while it ends does not come again', async () => {
  const { queues, begun, time, at, pass } = newStory(() => true);
  await queues.send([wakeUp()]);
  await pass(50);
  await time.run(queues.stop());
  expect(time.now()).toBe(at(100));
  await pass(10_000);
  expect(begun()).toHaveLength(1);
});
