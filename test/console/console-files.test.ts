// The console's files as they are served: what there is and nothing else, and in which guards.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerConsole, type ConsoleFiles } from '../../shared/console/console-files.ts';
import { readFolder } from '../../shared/console/read-folder.ts';

let folder: string;
let files: ConsoleFiles;

const contents = {
  'index.html': '<!doctype html><title>page</title>',
  'console/index-1a.js': 'export {};',
  'console/index-1a.css': 'body {}',
  'LICENSES.md': '# Licences',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-files-'));
  await mkdir(join(folder, 'console'));
  for (const [path, text] of Object.entries(contents)) await writeFile(join(folder, path), text);
  files = readFolder(folder);
});

afterAll(() => rm(folder, { recursive: true }));

function ask(path: string, acceptEncoding?: string) {
  const { body, ...said } = answerConsole(files, { path, acceptEncoding });
  return { ...said, text: Buffer.from(body).toString(), body };
}

test('the page, and what it names', () => {
  expect(ask('/console')).toMatchObject({ status: 200, text: contents['index.html'] });
  expect(ask('/console').headers).toMatchObject({
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-cache',
  });
  expect(ask('/console/index-1a.js')).toMatchObject({
    status: 200,
    headers: {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'private, max-age=31536000, immutable',
    },
    text: contents['console/index-1a.js'],
  });
  expect(ask('/console/index-1a.css').headers['Content-Type']).toBe('text/css; charset=utf-8');
});

test('compressed for whom that suits', () => {
  for (const accepts of ['gzip', 'br, gzip;q=0.8']) {
    const { headers, body } = ask('/console', accepts);
    expect(headers).toMatchObject({ 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' });
    expect(gunzipSync(body).toString()).toBe(contents['index.html']);
  }
  for (const accepts of [undefined, 'br', 'identity', '']) {
    expect(ask('/console', accepts).headers['Content-Encoding']).toBeUndefined();
  }
});

test('whatever is answered, a browser loads and asks nothing elsewhere for it', () => {
  for (const path of ['/console', '/console/', '/console/index-1a.js', '/console/nothing.js']) {
    expect(ask(path).headers).toMatchObject({
      'Content-Security-Policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    });
  }
});

test('what the page names is relative to a path without a slash at its end', () => {
  expect(ask('/console/')).toMatchObject({ status: 308, headers: { Location: '../console' } });
});

test('nothing else is there', () => {
  const others = [
    '/',
    '/index.html',
    '/console/index.html',
    '/LICENSES.md',
    '/console/index-1a',
    '/console//index-1a.js',
    '/console/../index.html',
    '/console/%2e%2e/index.html',
    '/console/..\\index.html',
    '/console/index-1a.js/',
    '/console/__proto__',
    '/console/constructor',
  ];
  for (const path of others) expect(ask(path), path).toMatchObject({ status: 404 });
  const known = ['/console', '/console/', '/console/index-1a.js', '/console/index-1a.css'];
  fc.assert(
    fc.property(fc.webPath(), fc.string(), (path, more) => {
      for (const one of [path, `/console${path}`, `/console/${more}`, more]) {
        if (!known.includes(one)) expect(ask(one).status, one).toBe(404);
      }
    }),
  );
});

test('where it was not built, it is said how', () => {
  const none = readFolder(join(folder, 'nowhere'));
  expect(none.size).toBe(0);
  const { status, body } = answerConsole(none, { path: '/console', acceptEncoding: undefined });
  expect(status).toBe(404);
  expect(Buffer.from(body).toString()).toContain('npm run console');
});
