// `npm run demo`: a flash sale on this machine. Orders arrive in a burst, three services take them
// at the rate that each of them can bear, and nothing is lost.
//
//     npm run demo -- [--orders 50000] [--kills 0] [--picture flash-sale.svg]

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawSale } from './picture.ts';
import { batchRecords, type Progress, runSale, type SaleReport } from './sale.ts';
import { type ServiceName, serviceNames } from './services/ledger.ts';

const rates = { payment: 2_500, stock: 4_000, notification: 1_500 } as const;
const burstMillis = 4_000;

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '50000' },
    kills: { type: 'string', default: '0' },
    picture: { type: 'string', default: 'flash-sale.svg' },
  },
});
const orders = numberOf('orders', values.orders);
const kills = numberOf('kills', values.kills);
const folder = await mkdtemp(join(tmpdir(), 'sluice-sale-'));
try {
  console.log(`${orders} orders in ${burstMillis / 1_000} s; ${serviceNames.map(said).join(', ')}`);
  const report = await runSale({ orders, burstMillis, rates, kills, folder, onProgress });
  await writeFile(values.picture, drawSale(report));
  if (!tell(report)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

function numberOf(flag: string, text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new Error(`--${flag} must be a number, not ${text}`);
}

function said(name: ServiceName): string {
  return `${name} takes ${rates[name]} a second`;
}

function onProgress({ seconds, stored, done }: Progress): void {
  const parts = serviceNames.map((name) => `${name} ${bar(done[name])} ${done[name]}`);
  console.log(`${String(seconds).padStart(4)} s   stored ${stored}   ${parts.join('   ')}`);
}

function bar(done: number): string {
  const filled = Math.round((10 * done) / Math.max(1, orders));
  return '█'.repeat(filled).padEnd(10, '·');
}

/** @returns whether all is as it should be. */
function tell({ services, sentAgain, p99Alone, p99 }: SaleReport): boolean {
  console.log(`\nproducers: p99 ${p99.toFixed(0)} ms (${p99Alone.toFixed(0)} ms with nobody`);
  console.log(`listening), ${sentAgain} requests sent again\n`);
  let isWell = true;
  for (const name of serviceNames) {
    const { orders: got, repeated, mostInTenSeconds } = services[name];
    const bound = 10 * rates[name] + batchRecords;
    isWell &&= got === orders && mostInTenSeconds <= bound;
    const lost = got === orders ? 'nothing lost' : `${orders - got} LOST`;
    const most = `at most ${mostInTenSeconds} in 10 s (its valve lets ${bound} pass)`;
    console.log(`${name.padEnd(13)}${got} orders, ${lost}, ${repeated} given again, ${most}`);
  }
  console.log(`\nThe picture is in ${values.picture}.`);
  return isWell;
}
