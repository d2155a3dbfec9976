// `npm run keys`: API keys, at the table that keeps them. So the first one is made, which nobody
// can ask for who has none. A secret is the one thing on standard output; what is for people goes
// to standard error. It ends with 0 if it is done, 1 if what is asked for cannot be, and 3 if it
// could not be done, or nobody knows.

import { EngineError } from '../shared/errors.ts';
import { askKeys } from './ask-keys.ts';
import { type KeysOptions, readKeysOptions } from './keys-options.ts';
import { reasonOf } from './reasons.ts';

const exitCodes = { refused: 1, failed: 3 } as const;

process.on('uncaughtException', (error) => fail(error));

const read = readKeysOptions(process.argv.slice(2), process.env);
if (read.kind === 'help') console.log(read.text);
else if (read.kind === 'fault') fail(`${read.text}\n(npm run keys -- --help says more)`);
else await run(read.options);

async function run(options: KeysOptions): Promise<void> {
  const said = await askKeys(options);
  const out = options.isJson ? JSON.stringify(said.document, undefined, 2) : said.lines.join('\n');
  if (out !== '') process.stdout.write(`${out}\n`);
  if (said.note !== undefined) console.error(`keys: ${said.note}`);
}

function fail(reason: Error | string): never {
  console.error(`keys: ${reason instanceof Error ? reasonOf(reason) : reason}`);
  const isRefusal = reason instanceof EngineError && reason.outcome === 'definite';
  process.exit(isRefusal ? exitCodes.refused : exitCodes.failed);
}
