// Patches cannot rot: one whose text is not there, or there twice, or changes nothing, or is of a
// file that is no part of the simulation, is no patch.

import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { buildSimulation, patched } from './build.ts';
import { allMutants } from './mutants.ts';

const file = 'shared/limits.ts';

test('a patch replaces what it finds, which is there once', () => {
  expect(patched('a b c', { file, find: 'b', replace: 'x' })).toBe('a x c');
  expect(() => patched('a b b', { file, find: 'b', replace: 'x' })).toThrow('2 times, not once');
  expect(() => patched('a c', { file, find: 'b', replace: 'x' })).toThrow('0 times, not once');
  expect(() => patched('a b', { file, find: 'b', replace: 'b' })).toThrow('changes nothing');
});

test('a patch of a file that is not part of the simulation is refused', async () => {
  const patch = { file: 'shared/api/api.ts', find: 'a', replace: 'b' };
  await expect(buildSimulation([patch])).rejects.toThrow('shared/api/api.ts');
});

test('a patched engine is another one', async () => {
  const patch = {
    file: 'shared/log/head.ts',
    find: '[headItem.logStart]: 0,',
    replace: '[headItem.logStart]: 7,',
  };
  const { simulate } = await buildSimulation([patch]);
  expect((await simulate(1)).violations.join('\n')).toContain('I14: logStart');
});

test.each(allMutants)('the text of $name is there', async (mutant) => {
  for (const patch of mutant.patches) {
    const before = mutant.patches.slice(0, mutant.patches.indexOf(patch));
    const own = before.filter((other) => other.file === patch.file);
    const source = own.reduce(patched, await readFile(patch.file, 'utf8'));
    expect(patched(source, patch)).not.toBe(source);
  }
});
