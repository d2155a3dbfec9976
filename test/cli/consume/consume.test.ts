// `sluice consume` in no group: what is printed of which records, and how it ends.

import { expect, test } from 'vitest';
import type { Host } from '../../../client/host.ts';
import { newWire, type Wire } from '../../client/wire.ts';
import { newShell, type ShellStory } from '../shell-story.ts';

/** A letter a message, a minute apart. */
async function store({ sluice, wire }: ShellStory, partition: number, letters: string) {
  for (const letter of letters) {
    await sluice(`produce orders -p ${partition}`, { stdin: [letter] });
    await wire.world.time.run(wire.host.clock.sleep(60_000));
  }
}

test('what there is is printed, by partition, from where and to where is said', async () => {
  const story = await newShell();
  await store(story, 1, 'abc');
  await store(story, 0, 'xyz');
  const consume = async (words: string) => {
    const { code, out } = await story.sluice([
      'consume',
      'orders',
      '-f',
      '%s',
      ...words.split(' '),
    ]);
    expect(code).toBe(0);
    return out;
  };
  expect(await consume('--from beginning')).toBe('xyzabc');
  expect(await consume('--from end')).toBe('');
  expect(await consume('-o 1')).toBe('yzbc');
  expect(await consume('--from -1')).toBe('zc');
  expect(await consume('--to 2')).toBe('xyab');
  expect(await consume('--from 1 --to 2')).toBe('yb');
  expect(await consume('--from 150s')).toBe('yz');
  expect(await consume('--to 150s')).toBe('xabc');
  expect(await consume('--count 4')).toBe('xyza');
  expect(await consume('--partition 1')).toBe('abc');
  expect(await consume('--partition 1,0 -n 1')).toBe('x');
});

test('an offset beyond the end may be meant as a time', async () => {
  const story = await newShell();
  await store(story, 1, 'abc');
  const { err } = await story.sluice('consume orders --from 1700000000000');
  expect(err).toBe(
    '--from 1700000000000: an offset beyond the end; as a time it is @1700000000000\n' +
      '0 messages of orders\n',
  );
  expect((await story.sluice('consume orders --from 3')).err).toBe('0 messages of orders\n');
});

test('a message is printed as kcat would, byte by byte', async () => {
  const { sluice } = await newShell();
  const record = {
    key: 'k',
    valueBase64: '/wA=',
    headers: { a: '1', b: ['2', '3'] },
    partition: 2,
  };
  const stdin = [JSON.stringify({ ...record, timestamp: 1_234 })];
  await sluice('produce orders --format ndjson', { stdin });
  const print = async (format: string) => (await sluice(['consume', 'orders', '-f', format])).out;
  expect(await print('%t %p %o %T %K %S %k %h%%\\t\\\\\\x41\\n')).toBe(
    'orders 2 0 1234 1 2 k a=1,b=2,b=3%\t\\A\n',
  );
  expect(await print('%s|')).toBe('\ufffd\0|');
  for (const wrong of ['%y', '%', '\\q', '\\']) {
    const said = await sluice(['consume', 'orders', '-f', wrong]);
    expect([wrong, said.code, said.out]).toEqual([wrong, 2, '']);
    expect(said.err).toContain(`${wrong} stands for nothing`);
  }
});

test('it follows what comes to any partition until somebody asks for the end', async () => {
  const story = await newShell();
  const { begin, run, wire } = story;
  await store(story, 0, 'a');
  const ends = new AbortController();
  const said = await run(async () => {
    const following = begin('consume orders --follow', { interrupted: ends.signal });
    for (const [partition, letter] of [
      [3, 'b'],
      [3, 'c'],
      [0, 'd'],
    ]) {
      await wire.host.clock.sleep(30_000);
      await begin(`produce orders -p ${partition}`, { stdin: [String(letter)] });
    }
    await wire.host.clock.sleep(1_000);
    ends.abort();
    return following;
  });
  expect(said).toMatchObject({ code: 0, out: 'a\nb\nc\nd\n' });
});

test('while it follows, a topic may be given more partitions, again and again', async () => {
  const { begin, run, wire } = await newShell();
  const ends = new AbortController();
  const said = await run(async () => {
    const follow = (words: string) =>
      begin(`consume orders --follow ${words}`.trim(), { interrupted: ends.signal });
    const following = [follow(''), follow('--from end'), follow('--partition 0')];
    await wire.host.clock.sleep(1_000);
    for (const count of [5, 7]) {
      await begin(`topics grow orders --partitions ${count}`);
      await begin(`produce orders -p ${count - 1}`, { stdin: [String(count)] });
      await wire.host.clock.sleep(60_000);
    }
    ends.abort();
    return Promise.all(following);
  });
  expect(said.map(({ code, out }) => [code, out])).toEqual([
    [0, '5\n7\n'],
    [0, '5\n7\n'],
    [0, ''],
  ]);
});

test('of many partitions some wait for records at once, and all have their turn soon', async () => {
  const wire = await newWire();
  let [open, mostOpen] = [0, 0];
  const counting =
    (host: Host): Host['fetch'] =>
    async (url, init) => {
      mostOpen = Math.max(mostOpen, ++open);
      return host.fetch(url, init).finally(() => open--);
    };
  const newConnection: Wire['newConnection'] = (options, host = wire.host) =>
    wire.newConnection(options, { ...host, fetch: counting(host) });
  const { begin, run } = await newShell(undefined, { ...wire, newConnection });
  const { clock } = wire.host;
  const ends = new AbortController();
  const printedAt: number[] = [];
  const said = await run(async () => {
    await begin('topics create many --partitions 40');
    const following = begin('consume many --follow', {
      ...{ interrupted: ends.signal, onWrite: () => printedAt.push(clock.now()) },
    });
    await clock.sleep(20_000);
    const before = clock.now();
    for (const partition of [0, 20, 39])
      await begin(`produce many -p ${partition}`, { stdin: ['x'] });
    await clock.sleep(20_000);
    ends.abort();
    return { ...(await following), before };
  });
  expect([said.code, said.out, mostOpen]).toEqual([0, 'x\nx\nx\n', 16]);
  expect((printedAt.at(-1) ?? 0) - said.before).toBeLessThan(7_000);
});

test('while it follows, an engine that is away is waited for, which is said once', async () => {
  const { begin, run, wire } = await newShell();
  const ends = new AbortController();
  const said = await run(async () => {
    const following = begin('consume orders --follow', { interrupted: ends.signal });
    for (const letter of ['a', 'b']) {
      await wire.host.clock.sleep(30_000);
      wire.fateOf = () => 'lost';
      await wire.host.clock.sleep(60_000);
      wire.fateOf = () => 'passes';
      await begin('produce orders', { stdin: [letter] });
    }
    await wire.host.clock.sleep(30_000);
    wire.fateOf = () => 'lost';
    await wire.host.clock.sleep(60_000);
    ends.abort();
    return following;
  });
  expect(said).toMatchObject({ code: 0, out: 'a\nb\n' });
  expect(said.err.match(/it waits, and goes on\n/g)?.length).toBe(3);
});

test('it ends when it has printed enough, or nobody reads', async () => {
  const story = await newShell();
  const { sluice } = story;
  const stdin = [Array.from({ length: 1_000 }, (_, index) => `${index}\n`).join('')];
  await sluice('produce orders', { stdin });
  const some = await sluice('consume orders --follow --count 3 --json');
  expect([some.code, some.lines().length]).toEqual([0, 3]);
  const closed = await sluice('consume orders', { readsWrites: 1 });
  expect(closed.code).toBe(0);
  expect((await sluice('topics list', { readsWrites: 0 })).code).toBe(0);
});

test('what is deleted while it reads is passed over', async () => {
  const story = await newShell();
  const { sluice, wire } = story;
  await store(story, 0, 'abc');
  const { time } = wire.world;
  const admin = wire.newClient().admin();
  await time.run(
    admin.deleteTopicRecords({ topic: 'orders', partitions: [{ partition: 0, offset: '1' }] }),
  );
  let looks = 0;
  // What it finds first is as it was before that.
  wire.fateOf = ({ path }) => {
    if (path !== '/topics/orders/partitions/0/offsets' || looks++ > 0) return 'passes';
    return Response.json({ beginning_offset: 0, end_offset: 3 });
  };
  expect((await sluice('consume orders --from beginning')).out).toBe('b\nc\n');
  expect(looks).toBe(2);
});

test('what does not go together is refused', async () => {
  const { sluice } = await newShell();
  const wrongs = [
    '--json --format x',
    '--follow --to end',
    '--idle 1',
    '--group g --partition 1',
    '--group g --to end',
    '--group g --from 7',
    '--group g --follow --idle 3',
    '--from yesterday',
    '--count 0',
  ];
  for (const words of wrongs) {
    expect([words, (await sluice(`consume orders ${words}`)).code]).toEqual([words, 2]);
  }
  expect((await sluice('consume orders --partition 9')).code).toBe(3);
  expect((await sluice('consume nope')).code).toBe(3);
  expect((await sluice('consume nope --group g')).code).toBe(3);
});
