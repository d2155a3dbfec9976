// A small sale, during which the engine is killed again and again: every service has every order at
// its end, and none was given more than its valve lets pass.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawSale } from '../../demo/picture.ts';
import { batchRecords, runSale } from '../../demo/sale.ts';
import { serviceNames } from '../../demo/services/ledger.ts';

const orders = 4_000;
const rates = { payment: 1_500, stock: 2_000, notification: 1_000 };

test('an engine that is killed during a sale, and started again, loses nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sale-'));
  const stored: number[] = [];
  try {
    const sale = { orders, rates, folder, burstMillis: 800, kills: 4 };
    const onProgress = (progress: { stored: number }) => stored.push(progress.stored);
    const report = await runSale({ ...sale, onProgress });
    for (const name of serviceNames) {
      const { orders: got, mostInTenSeconds } = report.services[name];
      expect(got, name).toBe(orders);
      expect(mostInTenSeconds, name).toBeLessThanOrEqual(10 * rates[name] + batchRecords);
    }
    expect(stored.at(-1)).toBe(orders);
    const picture = drawSale(report);
    for (const word of ['<svg', 'arrivals', ...serviceNames]) expect(picture).toContain(word);
  } finally {
    await rm(folder, { recursive: true });
  }
});
