// A transaction asks the quotas of all its topics: what one of them refuses uses up no other's.

import { expect, test } from 'vitest';
import { type Transaction, transact } from '../../shared/engine/transact.ts';
import { EngineError } from '../../shared/errors.ts';
import { produce } from '../world/story.ts';
import { inWorld } from '../world/world.ts';

const kilobyte = 'k'.repeat(1_000);

test('refused by one topic again and again, it leaves the other’s producers alone', () =>
  inWorld(1, async (world) => {
    for (const [name, rate] of Object.entries({ free: 10_000, spent: 1_000 })) {
      const configs = new Map([['producer_byte_rate', String(rate)]]);
      await world.createTopic({ name, partitions: 1, configs });
    }
    const engine = world.newEngine();
    await produce(world, engine, Array(20).fill(kilobyte), { topic: 'spent' });
    const records = ['free', 'spent'].map((topic) => {
      return { topic, key: null, value: Buffer.from(kilobyte.repeat(4)), headers: [] };
    });
    for (let at = 0; at < 10; at++) {
      const asked: Transaction = { records, identity: { key: `k${at}` } };
      const answer = await transact(engine, world.call(engine), asked).catch((error) => error);
      expect(answer).toBeInstanceOf(EngineError);
      expect(answer).toMatchObject({ code: 'THROTTLED', detail: { limit: 1_000 } });
    }
    expect(await produce(world, engine, [kilobyte], { topic: 'free' })).toEqual([0]);
  }));
