// Every view, in light and in dark, on a wide screen and on a narrow one: axe finds nothing
// serious, nothing is wider than the screen, and the keyboard reaches all of it. Asked to, it keeps
// the pictures that docs/ show.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNoFaults, goTo, missing, openBrowser, type Watched } from './browser.ts';
import { commit, type Furnished, startFurnished } from './furnished-engine.ts';
import { pictured, pictureSize } from './pictures.ts';

/** A folder; none: no pictures are made. */
const pictures = process.env['SLUICE_PICTURES'];

/** By the picture's name: a link, its heading, and what is there once it is all there. */
const views = {
  topics: ['', 'Topics', 'shipments'],
  topic: ['#/topics/orders', 'orders', 'cleanup.policy'],
  segments: ['#/topics/orders/0/segments', 'Segments of orders, partition 0', 'Base offset'],
  records: [
    '#/topics/orders/0/records?offset=70&open=77',
    'Records of orders, partition 0',
    'Record 77',
  ],
  search: [
    '#/topics/orders/0/records?offset=0&text=needle&open=77',
    'Records of orders, partition 0',
    'Record 77',
  ],
  produce: ['#/topics/orders/produce', 'Produce a record to orders', 'Empty: now.'],
  groups: ['#/groups', 'Groups', 'billing'],
  group: ['#/groups/billing', 'billing', 'orders-0, orders-1, orders-2'],
  subscriptions: ['#/subscriptions', 'Subscriptions', 'lambda: ship-orders'],
  subscription: ['#/subscriptions/shipping', 'shipping', 'Set valves'],
  'dead-letters': [
    '#/subscriptions/shipping/dead-letters',
    'Dead letters of shipping',
    'shipments-0 at 1',
  ],
} as const;

const schemes = ['light', 'dark'] as const;

describe.skipIf(missing !== undefined)(`pages${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let furnished: Furnished;
  let browser: Watched;

  beforeAll(async () => {
    furnished = await startFurnished();
    browser = await openBrowser(furnished.url);
    if (pictures !== undefined) await mkdir(pictures, { recursive: true });
  });

  afterAll(async () => {
    await browser.close();
    await furnished.engine.stop();
  });

  test.each(Object.entries(views))('%s', async (name, [hash, heading, last]) => {
    const { page } = browser;
    await page.goto('about:blank');
    await goTo(page, furnished.url, hash, heading);
    await page.getByText(last).first().waitFor();
    if (name === 'group') await page.locator('.plot canvas').waitFor();
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await expectNoFaults(page, `${name}, ${colorScheme}`);
      await takePicture(name, colorScheme);
    }
    await page.setViewportSize({ width: 360, height: 740 });
    const isWider = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
    expect(await page.evaluate(isWider), `${name} is wider than the screen`).toBe(false);
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(browser.complaints()).toEqual([]);
  });

  test('the keyboard goes past the frame, and a new view is read from its heading', async () => {
    const { page } = browser;
    await page.goto('about:blank');
    await goTo(page, furnished.url, '#/groups', 'Groups');
    await page.getByRole('link', { name: 'billing' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused(), 'the first of the content').toBe('INPUT');
    await page.getByRole('link', { name: 'Topics' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Topics' }).waitFor();
    expect(await focused()).toBe('Topics');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    expect(await page.title()).toBe('Topics · Sluice');
  });

  test('the reader says light or dark, and what the page costs is said', async () => {
    const { page } = browser;
    await page.emulateMedia({ colorScheme: 'light' });
    await goTo(page, furnished.url, '#/topics', 'Topics');
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await background()).toBe('rgb(255, 255, 255)');
    await page.getByLabel('Theme').selectOption('dark');
    expect(await background()).toBe('rgb(20, 24, 29)');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Topics' }).waitFor();
    expect(await background()).toBe('rgb(20, 24, 29)');
    await page.getByLabel('Theme').selectOption('system');
    await page.getByText(/^Live · \d+ requests in the last minute$/).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText(/^Paused · \d+ requests/).waitFor();
  });

  const takePicture = async (name: string, colorScheme: string) => {
    const { page } = browser;
    const picture = `${name}-${colorScheme}`;
    if (pictures === undefined || !pictured.includes(picture)) return;
    if (name === 'group') {
      // A lag that falls says more than one that does not.
      await commit(furnished.url, 109);
      await page.getByText('it has fallen, from 20 to 10').waitFor();
    }
    await page.setViewportSize(pictureSize);
    await page.screenshot({ path: join(pictures, `${picture}.png`) });
    await page.setViewportSize({ width: 1280, height: 900 });
  };

  const focused = () =>
    browser.page.evaluate('document.activeElement.textContent || document.activeElement.tagName');
});
