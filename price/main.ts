// `npm run price`: what a workload costs in a month, item by item, and what others ask for it. What
// it uses is counted while the engine runs a sample of it, over stores in memory and in virtual
// time; nothing leaves this machine.
//
//     npm run price -- --sends 2000 --records 100 --busy-hours 1

import { answerTo } from './answer.ts';
import { readPriceOptions } from './options.ts';

const read = readPriceOptions(process.argv.slice(2), process.env);
if (read.kind === 'help') {
  console.log(read.text);
} else if (read.kind === 'fault') {
  console.error(`${read.text}\n(npm run price -- --help lists the flags)`);
  process.exitCode = 1;
} else {
  console.log(await answerTo(read.options));
}
