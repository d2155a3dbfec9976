// `sluice produce`: what is read of standard input and files, what is sent of it, and what is said.

import { expect, test } from 'vitest';
import { newShell, type ShellStory } from '../shell-story.ts';

async function stored({ sluice }: ShellStory, topic = 'orders'): Promise<readonly unknown[]> {
  const { out } = await sluice(['consume', topic, '--format', '%p|%k|%s|%h|%K|%S\\n']);
  return out.split('\n').slice(0, -1);
}

test('each line is a message, however it comes', async () => {
  const story = await newShell();
  const said = await story.sluice('produce orders --partition 2', {
    stdin: ['one\ntw', 'o\r\n', '\nfour\r', '\nfive'],
  });
  expect(said).toMatchObject({ code: 0, out: '', err: '5 messages to orders in 1 request\n' });
  const values = ['one', 'two', '', 'four', 'five'];
  expect(await stored(story)).toEqual(values.map((text) => `2||${text}||-1|${text.length}`));
});

test('a line may have a key, all of them headers, and a value may stand for none', async () => {
  const story = await newShell();
  const words = [
    'produce',
    'orders',
    '-K',
    '::',
    '-Z',
    'gone',
    '-H',
    'a=1',
    '-H',
    'a=2',
    '-H',
    'b=',
  ];
  expect((await story.sluice(words, { stdin: ['k1::v::1\nk1::gone'] })).code).toBe(0);
  const all = await stored(story);
  expect(all.map((line) => String(line).slice(2))).toEqual([
    'k1|v::1|a=1,a=2,b=|2|4',
    'k1||a=1,a=2,b=|2|-1',
  ]);
  const wrong = await story.sluice(words, { stdin: ['k1::v\nno key'] });
  expect([wrong.code, wrong.err.includes('line 2: there is no ::')]).toEqual([1, true]);
});

test('what consume prints as JSON, produce sends as it was', async () => {
  const story = await newShell();
  const { sluice } = story;
  const records = [
    { key: 'k', value: 'v', headers: { h: 'x', list: ['1', '2'] }, partition: 3, timestamp: 1_000 },
    { key: null, value: null, partition: 0 },
    { keyBase64: '/wA=', valueBase64: '//8=', headers: { h: { base64: '/w==' } }, partition: 1 },
    { value: { id: 1 }, partition: 1, offset: 9, topic: 'other' },
    { value: '', partition: 2 },
  ];
  const stdin = [records.map((record) => `${JSON.stringify(record)}\n`).join('\n')];
  expect((await sluice('produce orders --format ndjson', { stdin })).code).toBe(0);
  const first = await sluice('consume orders --json');
  expect(first.lines()).toMatchObject([
    { partition: 0, key: null, value: null },
    { partition: 1, keyBase64: '/wA=', valueBase64: '//8=', headers: { h: { base64: '/w==' } } },
    { partition: 1, value: '{"id":1}' },
    { partition: 2, value: '' },
    { ...records[0], topic: 'orders', offset: 0 },
  ]);
  await sluice('topics create copy --partitions 4');
  await sluice('produce copy --format ndjson', { stdin: [first.out] });
  const copied = (await sluice('consume copy --json')).out;
  expect(copied).toBe(first.out.replaceAll('"orders"', '"copy"'));
});

test('a line of JSON that cannot be one is told by its number and field', async () => {
  const { sluice } = await newShell();
  const cases: [line: string, complaint: string][] = [
    ['[]', 'must be a JSON object'],
    ['{"key":"k"}', 'value: must be there'],
    ['{"value":"v","partition":"0"}', 'partition: must be a whole number'],
    ['{"valueBase64":"?"}', 'valueBase64: must be base64'],
    ['{"valueBase64":"/wB="}', 'valueBase64: must be base64'],
    ['{"value":"v","headers":{"a":1}}', 'headers.a: must be text'],
    ['{"value":"v","timestamp":"soon"}', 'timestamp: must be'],
    ['{"value":', 'JSON'],
  ];
  for (const [line, complaint] of cases) {
    const said = await sluice('produce orders --format ndjson', { stdin: [`\n${line}`] });
    expect([line, said.code, said.out]).toEqual([line, 1, '']);
    expect(said.err).toContain('line 2: ');
    expect(said.err).toContain(complaint);
  }
  expect((await sluice('consume orders')).out).toBe('');
});

test('files are read one after another, each as one message if that is wanted', async () => {
  const story = await newShell();
  const { sluice, files } = story;
  files.set('a.txt', { text: 'a1\na2', isShared: true });
  files.set('b.txt', { text: 'b1\n', isShared: true });
  const said = await sluice('produce orders a.txt b.txt -p 1 --progress');
  expect(said.err).toContain('3 messages  ');
  expect(said.err).toContain('100 %');
  expect(await stored(story)).toEqual(['1||a1||-1|2', '1||a2||-1|2', '1||b1||-1|2']);
  await sluice('topics create whole');
  expect((await sluice('produce whole --format file --record-key k a.txt b.txt')).code).toBe(0);
  expect((await sluice(['consume', 'whole', '-f', '%k=%s;'])).out).toBe('k=a1\na2;k=b1\n;');
  expect((await sluice('produce whole nowhere.txt')).err).toContain(
    'nowhere.txt: there is no such',
  );
});

test('for programs it says what was sent, in how many requests, and where', async () => {
  const { sluice } = await newShell();
  await sluice('produce orders -p 1', { stdin: ['first'] });
  const said = await sluice('produce orders -p 1 --compression none --json', { stdin: ['a\nb\n'] });
  expect(said.json()).toEqual({
    ...{ topic: 'orders', messages: 2, requests: 1, millis: expect.any(Number) },
    ...{ bytes: expect.any(Number), storedBytes: expect.any(Number) },
    partitions: [{ partition: 1, firstOffset: 1 }],
  });
  const one = await sluice('produce orders -p 1', { stdin: ['c'] });
  expect(one.err).toBe('1 message to orders in 1 request: orders-1 at 3\n');
});

test('it goes no faster than is said', async () => {
  const { sluice, wire } = await newShell();
  const before = wire.host.clock.now();
  const stdin = [Array.from({ length: 101 }, (_, index) => `${index}\n`).join('')];
  await sluice('produce orders --rate 50', { stdin });
  const seconds = (wire.host.clock.now() - before) / 1_000;
  expect(seconds).toBeGreaterThanOrEqual(2);
  expect(seconds).toBeLessThan(2.5);
  expect((await sluice('consume orders')).err).toBe('101 messages of orders\n');
});

test('nor faster after a pause of what comes', async () => {
  const { sluice, wire } = await newShell();
  const { clock } = wire.host;
  async function* inTwoParts() {
    yield 'first\n';
    await clock.sleep(3_600_000);
    yield Array.from({ length: 500 }, (_, index) => `${index}\n`).join('');
  }
  const before = clock.now();
  await sluice('produce orders --rate 50', { stdin: inTwoParts() });
  expect((clock.now() - before) / 1_000 - 3_600).toBeGreaterThanOrEqual(9);
});

test('asked to end, it sends what it has read, says so, and reads no more', async () => {
  const { sluice, wire } = await newShell();
  const ends = new AbortController();
  async function* typed() {
    yield 'one\ntwo\n';
    await wire.host.clock.sleep(1_000);
    ends.abort();
    await wire.host.clock.sleep(1_000_000_000);
    yield 'three\n';
  }
  const said = await sluice('produce orders', { stdin: typed(), interrupted: ends.signal });
  expect([said.code, said.err]).toEqual([130, '2 messages to orders in 1 request\n']);
});

test('what is not stored is told, with what is', async () => {
  const { sluice, wire } = await newShell();
  const nowhere = await sluice('produce nope', { stdin: ['a'] });
  expect([nowhere.code, nowhere.err]).toEqual([
    3,
    expect.stringMatching(/^sluice: topic nope does not exist\n.*sluice topics create/),
  ]);
  const stdin = ['small\n', `${'x'.repeat(2e6)}\n`];
  const large = await sluice('produce orders --compression none', { stdin });
  expect([large.code, large.out]).toEqual([1, '']);
  expect(large.err).toContain('1 message to orders');
  wire.fateOf = ({ path }) => (path === '/topics/orders' ? 'lost' : 'passes');
  const lost = await sluice('produce orders', { stdin: ['a'] });
  expect([lost.code, lost.err.includes('it may have been done')]).toEqual([5, true]);
});

test('what is stored is counted, and what is not is told by its lines', async () => {
  const { sluice, files } = await newShell();
  const produce = async (words: string, stdin: string) => {
    const { code, out, err } = await sluice(`produce orders ${words}`, { stdin: [stdin] });
    return { code, out, err: err.split('\n').slice(0, -1) };
  };
  const large = 'x'.repeat(2e6);
  // Of one call, some partitions take their part of it, and one does not.
  const lines = ['{"value":"a","partition":0}', '', `{"value":"${large}","partition":1}`];
  const partly = await produce(
    '--format ndjson --compression none',
    [...lines, '{"value":"b","partition":2}', '{"value":"c","partition":3}'].join('\n'),
  );
  expect([partly.code, partly.err[0]]).toEqual([1, expect.stringMatching(/^3 messages to /)]);
  expect(partly.err[1]).toMatch(/^sluice: standard input: lines 1 to 4: orders-1: /);
  const wrong = await produce('--format ndjson', '{"value":"a"}\n\n{"value":"b","partition":9}\n');
  expect([wrong.code, wrong.err]).toEqual([
    ...[1, [`sluice: standard input: line 3: partition: topic orders has 4, and no 9`]],
  ]);
  const unread = await produce('--format ndjson', '{"value":"a"}\n{"value":"b"}\n7');
  expect(unread.err).toEqual([
    expect.stringMatching(/^2 messages to orders in /),
    'sluice: standard input: line 3: must be a JSON object: {"value":"..."}',
  ]);
  files.set('big.bin', { text: large, isShared: true });
  const whole = await produce('--format file --compression none big.bin', '');
  expect(whole.err[0]).toMatch(/^sluice: big.bin: orders-\d: /);
});

test('who types is told how; a pipe is not', async () => {
  const { sluice } = await newShell();
  const typed = await sluice('produce orders -k k1', { stdin: ['a\n'], isTyped: true });
  expect(typed.err).toMatch(/^a message a line; Ctrl-D ends it\n1 message to orders/);
  expect((await sluice('produce orders', { stdin: ['a\n'] })).err).toMatch(/^1 message/);
  expect((await sluice(['consume', 'orders', '-f', '%k.'])).out.split('.')).toContain('k1');
});

test('that nobody reads what is said makes nothing of a failure', async () => {
  const { sluice } = await newShell();
  const unheard = { stdin: ['a'], readsWrites: 0, readsErrors: 0 };
  expect((await sluice('produce orders', unheard)).code).toBe(0);
  for (const words of ['produce nope', 'produce nope --json']) {
    expect([words, (await sluice(words, unheard)).code]).toEqual([words, 3]);
  }
});

test('progress that nobody reads any more does not end the work', async () => {
  const story = await newShell();
  async function* slowly() {
    for (const line of ['one\n', 'two\n', 'three\n']) {
      await story.wire.host.clock.sleep(5_000);
      yield line;
    }
  }
  const around = { stdin: slowly(), readsErrors: 1 };
  const said = await story.sluice('produce orders --progress --json', around);
  expect(said.json()).toMatchObject({ messages: 3 });
  const typed = { stdin: ['four\n'], isTyped: true, readsErrors: 0 };
  expect((await story.sluice('produce orders --json', typed)).json()).toMatchObject({
    messages: 1,
  });
});
