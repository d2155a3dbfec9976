// `npm run bench:cold-start`: how long produce and fetch take from the import of their bundle to a
// handler that is ready, in a fresh process each time, beside a bundle of the AWS clients alone.
// The three take turns, so that what else the machine does falls on all of them.
//
//     npm run bench:cold-start -- [runs of each, default 100]

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundle } from '../build/bundle.ts';
import { environmentNames } from '../shared/contract.ts';

const clientsAlone = 'AWS clients alone';
const entries = {
  [clientsAlone]: 'bench/cold-start-clients.ts',
  produce: 'functions/produce.ts',
  fetch: 'functions/fetch.ts',
};
const runs = Number(process.argv[2] ?? 100);

const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
try {
  const millis = await measure(await bundle(entries));
  const least = median(millis.get(clientsAlone) ?? []);
  console.log(`import to ready, median of ${runs} fresh processes`);
  for (const [name, each] of millis) {
    const time = median(each);
    console.log(`${name.padEnd(20)} ${time.toFixed(1)} ms   ${(time / least).toFixed(2)}`);
  }
} finally {
  await rm(folder, { recursive: true });
}

async function measure(bundles: Awaited<ReturnType<typeof bundle>>) {
  const millis = new Map<string, number[]>(bundles.map(({ name }) => [name, []]));
  for (const { name, contents } of bundles) await writeFile(fileOf(name), contents);
  // The first of each warms the machine's own caches.
  for (let run = 0; run <= runs; run++) {
    for (const [name, each] of millis) {
      const taken = await startOnce(fileOf(name));
      if (run > 0) each.push(taken);
    }
  }
  return millis;
}

function fileOf(name: string): string {
  return join(folder, `${name}.mjs`);
}

/** @returns milliseconds, as the process itself has seen them. */
async function startOnce(file: string): Promise<number> {
  const program = `
    const before = performance.now();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    process.stdout.write(String(performance.now() - before));`;
  const names = Object.values(environmentNames).map((name) => [name, 'x']);
  const env = { ...process.env, ...Object.fromEntries(names), AWS_REGION: 'us-east-1' };
  const args = ['--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return Number(stdout);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
