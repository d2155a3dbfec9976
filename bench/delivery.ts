// `npm run bench:delivery`: how long a record takes from its producer to a function that a
// subscription delivers to, in the embedded engine: 500 appends a second over 16 partitions, each
// sent when its time has come, whether those before it are answered or not.
//
//     npm run bench:delivery -- [seconds, default 10]

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { delaysVariable } from './delivery-function.ts';

const rate = 500;
const partitions = 16;
const warmSeconds = 3;
const seconds = Number(process.argv[2] ?? 10);
const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const delays = join(folder, 'delays');
const agent = new Agent({ keepAlive: true, maxSockets: 128 });
const engine = await startEngine();
try {
  await post('/v3/clusters/sluice/topics', { topic_name: 'bench', partitions_count: partitions });
  const answers = await run('alone');
  await post('/subscriptions', {
    name: 'bench',
    topic: 'bench',
    target: { type: 'lambda', function: 'bench' },
  });
  const answersWith = await run('delivered');
  await setTimeout(1_000);
  const taken = (await readFile(delays, 'utf8')).trim().split('\n').map(Number);
  console.log(`${rate} appends a second of 1 KB over ${partitions} partitions, ${seconds} s`);
  tell('append to its answer, nobody listening', answers);
  tell('append to its answer, delivered', answersWith);
  tell('append to the function', taken.slice(rate * warmSeconds));
  console.log(`delivered ${taken.length} of ${rate * (seconds + warmSeconds)}`);
} finally {
  engine.kill('SIGTERM');
  await once(engine.process, 'close');
  await rm(folder, { recursive: true });
}

async function startEngine() {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const functions = `bench=${path('delivery-function.ts')}`;
  const words = ['--data', join(folder, 'data'), '--port', '0', '--functions', functions];
  const child = spawn(process.execPath, [path('../local/main.ts'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [delaysVariable]: delays },
  });
  const [greeting] = await once(child.stdout.setEncoding('utf8'), 'data');
  const [url = ''] = /http:\/\/\S+/.exec(String(greeting)) ?? [];
  return { process: child, url, kill: (signal: 'SIGTERM') => child.kill(signal) };
}

async function post(path: string, body: unknown): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${engine.url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** @returns milliseconds of each answer, but those of the first seconds. */
async function run(key: string): Promise<readonly number[]> {
  const count = rate * (seconds + warmSeconds);
  const startedAt = performance.now();
  const sent: Promise<number>[] = [];
  while (sent.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - startedAt) * rate) / 1_000));
    while (sent.length < due) sent.push(append(`${key}-${sent.length}`));
    await setTimeout(2);
  }
  return (await Promise.all(sent)).slice(rate * warmSeconds);
}

function append(key: string): Promise<number> {
  const sentAt = performance.now();
  const body = JSON.stringify({ records: [{ key, value: String(Date.now()).padEnd(1_000, '.') }] });
  const headers = {
    'Content-Type': 'application/vnd.kafka.text.v2+json',
    'Content-Length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const sending = request(`${engine.url}/topics/bench`, { method: 'POST', agent, headers });
    sending.on('error', reject);
    sending.on('response', (answer) => {
      answer.resume();
      answer.on('end', () => resolve(performance.now() - sentAt));
    });
    sending.end(body);
  });
}

function tell(what: string, millis: readonly number[]): void {
  const sorted = [...millis].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(1);
  console.log(`${what.padEnd(42)} p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   most ${at(0.9999)} ms`);
}
