// npm run sim -- --seeds N --seed S [--mutant name] [--verbose]
// Runs the seeds S to S + N - 1 and says what it found. Ends with 1 when an invariant did not hold.

import { parseArgs } from 'node:util';
import { buildSimulation } from './build.ts';
import { mutantNamed } from './mutants.ts';
import type { Report } from './simulate.ts';

const excerptLines = 40;
/** So many broken runs are shown; after them the rest is not run. */
const brokenRunsMax = 5;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    mutant: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed);
const count = Number(values.seeds);
const patches = values.mutant === undefined ? [] : mutantNamed(values.mutant).patches;
const { simulate } = await buildSimulation(patches);

const trace = values.verbose
  ? (label: string, value: unknown) => console.log(`        ${label} ${said(value)}`)
  : undefined;

const total = { runs: 0, storeCalls: 0, operations: 0, records: 0, broken: 0 };
const began = process.hrtime.bigint();
const { user: before } = process.cpuUsage();
for (let seed = first; seed < first + count && total.broken < brokenRunsMax; seed++) {
  const report = await simulate(seed, trace);
  total.runs++;
  total.storeCalls += report.storeCalls;
  total.operations += report.operations;
  total.records += report.records;
  if (values.verbose) console.log(report.lines().join('\n'));
  if (report.violations.length > 0) {
    total.broken++;
    show(report);
  }
}
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
const coreSeconds = (process.cpuUsage().user - before) / 1e6;

const { runs, broken } = total;
const rate = (runs / seconds).toFixed(0);
const coreRate = (runs / coreSeconds).toFixed(0);
console.log(
  `${runs} seeds from ${first}: ${broken} broken; ${rate} runs/s, ${coreRate} a second of one core`,
);
const perRun = (events: number) => (events / runs).toFixed(1);
console.log(
  `a run: ${perRun(total.operations)} client operations, ` +
    `${perRun(total.storeCalls)} store calls, ` +
    `${perRun(total.records)} records stored`,
);
process.exitCode = broken > 0 ? 1 : 0;

function show({ seed, violations, lines }: Report): void {
  console.log(`seed ${seed}:`);
  for (const violation of violations.slice(0, 10)) console.log(`  ${violation}`);
  if (values.verbose) return;
  for (const line of excerpt(lines(), violations)) console.log(`    ${line}`);
  console.log(`  the whole of it: npm run sim -- --seed ${seed} --seeds 1 --verbose`);
}

/** The lines that speak of what the violations speak of. */
function excerpt(lines: readonly string[], violations: readonly string[]): readonly string[] {
  const words = new Set(
    violations.slice(0, 3).flatMap((text) => text.match(/\bc\d+\.\d+\b/g) ?? []),
  );
  const places = violations.slice(0, 3).flatMap((text) => text.match(/\b[a-z]+-\d\b/g) ?? []);
  const about = [...(words.size > 0 ? words : places)].map((word) => new RegExp(`\\b${word}\\b`));
  const found = lines.filter((line) => line.includes('**') || about.some((one) => one.test(line)));
  return found.slice(-excerptLines);
}

function said(value: unknown): string {
  return (
    JSON.stringify(value, (_, part) =>
      part?.type === 'Buffer' || part instanceof Uint8Array
        ? `<${part.length ?? part.data.length}>`
        : part,
    ) ?? ''
  );
}
