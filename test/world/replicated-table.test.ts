// Weak reads may be old, and no older than they may be; they are never wrong.

import { expect, test } from 'vitest';
import { tableContract } from '../contract/table-contract.ts';
import { ReplicatedTable, weakLagMillisMax } from './replicated-table.ts';
import { seededChance } from './seeded-chance.ts';
import { VirtualTime } from './virtual-time.ts';

tableContract('replicated', async () => ({
  table: new ReplicatedTable({ clock: new VirtualTime(), chance: seededChance(1) }),
  close: async () => {},
}));

const [pk, sk] = ['p', 's'];
const weak = { strong: false };
const everything = { pk, limit: 10, ...weak };

/** A counter that was put as 1 a long time ago, and 2 just now. */
async function justRaised(seed: number) {
  const time = new VirtualTime();
  const table = new ReplicatedTable({ clock: time, chance: seededChance(seed) });
  await table.write({ put: { pk, sk, n: 1 } });
  await time.run(time.sleep(weakLagMillisMax));
  await table.write({ put: { pk, sk, n: 2 } });
  return { time, table };
}

test('right after a write some weak reads see what was there before, others see it', async () => {
  const { time, table } = await justRaised(1);
  await time.run(time.sleep(weakLagMillisMax / 2));
  const seen = { gets: new Set(), queries: new Set() };
  for (let read = 0; read < 50; read++) {
    seen.gets.add((await table.get({ pk, sk }, weak))?.['n']);
    seen.queries.add((await table.query(everything))[0]?.['n']);
    expect((await table.get({ pk, sk }, { strong: true }))?.['n']).toBe(2);
    expect((await table.query({ ...everything, strong: true }))[0]?.['n']).toBe(2);
  }
  expect(seen).toEqual({ gets: new Set([1, 2]), queries: new Set([1, 2]) });
});

test('once the lag is over every read sees the write', async () => {
  const { time, table } = await justRaised(2);
  await time.run(time.sleep(weakLagMillisMax));
  for (let read = 0; read < 50; read++) {
    expect((await table.get({ pk, sk }, weak))?.['n']).toBe(2);
    expect((await table.query(everything))[0]?.['n']).toBe(2);
  }
});

test('a weak read may miss what was just put, and find what was just deleted', async () => {
  const { time, table } = await justRaised(3);
  await time.run(time.sleep(weakLagMillisMax));
  const deleted = await table.transact([{ put: { pk, sk: 'new' } }, { delete: { pk, sk } }]);
  expect(deleted.kind).toBe('done');
  const seen = new Set<string>();
  for (let read = 0; read < 100; read++) {
    seen.add((await table.query(everything)).map((item) => item.sk).join(' '));
    await time.run(time.sleep(5));
  }
  expect([...seen].sort()).toEqual(['', 'new', 'new s', 's']);
});

test('a write that was refused leaves nothing to be seen', async () => {
  const { time, table } = await justRaised(4);
  await time.run(time.sleep(weakLagMillisMax));
  const absent = { item: 'absent' } as const;
  await table.write({ put: { pk, sk, n: 3 }, if: absent });
  await table.transact([
    { put: { pk, sk, n: 3 } },
    { put: { pk, sk: 'x' }, if: { item: 'present' } },
  ]);
  for (let read = 0; read < 20; read++) {
    expect((await table.query(everything)).map((item) => item['n'])).toEqual([2]);
  }
});
