// Stamped updates whose answers are lost while the head goes through what it may: full, rolled,
// swept. What is acknowledged is stored, and what is refused is not, whichever try was which.

import { expect, test } from 'vitest';
import { createEngine, type Engine, openCall } from '../../shared/engine/engine.ts';
import { roll } from '../../shared/engine/roll.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import { refsPerChunk, tailRefsMax } from '../../shared/limits.ts';
import { type Head, readHead } from '../../shared/log/head.ts';
import type { Item, Write } from '../../shared/store/algebra.ts';
import { headItem, headKey } from '../../shared/store/items.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import type { Table } from '../../shared/store/table.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { produce, produceStamped, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

type Here = {
  readonly world: World;
  readonly head: () => Head;
  /** Refs of plain appends, until the tail has so many. */
  readonly fill: (refs: number) => Promise<void>;
  readonly rollAll: () => Promise<void>;
  readonly sweep: () => Promise<void>;
  /** An engine that knows the partition, and whose appends from now on go through `act`: told which
   * it is, from 1 on. */
  readonly engine: (act: (number: number, write: Write) => Promise<void>) => Promise<Engine>;
};

const lost = () => new StoreError('unknown', 'unavailable');

function scene(seed: number, tell: (here: Here) => Promise<void>): Promise<void> {
  return inWorld(seed, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const id = { topicId, partition: 0 };
    const head = () => readHead(world.account.stored.peek(headKey(id)) as Item);
    const other = world.newEngine();
    const filler = engineThatCannotRoll(world);
    await tell({
      world,
      head,
      fill: async (refs) => {
        while (head().tail.length < refs) await produce(world, filler, ['x']);
      },
      rollAll: () => roll(other, world.call(other), id, head()),
      sweep: async () => {
        const value = world.time.now() + 5;
        const actions = [{ set: headItem.sweptBefore, to: { value } }];
        await world.account.stored.write({ update: headKey(id), actions });
      },
      engine: (act) => engineWith(world, act),
    });
  });
}

/** For it the table takes no chunk. */
function engineThatCannotRoll({ account, time }: World): Engine {
  const table: Table = {
    ...account.table,
    write: async (write) => {
      if ('put' in write) throw new StoreError('not-done', 'unavailable');
      return account.table.write(write);
    },
  };
  return createEngine({ objects: account.objects, table, clock: time, chance: seededChance(9) });
}

async function engineWith(
  world: World,
  act: (number: number, write: Write) => Promise<void>,
): Promise<Engine> {
  const { objects, table } = world.account;
  let appends = -1;
  const acting: Table = {
    ...table,
    write: async (write) => {
      const isAppend = 'update' in write && write.actions.some((action) => 'append' in action);
      if (isAppend) appends++;
      if (isAppend && appends > 0) await act(appends, write);
      return table.write(write);
    },
  };
  const parts = { objects, table: acting, clock: world.time, chance: seededChance(3) };
  const engine = createEngine(parts);
  await produce(world, engine, ['warm']);
  return engine;
}

test('an update that landed late is not taken for a larger one that begins alike', async () => {
  await scene(1, async ({ world, fill, rollAll, engine }) => {
    let first: Write | undefined;
    const own = await engine(async (number, write) => {
      if (number === 1) {
        first = write;
        throw lost();
      }
      if (number === 2) await fill(tailRefsMax);
      if (number === 3) {
        // The predecessor of the third batch comes, by another process.
        await rollAll();
        const stamp = { id: 4, epoch: 0, sequence: 0 };
        await produceStamped(world, world.newEngine(), ['before c'], stamp);
        await fill(tailRefsMax);
      }
      if (number === 4) {
        await rollAll();
        throw lost();
      }
      if (number === 5) await world.account.stored.write(first as Write);
    });
    const deadline = (world.time.now() + 600_000) as EpochMillis;
    const send = (value: string, id: number, sequence: number) =>
      produceStamped(
        world,
        own,
        [value],
        { id, epoch: 0, sequence },
        {
          call: openCall(own, { deadline }),
        },
      );
    const sent = [send('a', 1, 0), send('early', 2, 5), send('b', 3, 0), send('c', 4, 1)];
    const [a, , b, c] = (await Promise.all(sent)).flat();
    const values = await readAll(world);
    for (const [value, entry] of Object.entries({ a, b, c })) {
      expect(entry && 'offset' in entry && values[entry.offset], value).toBe(value);
      expect(
        values.filter((one) => one === value),
        value,
      ).toHaveLength(1);
    }
  });
});

test('what a swept segment had stored is not called refused when a new one fails', async () => {
  await scene(2, async ({ world, head, fill, rollAll, sweep, engine }) => {
    const own = await engine(async (number, write) => {
      if (number === 1) {
        await world.account.stored.write(write);
        throw lost();
      }
      if (number === 2) {
        await fill(head().tail.length + refsPerChunk);
        await rollAll();
        await sweep();
        own.objects.put = async () => {
          throw new StoreError('not-done', 'throttled');
        };
      }
    });
    const stamp = { id: 1, epoch: 0, sequence: 0 };
    const deadline = (world.time.now() + 600_000) as EpochMillis;
    const call = openCall(own, { deadline });
    const [entry] = await produceStamped(world, own, ['mine'], stamp, { call });
    expect(entry).toMatchObject({ error: { code: 'OUTCOME_UNKNOWN' } });
    expect(await readAll(world)).toContain('mine');
  });
});
