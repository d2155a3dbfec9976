// The console as its readers have it, in a browser, over an engine: they browse, look for
// something, produce, watch a lag fall and put a dead letter back. Nothing is waited for but what
// the page shows.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, caughtUp, until } from '../local/subscriptions.ts';
import { goTo, missing, openBrowser, type Watched } from './browser.ts';
import { shipped, strikes } from './functions/ship-orders.ts';
import { commit, dangerous, type Furnished, startFurnished } from './furnished-engine.ts';

describe.skipIf(missing !== undefined)(`pages${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let furnished: Furnished;
  let browser: Watched;

  beforeAll(async () => {
    furnished = await startFurnished();
    browser = await openBrowser(furnished.url);
  });

  afterAll(async () => {
    await browser.close();
    await furnished.engine.stop();
  });

  test('from all topics to a record, whole', async () => {
    const { page } = browser;
    await goTo(page, furnished.url, '', 'Topics');
    await page.getByRole('row', { name: /^orders 3 123 / }).waitFor();
    await page.getByRole('link', { name: 'orders' }).click();
    await page.getByRole('heading', { level: 1, name: 'orders' }).waitFor();
    await page.getByRole('link', { name: 'Browse partition 0' }).click();
    await page.getByText('50 records. The log holds offsets 0 to 120.').first().waitFor();
    await page.getByRole('link', { name: 'Previous' }).click();
    await page.getByRole('link', { name: '20', exact: true }).waitFor();
    await page.getByRole('link', { name: '21', exact: true }).click();
    await page.getByRole('heading', { name: 'Record 21' }).waitFor();
    const value = page.getByRole('region', { name: /^Value/ });
    expect(await value.locator('pre').textContent()).toBe(
      '{\n  "id": 21,\n  "item": "hay",\n  "total": 9007199254740993\n}',
    );
    await value.getByRole('radio', { name: 'Hex' }).check();
    expect(await value.locator('pre').textContent()).toMatch(/^00000000 {2}7b 22 69 64 22/);
    await page.getByRole('heading', { name: 'Header source' }).waitFor();
    // Its link leads to it, from nothing.
    const link = await page.getByRole('link', { name: 'Link to this record' }).getAttribute('href');
    await page.goto('about:blank');
    await page.goto(`${furnished.url}/console${link}`);
    await page.getByRole('heading', { name: 'Record 21' }).waitFor();
    expect(browser.complaints()).toEqual([]);
  });

  test('a needle is found, by text and by key', async () => {
    const { page } = browser;
    await goTo(page, furnished.url, '#/topics/orders/0/records', 'Records of orders, partition 0');
    await page.getByLabel('Any text holds').fill('NEEDLE');
    await page.getByRole('button', { name: 'Read', exact: true }).click();
    await page.getByText('1 record found among 120 records.').first().waitFor();
    await page.getByRole('link', { name: '77', exact: true }).waitFor();
    await page.getByLabel('Any text holds').fill('');
    await page.getByLabel('Key holds').fill('customer-3');
    await page.getByRole('button', { name: 'Read', exact: true }).click();
    await page.getByText('17 records found among 120 records.').first().waitFor();
    expect(browser.complaints()).toEqual([]);
  });

  test('what a record holds is text, whatever it is', async () => {
    const { page } = browser;
    await goTo(
      page,
      furnished.url,
      '#/topics/orders/1/records?offset=0&open=0',
      'Records of orders, partition 1',
    );
    const value = page.getByRole('region', { name: /^Value/ });
    await value.waitFor();
    expect(await value.locator('pre').textContent()).toBe(JSON.stringify(dangerous));
    expect(await page.locator('main img, main script').count()).toBe(0);
    await page.getByText('tombstone').first().waitFor();
    await page.goto(`${furnished.url}/console#/topics/orders/2/records?offset=0&open=0`);
    await page.getByRole('heading', { name: 'Records of orders, partition 2' }).waitFor();
    await page.getByText(/^00000000 {2}f0 f1 f2/).waitFor();
    expect(browser.complaints()).toEqual([]);
  });

  test('a record that is produced by hand is there', async () => {
    const { page } = browser;
    await goTo(page, furnished.url, '#/topics/refused/produce', 'Produce a record to refused');
    await page.getByRole('textbox', { name: 'Key' }).fill('k1');
    await page.getByRole('textbox', { name: 'Value' }).fill('{"by": "hand"');
    await page.getByRole('button', { name: 'Produce' }).click();
    await page.getByText('It is no JSON.').waitFor();
    await page.getByRole('textbox', { name: 'Value' }).fill('{"by": "hand"}');
    await page.getByRole('button', { name: 'Add a header' }).click();
    await page.getByLabel('Name of header 1').fill('who');
    await page.getByRole('textbox', { name: 'Value of header 1' }).fill('me');
    await page.getByLabel('Time').fill('2026-01-31T12:00:00Z');
    await page.getByRole('button', { name: 'Produce' }).click();
    await page.getByRole('link', { name: /^partition 0, offset \d+$/ }).click();
    await page.getByRole('heading', { name: /^Record \d+$/ }).waitFor();
    await page.getByText('2026-01-31T12:00:00.000Z').first().waitFor();
    await page.getByRole('heading', { name: 'Header who' }).waitFor();
    expect(browser.complaints()).toEqual([]);
  });

  test('a record whose answer is cut off is sent again, and stored once', async () => {
    const { page } = browser;
    await goTo(page, furnished.url, '#/topics/refused/produce', 'Produce a record to refused');
    const end = async () =>
      (await ask(furnished.url, 'GET /topics/refused/partitions/0/offsets')).json.end_offset;
    const before = await end();
    await page.getByRole('textbox', { name: 'Value' }).fill('{"is": "once"}');
    const path = '**/topics/refused';
    await page.route(path, async (route) => {
      await route.fetch();
      await route.fulfill({ contentType: 'application/json', body: '{"offsets"' });
    });
    await page.getByRole('button', { name: 'Produce' }).click();
    await page.getByText('It may be sent again: it is stored once.').waitFor();
    await page.unroute(path);
    // Also when the page is loaded again.
    await page.reload();
    await page.getByText('Nobody knows whether this record was stored.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Value' }).inputValue()).toBe('{"is": "once"}');
    await page.getByRole('button', { name: 'Produce' }).click();
    await page.getByRole('link', { name: `partition 0, offset ${before}` }).waitFor();
    expect(await end()).toBe(before + 1);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    expect(browser.complaints()).toEqual([]);
  });

  test('a lag is seen to fall', async () => {
    const { page } = browser;
    await goTo(page, furnished.url, '#/groups', 'Groups');
    await page.getByRole('link', { name: 'billing' }).click();
    await page.getByRole('heading', { level: 1, name: 'billing' }).waitFor();
    await page.getByRole('row', { name: /^orders .* 100 120 20 / }).waitFor();
    await page.getByText('it is as it was, from 20 to 20').waitFor();
    await page.locator('.plot canvas').waitFor();
    await page.getByRole('row', { name: /^till .*orders-0, orders-1, orders-2$/ }).waitFor();
    await commit(furnished.url, 119);
    // Looked for by itself, some seconds later.
    await page.getByText('it has fallen, from 20 to 0').waitFor();
    await page.getByText('Lag over time, as a table').click();
    const table = page.getByRole('table', { name: 'Lag over time' });
    expect(await table.getByRole('row').nth(1).textContent()).toMatch(/Z0$/);
    expect(browser.complaints()).toEqual([]);
  });

  test('more subscriptions than a reply holds are paged through', async () => {
    const { page, context } = browser;
    const { json: one } = await ask(furnished.url, 'GET /subscriptions/shipping');
    const names = ['a', 'b', 'c'];
    const asked = /\/subscriptions\b/;
    // Each reply holds one of three.
    await context.route(asked, (route) => {
      const { pathname, searchParams } = new URL(route.request().url());
      const described = pathname.split('/')[2];
      if (described !== undefined) return route.fulfill({ json: { ...one, name: described } });
      const [name, ...more] = names.filter((other) => other > (searchParams.get('after') ?? ''));
      const subscriptions = [{ ...one, name }];
      return route.fulfill({ json: { subscriptions, next: more.length > 0 ? name : null } });
    });
    await goTo(page, furnished.url, '#/subscriptions', 'Subscriptions');
    const rows = page.getByRole('table', { name: 'Subscriptions' }).getByRole('rowheader');
    const next = page.getByRole('link', { name: 'Next subscriptions' });
    for (const name of names) {
      await rows.getByText(name, { exact: true }).waitFor();
      expect(await rows.count()).toBe(1);
      if (name !== 'c') await next.click();
    }
    expect(await next.count()).toBe(0);
    await page.getByLabel('Find a subscription').fill('a');
    await page.getByText('None of these subscriptions is called so.').waitFor();
    await page.getByRole('link', { name: 'First subscriptions' }).click();
    await rows.getByText('a', { exact: true }).waitFor();
    // Or the page asks the engine for those that it does not have.
    await page.goto('about:blank');
    await context.unroute(asked);
    expect(browser.complaints()).toEqual([]);
  });

  test('a subscription is paused, resumed and slowed down', async () => {
    const { page } = browser;
    await goTo(page, furnished.url, '#/subscriptions', 'Subscriptions');
    await page
      .getByRole('row', { name: /^shipping shipments lambda: ship-orders running 0$/ })
      .waitFor();
    await page.getByRole('link', { name: 'shipping' }).click();
    await page.getByRole('button', { name: 'Pause deliveries' }).click();
    await page.getByRole('status').getByText('shipping is paused.').waitFor();
    await page.getByRole('button', { name: 'Resume deliveries' }).click();
    await page.getByRole('button', { name: 'Pause deliveries' }).waitFor();
    await page.getByLabel('Records a second').fill('0');
    await page.getByText('A number above 0, or nothing for no bound.').waitFor();
    await page.getByLabel('Records a second').fill('1.5');
    await page.getByRole('button', { name: 'Set valves' }).click();
    await page.getByRole('status').getByText('The valves of shipping are set.').waitFor();
    const answer = await fetch(`${furnished.url}/subscriptions/shipping`);
    expect(await answer.json()).toMatchObject({
      max_records_per_second: 1.5,
      max_concurrency: null,
    });
    expect(browser.complaints()).toEqual([]);
  });

  test('a dead letter is looked at and put back', async () => {
    const { page } = browser;
    await goTo(
      page,
      furnished.url,
      '#/subscriptions/shipping/dead-letters',
      'Dead letters of shipping',
    );
    const table = page.getByRole('table', { name: 'Dead letters' });
    await table.getByRole('row', { name: /shipments-0 at 1 .*"parcel":2/ }).waitFor();
    strikes.clear();
    await page.getByLabel('How many').fill('1');
    await page.getByRole('button', { name: 'Put back' }).click();
    await page
      .getByText('1 record put back. There are more: put them back, too.')
      .first()
      .waitFor();
    await page.getByLabel('How many').fill('');
    await page.getByRole('button', { name: 'Put back' }).click();
    await page.getByText('1 record put back. Nothing is left.').first().waitFor();
    await page.getByText('There are none.').waitFor();
    expect(browser.complaints()).toEqual([]);
    await until(() => shipped.length === 2);
    await caughtUp(furnished.url, 'shipping');
    await page.goto(`${furnished.url}/console#/subscriptions/shipping`);
    await page.getByRole('row', { name: /that are next 4 4 0 / }).waitFor();
  });
});
