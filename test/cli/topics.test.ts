// `sluice topics`: each command's effect, what it prints for people, and for programs.

import { expect, test } from 'vitest';
import { newShell } from './shell-story.ts';

test('topics are made, listed, looked at, changed, grown and deleted', async () => {
  const { sluice } = await newShell();
  expect(await sluice('topics create bills prices --partitions 3')).toMatchObject({
    ...{ code: 0, out: '', err: 'bills, prices: made\n' },
  });
  expect((await sluice('topics list')).out).toBe('bills\norders\nprices\n');
  expect((await sluice('topics list --json')).json()).toEqual(['bills', 'orders', 'prices']);
  const again = await sluice('topics create bills');
  expect([again.code, again.out]).toEqual([1, '']);
  expect(again.err).toContain('there already');
  expect((await sluice('topics create bills --if-not-exists')).code).toBe(0);
  const altered = await sluice('topics alter bills --set retention.ms=1000 --json');
  expect(altered.json()).toEqual({ topic: 'bills', set: { 'retention.ms': '1000' }, unset: [] });
  const described = await sluice('topics describe bills prices --json');
  expect(described.json()).toEqual([
    {
      ...{ name: 'bills', partitions: 3 },
      configs: [{ name: 'retention.ms', value: '1000', isDefault: false }],
    },
    { name: 'prices', partitions: 3, configs: [] },
  ]);
  expect((await sluice('topics describe bills')).out).toBe(
    'bills: 3 partitions\nSETTING       VALUE\nretention.ms  1000\n',
  );
  await sluice('topics alter bills --unset retention.ms');
  expect((await sluice('topics describe bills')).out).toBe('bills: 3 partitions\n');
  expect((await sluice('topics describe bills --all')).out).toContain('cleanup.policy');
  expect((await sluice('topics grow bills --partitions 5')).err).toBe('bills has 5 partitions\n');
  expect((await sluice('topics offsets bills --json')).json()).toHaveLength(5);
  expect(await sluice('topics delete bills prices --json')).toMatchObject({ code: 0, err: '' });
  expect((await sluice('topics list')).out).toBe('orders\n');
});

test('of several topics each is told by what came of it', async () => {
  const { sluice } = await newShell();
  const some = await sluice('topics create orders fresh');
  expect([some.code, some.err]).toEqual([
    1,
    'fresh: made\nsluice: orders: there already; --if-not-exists takes that for done\n',
  ]);
  const json = await sluice('topics create orders bills fresh bills --if-not-exists --json');
  expect([json.code, json.json()]).toEqual([0, { made: ['bills'], there: ['orders', 'fresh'] }]);
  const people = await sluice('topics create orders prices --if-not-exists');
  expect(people.err).toBe('prices: made\norders: there already\n');
  const wrong = await sluice('topics create no/where last orders');
  expect([wrong.code, wrong.err.startsWith('last: made\nsluice: Topics were not')]).toEqual([
    1,
    true,
  ]);
  expect(wrong.err).not.toContain('orders');
  expect((await sluice('topics list')).out).toBe('bills\nfresh\nlast\norders\nprices\n');
});

test('what may be tried is tried without being done', async () => {
  const { sluice } = await newShell();
  expect((await sluice('topics create bills --dry-run')).err).toBe('bills: could be made\n');
  expect((await sluice('topics grow orders -p 9 --dry-run')).code).toBe(0);
  expect((await sluice('topics alter orders -s retention.ms=1 --dry-run')).code).toBe(0);
  expect((await sluice('topics list')).out).toBe('orders\n');
  expect((await sluice('topics describe orders')).out).toBe('orders: 4 partitions\n');
});

test('what is wrong is told with its field, and what is not there by its code', async () => {
  const { sluice } = await newShell();
  const config = await sluice('topics create bills --config retention.ms=soon');
  expect(config.code).toBe(1);
  expect(config.err).toContain('retention.ms');
  const value = await sluice('topics grow orders --partitions few');
  expect([value.code, value.err.includes('must be a whole number')]).toEqual([2, true]);
  expect((await sluice('topics alter orders')).code).toBe(2);
  for (const line of ['describe nope', 'delete nope', 'grow nope -p 2', 'offsets nope']) {
    expect([line, (await sluice(`topics ${line}`)).code]).toEqual([line, 3]);
  }
  expect((await sluice('topics delete nope orders --if-exists')).err).toBe('orders: deleted\n');
  await sluice('topics create last');
  const some = await sluice('topics delete nope last');
  expect([some.code, some.err]).toEqual([
    3,
    expect.stringMatching(/^last: deleted\nsluice: .*nope does not exist\n/),
  ]);
  const none = await sluice('topics list');
  expect([none.out, none.err]).toEqual(['', 'no topics: sluice topics create --help\n']);
  expect((await sluice('topics list --json')).json()).toEqual([]);
});

test('a place is found in each partition', async () => {
  const { sluice, wire } = await newShell();
  for (const value of ['a', 'b', 'c']) {
    await sluice('produce orders --partition 1', { stdin: [value] });
    await wire.world.time.run(wire.host.clock.sleep(60_000));
  }
  const at = async (place: string) => {
    const rows = (await sluice(`topics offsets orders --at ${place} --json`)).json();
    return (rows as { readonly at: number }[]).map((row) => row.at);
  };
  expect(await at('beginning')).toEqual([0, 0, 0, 0]);
  expect(await at('end')).toEqual([0, 3, 0, 0]);
  expect(await at('-1')).toEqual([0, 2, 0, 0]);
  expect(await at('2')).toEqual([0, 2, 0, 0]);
  expect(await at('90s')).toEqual([0, 2, 0, 0]);
  expect(await at('2020-01-01')).toEqual([0, 0, 0, 0]);
  expect(await at(`@${wire.host.clock.now()}`)).toEqual([0, 3, 0, 0]);
});
