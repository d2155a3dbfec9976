// What a process remembers of a head, whatever the order in which answers come.

import { expect, test } from 'vitest';
import { learnHead } from '../../shared/engine/heads.ts';
import { type EpochMillis, topicIdOf } from '../../shared/ids.ts';
import { newHead } from '../../shared/log/head.ts';
import { headItem, partitionPk } from '../../shared/store/items.ts';
import { newWorld } from '../world/world.ts';

test('an answer that is older than what is known teaches nothing', () => {
  const engine = newWorld(1).newEngine();
  const id = { topicId: topicIdOf(new Uint8Array(16)), partition: 0 };
  const learn = (nextOffset: number, sweptBefore: number) => {
    const counters = { [headItem.nextOffset]: nextOffset, [headItem.sweptBefore]: sweptBefore };
    expect(learnHead(engine, id, { ...newHead(id), ...counters })).toMatchObject({ nextOffset });
    return engine.heads.get(partitionPk(id));
  };
  const newer = { nextOffset: 8, sweptBefore: 20 as EpochMillis };
  expect(learn(7, 10)).toMatchObject({ nextOffset: 7, sweptBefore: 10 });
  expect(learn(8, 20)).toMatchObject(newer);
  expect(learn(7, 10)).toMatchObject(newer);
  expect(learn(8, 30)).toMatchObject({ nextOffset: 8, sweptBefore: 30 });
});
