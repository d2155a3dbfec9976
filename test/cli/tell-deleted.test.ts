// Several things deleted by one command: what is gone is told, whatever else has failed.

import { expect, test } from 'vitest';
import { newShell } from './shell-story.ts';

test('what was deleted is told before what was not', async () => {
  const { sluice } = await newShell();
  const make = async () => {
    await sluice('topics create a b');
    for (const group of ['g', 'h']) await sluice(`groups reset ${group} --topic a --to beginning`);
  };
  await make();
  const groups = await sluice('groups delete g none h');
  expect([groups.code, groups.err]).toEqual([3, expect.stringMatching(/^g, h: deleted\nsluice: /)]);
  const topics = await sluice('topics delete a nosuch b');
  expect([topics.code, topics.err]).toEqual([3, expect.stringMatching(/^a, b: deleted\nsluice: /)]);
  expect(topics.err).toContain('nosuch');
  await make();
  expect((await sluice('groups delete g none --json')).json()).toEqual({ deleted: ['g'] });
  expect((await sluice('topics delete a nosuch --json')).json()).toEqual({ deleted: ['a'] });
  const unheard = { readsWrites: 0, readsErrors: 0 };
  for (const words of ['topics delete b nosuch', 'topics create c orders --partitions 9']) {
    expect([words, (await sluice(words, unheard)).code]).not.toEqual([words, 0]);
  }
});
