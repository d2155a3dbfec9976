// What goes wrong for the readers of the console, in a browser, and what they are told of it: the
// engine's answers make no sense, are of another time, or are missing.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import { createTopic, produce } from '../local/conversation.ts';
import { goTo, missing, openBrowser, type Watched } from './browser.ts';

describe.skipIf(missing !== undefined)(`pages${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let engine: Embedded;
  let url: string;
  let browser: Watched;

  beforeAll(async () => {
    engine = await startEmbedded({
      host: '127.0.0.1',
      port: 0,
      allowedHosts: [],
      stores: { kind: 'memory' },
    });
    url = `http://127.0.0.1:${engine.port}`;
    browser = await openBrowser(url);
  });

  afterAll(async () => {
    await browser.close();
    await engine.stop();
  });

  test('a view that throws says so, and one goes elsewhere and comes back', async () => {
    const { page } = browser;
    const topics = '**/v3/clusters/sluice/topics';
    await page.route(topics, (route) => route.fulfill({ json: {} }));
    await goTo(page, url, '', 'This cannot be shown');
    await page.getByRole('link', { name: 'Groups' }).click();
    await page.getByText('There are no groups yet.').waitFor();
    expect(await page.getByText('This cannot be shown').count()).toBe(0);
    await page.getByRole('link', { name: 'Topics' }).click();
    await page.getByText('This cannot be shown').waitFor();
    await page.unroute(topics);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('There are no topics yet.').waitFor();
    expect(browser.complaints()).toEqual([]);
  });

  test('a record that is nested ever so deep is text', async () => {
    const { page } = browser;
    await createTopic(url, 'deep');
    const nested = '['.repeat(20_000) + ']'.repeat(20_000);
    const value = Buffer.from(nested).toString('base64');
    await produce(url, 'topics/deep', [{ value }], 'application/vnd.kafka.binary.v2+json');
    await goTo(page, url, '#/topics/deep/0/records?open=0', 'Records of deep, partition 0');
    const shown = page.getByRole('region', { name: /^Value/ });
    expect(await shown.getByRole('radio', { name: 'Text' }).isChecked()).toBe(true);
    expect(await shown.getByRole('radio', { name: 'JSON' }).isDisabled()).toBe(true);
    expect(await shown.locator('pre').textContent()).toBe(nested);
    await page.getByRole('link', { name: 'Groups' }).click();
    await page.getByRole('heading', { level: 1, name: 'Groups' }).waitFor();
    expect(browser.complaints()).toEqual([]);
  });

  test('the newest of large records are shown, and each one before them', async () => {
    const { page } = browser;
    await createTopic(url, 'large');
    const records = [{ value: Buffer.alloc(400_000, 'x').toString('base64') }];
    for (let count = 0; count < 12; count++) {
      await produce(url, 'topics/large', records, 'application/vnd.kafka.binary.v2+json');
    }
    await goTo(page, url, '#/topics/large/0/records', 'Records of large, partition 0');
    for (const oldest of [8, 4, 0]) {
      await page.getByText('4 records. The log holds offsets 0 to 12.').first().waitFor();
      const offsets = page.getByRole('table', { name: 'Records' }).getByRole('rowheader');
      await offsets.getByText(String(oldest), { exact: true }).waitFor();
      expect(await offsets.allTextContents()).toEqual(
        Array.from({ length: 4 }, (_, index) => String(oldest + index)),
      );
      if (oldest > 0) await page.getByRole('link', { name: 'Previous' }).click();
    }
    await page.getByRole('link', { name: '2', exact: true }).click();
    await page.getByRole('heading', { name: 'Record 2' }).waitFor();
    expect(browser.complaints()).toEqual([]);
  });

  test('of a topic that is gone nothing is shown, and one that is made anew is', async () => {
    const { page } = browser;
    await createTopic(url, 'brief', 2);
    await goTo(page, url, '#/topics/brief', 'brief');
    await page.getByRole('link', { name: 'Browse partition 1' }).waitFor();
    await page.getByText('cleanup.policy').waitFor();
    await fetch(`${url}/v3/clusters/sluice/topics/brief`, { method: 'DELETE' });
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.locator('main .fault').waitFor();
    for (const name of ['Partitions', 'Settings']) {
      await page.getByRole('table', { name }).waitFor({ state: 'detached' });
    }
    await createTopic(url, 'brief');
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('link', { name: 'Browse partition 0' }).waitFor();
    await page.getByText('cleanup.policy').waitFor();
    expect(await page.getByRole('link', { name: 'Browse partition 1' }).count()).toBe(0);
    expect(browser.complaints().every((one) => /status of 404/.test(one))).toBe(true);
  });

  test('dead letters are paged through, as far as the engine tells them', async () => {
    const { page, context } = browser;
    const letters = Array.from({ length: 130 }, (_, index) => ({
      ...{ partition: 0, offset: index, source_topic: 'orders', source_partition: 0 },
      ...{ source_offset: index, attempts: 3, reason: 'it throws', failed_at: 0, timestamp: 0 },
      ...{ key: null, value: null },
    }));
    const asked = /\/dead-letters\?/;
    await context.route(asked, (route) => {
      const limit = Number(new URL(route.request().url()).searchParams.get('limit'));
      return route.fulfill({ json: { dead_letters: letters.slice(0, limit) } });
    });
    await goTo(page, url, '#/subscriptions/billing/dead-letters', 'Dead letters of billing');
    for (const first of [0, 25, 50, 75]) {
      await page.getByRole('link', { name: `orders-0 at ${first}`, exact: true }).waitFor();
      const cut = page.getByText('There may be more.');
      expect(await cut.count()).toBe(first === 75 ? 1 : 0);
      if (first < 75) await page.getByRole('link', { name: 'Next' }).click();
    }
    await page.getByRole('link', { name: 'Previous' }).click();
    await page.getByRole('link', { name: 'orders-0 at 50', exact: true }).waitFor();
    await page.goto('about:blank');
    await context.unroute(asked);
    expect(browser.complaints()).toEqual([]);
  });
});
