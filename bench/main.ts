// `npm run bench`: the embedded engine over real HTTP from a second process, each scenario beside a
// bare Node server in the same run. Figures of one run compare; figures of two runs, on a machine
// that others use too, do not: quote the ratios.
//
//     npm run bench -- [seconds a measurement, default 5]

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { residentProducersMax } from '../shared/limits.ts';
import { noOperations, type Operations } from '../shared/store/counted.ts';
import { runLoad } from './load.ts';
import {
  fetchRequest,
  fetchScenario,
  oneRecordRequests,
  produceScenario,
  type Scenario,
} from './scenarios.ts';
import { type Server, startServer } from './servers.ts';
import { headLine, type Row, rowLine } from './table.ts';

const seconds = Number(process.argv[2] ?? 5);
const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const engine = await startServer('engine-server.ts', join(directory, 'engine'));
const bare = await startServer('bare-server.ts', directory);

try {
  await createBenchTopic();
  console.log(headLine);
  await measure(
    produceScenario('1 record of 1 KB', { connections: 256, records: 1, bytes: 1_000 }),
  );
  await measure(
    produceScenario('1,000 records of 100 B', { connections: 8, records: 1_000, bytes: 100 }),
  );
  await measure(
    produceScenario('1,000 records of 1 KB', { connections: 8, records: 1_000, bytes: 1_000 }),
  );
  const raw = { connections: 8, records: 1_000, raw: true };
  await measure(produceScenario('raw batch of 100 KB', { ...raw, bytes: 100 }));
  await measure(produceScenario('raw batch of 1 MB', { ...raw, bytes: 1_000 }));
  await measureStamps();
  await measureFetches();
  await measureHotPartition();
  const { memoryPeakBytes } = await engine.report();
  console.log(`peak memory of the engine: ${(memoryPeakBytes / 2 ** 20).toFixed(0)} MiB`);
} finally {
  await engine.stop();
  await bare.stop();
  await rm(directory, { recursive: true });
}

async function createBenchTopic(): Promise<void> {
  const body = Buffer.from('{"topic_name":"bench"}');
  const url = `http://127.0.0.1:${engine.port}/v3/clusters/sluice/topics`;
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(await answer.text());
}

async function measure(scenario: Scenario): Promise<void> {
  const { connections } = scenario;
  const first = await measureOn(engine, { ...scenario, request: scenario.engine });
  console.log(rowLine({ ...first, name: scenario.name, scenario }));
  for (const { name, request } of scenario.bare) {
    const other = await measureOn(bare, { connections, request: () => request });
    console.log(rowLine({ ...other, name: `  ${name}`, scenario, against: first }));
  }
}

/** What a stamp adds to an append: plain and stamped ones in turn, of as many producers as a head
 * always keeps, since a pair of measurements that stand side by side says more than two
 * averages. */
async function measureStamps(): Promise<void> {
  const pairs = 11;
  const ratios: number[] = [];
  const load = { port: engine.port, connections: residentProducersMax, seconds: seconds / 3 };
  for (let pair = 0; pair <= pairs; pair++) {
    const p50 = { plain: 0, stamped: 0 };
    const kinds =
      pair % 2 === 0 ? (['plain', 'stamped'] as const) : (['stamped', 'plain'] as const);
    for (const kind of kinds) {
      const request = oneRecordRequests(kind, 1_000 * (pair + 1));
      p50[kind] = (await runLoad({ ...load, request })).millis.p50;
    }
    // The first pair is the warm-up.
    if (pair > 0) ratios.push(p50.stamped / p50.plain);
  }
  const [median = 0] = ratios.toSorted((one, other) => one - other).slice(Math.floor(pairs / 2));
  const all = ratios.map((ratio) => ratio.toFixed(2)).join(' ');
  console.log(`p50 of a stamped append / of a plain one: ${median.toFixed(3)} (of ${all})`);
}

/** At the tail the same megabyte is read again and again; old data is read where no cache has
 * it. */
async function measureFetches(): Promise<void> {
  const end = await endOffset();
  const tail = Math.max(end - 900, 0);
  const once = await runLoad(oneFetch(tail));
  const answerBytes = once.answeredBytes / once.requests;
  await measure(
    fetchScenario('fetch at the tail', { connections: 8, offset: () => tail, answerBytes }),
  );
  let seed = 1;
  const anywhere = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed % Math.max(end - 2_000, 1);
  };
  const old = await runLoad({
    ...oneFetch(0),
    seconds: 1,
    request: () => fetchRequest(anywhere()),
  });
  const oldBytes = Math.round(old.answeredBytes / old.requests);
  await measure(
    fetchScenario('fetch of old data', { connections: 8, offset: anywhere, answerBytes: oldBytes }),
  );
}

function oneFetch(offset: number) {
  return { port: engine.port, connections: 1, seconds: 0.2, request: () => fetchRequest(offset) };
}

async function endOffset(): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${engine.port}/topics/bench/partitions/0/offsets`);
  return ((await answer.json()) as { end_offset: number }).end_offset;
}

/** 200 producers on one partition for ten seconds: the head refuses none of them, no offset is
 * missing, and they share PUTs. */
async function measureHotPartition(): Promise<void> {
  const shape = { connections: 200, records: 1, bytes: 100 };
  const scenario = produceScenario('200 producers, 1 partition', shape);
  const endBefore = await endOffset();
  const before = await engine.report();
  const load = { connections: 200, request: scenario.engine, port: engine.port };
  const measured = await runLoad({ ...load, seconds: 2 * seconds });
  const after = await engine.report();
  const operations = difference(before.operations, after.operations);
  const serverCpu = (after.cpuMicros - before.cpuMicros) / measured.requests;
  console.log(rowLine({ name: scenario.name, scenario, measured, serverCpu, operations }));
  const appended = (await endOffset()) - endBefore;
  const refusals = operations?.tableRefusals;
  console.log(`  ${measured.requests} answered, ${appended} offsets, ${refusals} writes refused`);
}

async function measureOn(
  server: Server,
  load: { readonly connections: number; readonly request: (number: number) => Buffer },
): Promise<Pick<Row, 'measured' | 'serverCpu' | 'operations'>> {
  await runLoad({ ...load, port: server.port, seconds: seconds / 5 });
  const before = await server.report();
  const measured = await runLoad({ ...load, port: server.port, seconds });
  const after = await server.report();
  const serverCpu = (after.cpuMicros - before.cpuMicros) / measured.requests;
  return { measured, serverCpu, operations: difference(before.operations, after.operations) };
}

function difference(before?: Operations, after?: Operations): Operations | undefined {
  if (before === undefined || after === undefined) return undefined;
  const grown = noOperations();
  for (const name of Object.keys(grown) as (keyof Operations)[]) {
    grown[name] = after[name] - before[name];
  }
  return grown;
}
