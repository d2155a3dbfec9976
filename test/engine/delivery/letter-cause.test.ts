// What a dead letter says of why it was given up is why it failed last, whatever held it up since.

import { expect, test } from 'vitest';
import { readDeadLetter } from '../../../shared/delivery/dead-letter.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import {
  newReceiver,
  progressOf,
  refusing,
  subscription,
  woken,
} from '../../world/delivery-story.ts';
import { fetchFrom, produce } from '../../world/story.ts';
import { inWorld } from '../../world/world.ts';

test('a dead-letter topic that took nothing for a while is no cause', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await world.createTopic({ name: 'dead', partitions: 1 });
    const engine = world.newEngine();
    const receiver = newReceiver(world, refusing('bad'));
    const wanted = { attemptsMax: 1, deadLetterTopic: 'dead', retryMillisMax: 1_000 };
    const billing = await subscription(world, engine, wanted);
    await produce(world, engine, ['bad']);
    await deleteTopic(engine, world.call(engine), 'dead');
    await woken(world, receiver, billing);
    const reason = 'the dead-letter topic takes nothing: UNKNOWN_TOPIC';
    expect(await progressOf(world)).toMatchObject([{ failure: { reason } }]);
    await world.createTopic({ name: 'dead', partitions: 1 });
    await world.time.sleep(2_000);
    await woken(world, receiver, billing);
    const { records } = await fetchFrom(world, world.newEngine(), 0, { topic: 'dead' });
    expect(records.map(readDeadLetter)).toMatchObject([{ attempts: 1, reason: 'TypeError' }]);
  }));
