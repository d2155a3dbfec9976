// A seed is all there is to a run: the same one gives the same calls, the same answers and the same
// history to the last byte, whatever ran before it.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { buildSimulation } from './build.ts';

const { simulate } = await buildSimulation();

/** Of all calls to stores, all answers, and the history that clients saw. */
async function fingerprint(seed: number): Promise<string> {
  const hash = createHash('sha256');
  const report = await simulate(seed, (label, value) => {
    hash.update(`${label} ${JSON.stringify(value)}\n`);
  });
  expect(report.violations).toEqual([]);
  return hash.update(report.lines().join('\n')).digest('hex');
}

test('one seed twice is one run', async () => {
  for (const seed of [1, 2, 3, 12_345, 2 ** 31]) {
    const first = await fingerprint(seed);
    await fingerprint(seed + 1);
    expect(await fingerprint(seed)).toBe(first);
  }
});

test('being looked at changes nothing', async () => {
  for (const seed of [4, 5, 6]) {
    const seen: unknown[] = [];
    const traced = await simulate(seed, (_, value) => seen.push(value));
    expect((await simulate(seed)).lines()).toEqual(traced.lines());
    expect(seen.length).toBeGreaterThan(10);
  }
});

test('two seeds are two runs', async () => {
  const all: string[] = [];
  for (let seed = 100; seed < 120; seed++) all.push(await fingerprint(seed));
  expect(new Set(all).size).toBe(20);
});
