// `sluice subscriptions`: made, looked at, set, stopped, moved and ended; and what was given up.

import { expect, test } from 'vitest';
import { wakeUpFor } from '../../shared/delivery/subscription.ts';
import { deliver } from '../../shared/engine/delivery/deliver.ts';
import { findSubscription } from '../../shared/engine/delivery/find-subscription.ts';
import { newReceiver } from '../world/delivery-story.ts';
import { newShell, type ShellStory } from './shell-story.ts';

const create = 'subscriptions create mail --topic orders --lambda send';

test('a subscription is made, listed, looked at, paused, moved and ended', async () => {
  const { sluice } = await newShell();
  await sluice('produce orders -p 0', { stdin: ['a\nb\n'] });
  const made = await sluice(`${create} --from beginning --batch-size 7 --json`);
  expect(made.json()).toMatchObject({ name: 'mail', state: 'running', batchSize: 7 });
  expect((await sluice('subscriptions list')).out).toBe(
    'NAME  TOPIC   GROUP  STATE    TARGET\nmail  orders  mail   running  send\n',
  );
  expect((await sluice('subscriptions list --json')).json()).toEqual([made.json()]);
  const described = await sluice('subscriptions describe mail');
  expect(described.out).toMatch(/^mail: orders to send, running\ngroup mail, made 20/);
  expect(described.out).toMatch(/^SETTING +VALUE\nbatch-size +7\n/m);
  expect(described.out).toMatch(/^\nPARTITION +COMMITTED +END +LAG/m);
  expect((await sluice('subscriptions describe mail --json')).json()).toMatchObject({
    partitions: [{ partition: 0, committedOffset: 0, logEndOffset: 2, lag: 2 }, {}, {}, {}],
  });
  expect((await sluice('subscriptions pause mail')).err).toBe('mail is paused\n');
  expect((await sluice('subscriptions resume mail --json')).json()).toMatchObject({
    state: 'running',
  });
  expect((await sluice('subscriptions seek mail --to 1 -p 0 --json')).json()).toEqual([
    { topic: 'orders', partition: 0, offset: 1 },
  ]);
  expect((await sluice('subscriptions seek mail --to end')).out).toMatch(/^PARTITION +OFFSET\n/);
  expect((await sluice('subscriptions delete mail')).err).toBe('mail is gone\n');
  expect((await sluice('subscriptions list')).err).toBe('no subscriptions\n');
});

test('what is set about one is shown, changed, and taken back', async () => {
  const { sluice } = await newShell();
  await sluice(create);
  const set = ['--max-concurrency', '2', '--bisect', 'no', '--filter', '{"key":["a"]}'];
  const more = ['--max-records-per-second', '0.5'];
  const changed = await sluice(['subscriptions', 'alter', 'mail', ...set, ...more]);
  expect([changed.code, changed.out]).toEqual([0, '']);
  expect((await sluice('subscriptions describe mail --json')).json()).toMatchObject({
    ...{ maxConcurrency: 2, bisect: false, filter: { key: ['a'] }, maxRecordsPerSecond: 0.5 },
  });
  const back = await sluice('subscriptions alter mail --max-concurrency default --lambda other');
  expect(back).toMatchObject({ code: 0, out: '' });
  const shown = (await sluice('subscriptions describe mail')).out;
  expect(shown).toMatch(/^mail: orders to other, running\n/);
  expect(shown).toMatch(/^filter +\{"key":\["a"\]\}\n/m);
  expect(shown).toMatch(/^bisect +no\n(.*\n)*max-records-per-second +0\.5\n/m);
  expect(shown).toMatch(/^max-concurrency +-$/m);
  expect((await sluice('subscriptions alter mail')).code).toBe(2);
});

test('a secret that is drawn is all that is printed, once', async () => {
  const { sluice } = await newShell();
  const words = 'subscriptions create audit --topic orders --https https://audit.test/in';
  const made = await sluice(words);
  expect(made.out).toMatch(/^whsec_\S+\n$/);
  expect(made.err).toContain('not shown again');
  const rotated = await sluice('subscriptions rotate-secret audit --json');
  expect(rotated.json()).toEqual({ name: 'audit', secret: expect.stringMatching(/^whsec_/) });
  expect((await sluice('subscriptions describe audit --json')).out).not.toContain('whsec_');
});

/** With a subscription that has given up all that is stored. */
async function givenUp(): Promise<ShellStory> {
  const story = await newShell();
  const { sluice, wire } = story;
  await sluice('topics create dead');
  const giveUp = '--from beginning --dead-letter-topic dead --max-attempts 1';
  await sluice(`${create} ${giveUp}`);
  await sluice('produce orders -p 0 --record-key k', { stdin: ['a\nb\n'] });
  const { world } = wire;
  const { targets } = newReceiver(world, () => ({ kind: 'function-error', reason: 'TypeError' }));
  const turn = async () => {
    const engine = world.newEngine();
    const found = await findSubscription(engine, world.call(engine), 'mail');
    if (found === undefined) throw new Error('there is no subscription');
    await deliver(engine, world.call(engine), targets, wakeUpFor(found, 0));
  };
  await world.time.run(turn());
  return story;
}

test('what was given up is shown, and put back', async () => {
  const { sluice } = await givenUp();
  expect((await sluice('subscriptions dead-letters mail')).out).toMatch(
    /^FROM +OFFSET +ATTEMPTS +FAILED +KEY +REASON\norders-0 +0 +1 .* k +.*TypeError/,
  );
  const letters = await sluice('subscriptions dead-letters mail --limit 1 --json');
  expect(letters.json()).toMatchObject([
    { offset: 0, sourceOffset: 0, timestamp: expect.any(Number), key: 'k', value: 'a' },
  ]);
  const some = await sluice('subscriptions redrive mail --limit 1');
  expect(some.err).toBe('1 record put back; there is more\n');
  const rest = await sluice('subscriptions redrive mail --json');
  expect(rest.json()).toEqual({ redriven: 1, done: true });
  expect((await sluice('subscriptions dead-letters mail')).err).toBe('nothing was given up\n');
});

test('what makes no sense, and what is not there', async () => {
  const { sluice } = await newShell();
  const wrongs = [
    'create mail --topic orders',
    'create mail --lambda send',
    `${create.slice('subscriptions '.length)} --sqs https://sqs.test/q`,
    `${create.slice('subscriptions '.length)} --from 3`,
    `${create.slice('subscriptions '.length)} --batch-size none`,
    'alter mail --bisect perhaps',
    'alter mail --filter [',
    'seek mail --to -3',
  ];
  for (const line of wrongs) {
    expect([line, (await sluice(`subscriptions ${line}`)).code]).toEqual([line, 2]);
  }
  for (const verb of ['describe', 'alter', 'pause', 'delete', 'dead-letters', 'redrive']) {
    const options = verb === 'alter' ? ' --batch-size 1' : '';
    const said = await sluice(`subscriptions ${verb} nope${options}`);
    expect([verb, said.code]).toEqual([verb, 3]);
  }
});
