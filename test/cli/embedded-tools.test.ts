// Tools that work on stores themselves: what they end with says what they have found.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStores } from '../../local/open-stores.ts';
import { newShell } from './shell-story.ts';

test('fsck ends with 0 when it has said that all is well, and not when nobody heard', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-cli-fsck-'));
  await (await openStores({ kind: 'directory', directory })).close();
  const { begin } = await newShell();
  const line = ['fsck', '--data', directory];
  const heard = await begin(line);
  const unheard = await begin(line, { readsWrites: 0 });
  const nowhere = await begin(['fsck', '--data', join(directory, 'nowhere')]);
  await rm(directory, { recursive: true });
  expect([heard.code, heard.out]).toEqual([0, expect.stringContaining('damage: 0')]);
  expect([unheard.code, nowhere.code]).toEqual([3, 3]);
});
