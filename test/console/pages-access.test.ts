// Who calls: where the engine wants to know it, the page asks, and keeps what it is told to itself.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import { runKeys } from '../local/child-programs.ts';
import { expectNoFaults, goTo, missing, openBrowser, type Watched } from './browser.ts';

describe.skipIf(missing !== undefined)(`pages${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let directory: string;
  let engine: Embedded;
  let url: string;
  let browser: Watched;
  let id: string;
  let secret: string;
  const asked: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-console-'));
    const made = await runKeys('create', '--principal', 'User:admin', '--data', directory);
    [id = '', secret = ''] = made.out.trim().split('.');
    engine = await startEmbedded({
      host: '127.0.0.1',
      port: 0,
      allowedHosts: [],
      stores: { kind: 'directory', directory },
      access: { callers: { kind: 'api-keys' }, acls: undefined },
    });
    url = `http://127.0.0.1:${engine.port}`;
    browser = await openBrowser(url);
    browser.page.on('request', (request) => asked.push(request.url()));
  });

  afterAll(async () => {
    await browser.close();
    await engine.stop();
    await rm(directory, { recursive: true });
  });

  const signIn = async (typed: string) => {
    const { page } = browser;
    await page.getByLabel('Key id').fill(id);
    await page.getByLabel('Secret').fill(typed);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };

  test('the page asks for a key, and asks again when it is none', async () => {
    const { page } = browser;
    await goTo(page, url, '#/groups', 'Sign in');
    await page.getByText('The engine wants to know who calls.').waitFor();
    await expectNoFaults(page, 'sign in');
    await signIn('wrong');
    await page.getByText('The engine does not know these credentials').waitFor();
    await signIn(secret);
    await page.getByRole('heading', { level: 1, name: 'Groups' }).waitFor();
    await page.getByText('There are no groups yet.').waitFor();
    const refusals = browser.complaints();
    expect(
      refusals.every((one) => /status of 401/.test(one)),
      String(refusals),
    ).toBe(true);
  });

  test('it is nowhere but in a header', async () => {
    const { page } = browser;
    const kept = await page.evaluate(
      'JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])',
    );
    expect(kept).not.toContain(secret);
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter((one) => one.includes(secret) || one.includes(id))).toEqual([]);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  });

  test('the tab remembers it when it is asked to, until one signs out', async () => {
    const { page } = browser;
    await page.getByLabel('Remember it while this tab is open').check();
    await signIn(secret);
    await page.getByText('There are no groups yet.').waitFor();
    await page.reload();
    await page.getByText('There are no groups yet.').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  test('a token is taken, too', async () => {
    const { page } = browser;
    await page.getByLabel('a token').check();
    await page.getByLabel('Bearer token').fill(`${id}.${secret}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('There are no groups yet.').waitFor();
  });

  test('a letter that no credential has is told of where it is', async () => {
    const { page } = browser;
    await page.goto('about:blank');
    await goTo(page, url, '#/groups', 'Sign in');
    await signIn(`${secret}–`);
    await page.getByText('It holds “–” (U+2013), which no key and no token has.').waitFor();
    expect(await page.getByText('The engine does not answer').count()).toBe(0);
    await signIn(secret);
    await page.getByText('There are no groups yet.').waitFor();
  });

  test('whoever comes after one that has signed out sees nothing of his', async () => {
    const { page } = browser;
    const ask = (path: string, type: string, body: unknown) =>
      fetch(`${url}/${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${id}.${secret}`, 'Content-Type': type },
        body: JSON.stringify(body),
      });
    await ask('v3/clusters/sluice/topics', 'application/json', { topic_name: 'salaries' });
    const records = [{ value: 'a lot' }];
    await ask('topics/salaries', 'application/vnd.kafka.json.v2+json', { records });
    await page.goto(`${url}/console#/topics/salaries/0/records`);
    await page.getByText('a lot').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(await page.getByText('a lot').count()).toBe(0);
  });
});
