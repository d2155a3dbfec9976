// A browser with nothing of anybody's in it, that asks nobody but the engine: what it asks besides,
// and what it complains of, a test is told.

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Debian's. */
const executablePath = process.env['SLUICE_CHROMIUM'] ?? '/usr/bin/chromium';

/** undefined: there is a browser. Else why nothing of pages is tested here. */
export const missing = existsSync(executablePath)
  ? undefined
  : `there is no Chromium at ${executablePath}: apt-get install chromium, or say SLUICE_CHROMIUM`;

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Whatever it may still want to ask is found nowhere.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

export type Watched = {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What it complained of, and asked elsewhere, since the last time. */
  readonly complaints: () => readonly string[];
  readonly close: () => Promise<void>;
};

/** @param url of the engine. */
export async function openBrowser(url: string): Promise<Watched> {
  const profile = await mkdtemp(join(tmpdir(), 'sluice-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: quiet,
    viewport: { width: 1280, height: 900 },
  });
  const complaints: string[] = [];
  const page = context.pages()[0] ?? (await context.newPage());
  context.on('request', (request) => {
    const to = request.url();
    const isOwn = to.startsWith(`${url}/`) || /^(data|blob|about|chrome):/.test(to);
    if (!isOwn) complaints.push(`asks ${to}`);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return {
    context,
    page,
    complaints: () => complaints.splice(0),
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** What axe finds on the page that is serious, or worse, and where. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => {
    const there = globalThis as unknown as { readonly axe: typeof axe };
    return there.axe.run({ resultTypes: ['violations'] });
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
    );
}

/** Goes to a place of the console, and waits for its heading. */
export async function goTo(page: Page, url: string, hash: string, heading: string): Promise<void> {
  await page.goto(`${url}/console${hash}`);
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
}

export async function expectNoFaults(page: Page, what: string): Promise<void> {
  expect(await faultsOf(page), what).toEqual([]);
}
