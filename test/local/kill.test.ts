// kill -9 at any moment loses nothing that was acknowledged, and leaves no half of anything.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appenderPath, bodyOf, headKey, objectKey, openStores } from './appender.ts';

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-kill-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** @returns every acknowledgement of a process that was killed after that many. */
async function appendUntilKilled(run: string, acknowledgements: number): Promise<string[]> {
  const child = spawn(process.execPath, [appenderPath, directory, run], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Its output ends before its locks do.
  const ended = once(child, 'close');
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length !== acknowledgements) continue;
      expect(() => openStores(directory)).toThrow('another process');
      child.kill('SIGKILL');
    }
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
  expect(lines.length).toBeGreaterThanOrEqual(acknowledgements);
  return lines;
}

test('what was acknowledged before each of several kills is there, dense and whole', async () => {
  const acknowledged: string[] = [];
  for (const [run, count] of [1, 150, 17, 64, 5].entries()) {
    acknowledged.push(...(await appendUntilKilled(`run${run}`, count)));
    const { table, objects, close } = openStores(directory);
    const head = await table.get(headKey, { strong: true });
    const names = head?.['r'] as readonly string[];
    expect(head?.['n']).toBe(names.length);
    expect(new Set(names).size).toBe(names.length);
    for (const line of acknowledged) {
      const [offset, name] = line.split(' ');
      expect(names[Number(offset)]).toBe(name);
    }
    for (const name of names) {
      const body = bodyOf(name);
      const range = { key: objectKey(name), position: 0, length: 2 * body.length };
      expect(body.equals((await objects.read(range)) ?? Buffer.alloc(0))).toBe(true);
    }
    for (const { key, length } of await objects.list({ prefix: '', limit: 10_000 })) {
      expect(length).toBe(bodyOf(key.slice('segments/x/'.length)).length);
    }
    await close();
  }
  expect(acknowledged.length).toBeGreaterThan(200);
});
