// `npm start`: the whole engine on this machine. The process's own words, signals and end are here.

import { readOptions } from './options.ts';
import { serve } from './serve.ts';

const read = readOptions(process.argv.slice(2), process.env);
if (read.kind === 'help') {
  console.log(read.text);
} else if (read.kind === 'fault') {
  fail(`${read.text}\n(npm start -- --help lists the flags)`);
} else {
  const words = { say: (text: string) => console.log(text), warn };
  await serve(read.options, interrupted, words).then(
    () => process.exit(0),
    (error: Error) => fail(error.message),
  );
}

/** Asked twice, it ends at once. */
function interrupted(): Promise<unknown> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

function warn(message: string): void {
  console.error(`sluice: ${message}`);
}

function fail(message: string): never {
  warn(message);
  process.exit(1);
}
