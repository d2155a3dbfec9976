// What Lambda is given and the package ships: each handler as one file. It starts, it answers, and
// it is small, since a cold start pays for every byte.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { bundleFunctions, bundlesFolder } from '../../build/write-bundles.ts';
import { functionCode } from '../../infra/function-code.ts';
import {
  environmentNames,
  functionNames,
  type HandlerName as Name,
  handlerNames as names,
  triggerFunctionNames,
} from '../../shared/contract.ts';

/** For those of every record, what they may be; for the others, a tenth above what they were when
 * they were last measured. RE2 is 147 KiB of groups, and of who takes one for a subscription or
 * ends one: it is what makes a stranger's pattern safe to run. */
const bytesMax: Readonly<Record<Name, number>> = {
  produce: 700_000,
  fetch: 700_000,
  groups: 715_000,
  subscriptions: 760_000,
  topics: 590_000,
  ingest: 450_000,
  route: 305_000,
  deliver: 550_000,
  sweep: 305_000,
  provision: 700_000,
  upkeep: 450_000,
  collect: 600_000,
  authorize: 310_000,
  keys: 500_000,
  console: 3_000,
};

const fileOf = (name: Name) => join(bundlesFolder, name, 'index.mjs');

/** Made again: by function, what its bundle is, and the files that something was taken from. */
const made = new Map((await bundleFunctions()).map((bundle) => [bundle.name, bundle]));

/** As it starts where its environment names what it uses. */
async function handlerOf(name: Name) {
  for (const variable of Object.values(environmentNames)) process.env[variable] = 'x';
  process.env[environmentNames.ingestMapping] = '{}';
  process.env['AWS_REGION'] = 'us-east-1';
  const { handler } = await import(pathToFileURL(fileOf(name)).href);
  return handler;
}

test.each(names)('the bundle of %s is small, and the same each time it is made', (name) => {
  const shipped = readFileSync(fileOf(name));
  expect(shipped.length, 'bytes').toBeLessThan(bytesMax[name]);
  expect(shipped.equals(made.get(name)?.contents ?? new Uint8Array())).toBe(true);
});

describe.each([...functionNames, 'keys'] as const)('the bundle of %s', (name) => {
  test('starts, and answers', async () => {
    const handler = await handlerOf(name);
    const answer: APIGatewayProxyStructuredResultV2 = await handler(
      {
        rawPath: '/_health',
        rawQueryString: '',
        headers: {},
        requestContext: { domainName: 'x.example.com', http: { method: 'GET' } },
        isBase64Encoded: false,
      },
      { getRemainingTimeInMillis: () => 28_000 },
    );
    expect(answer).toMatchObject({ statusCode: 200, body: '{}', isBase64Encoded: false });
  });
});

test.each([...triggerFunctionNames, 'authorize'] as const)(
  'the bundle of %s starts',
  async (name) => {
    expect(await handlerOf(name)).toBeTypeOf('function');
  },
);

test('the bundle of console serves the page, and what the page names', async () => {
  const handler = await handlerOf('console');
  const ask = (rawPath: string): Promise<APIGatewayProxyStructuredResultV2> =>
    handler({ rawPath, headers: { 'accept-encoding': 'br' } });
  const page = await ask('/console');
  expect(page).toMatchObject({ statusCode: 200, isBase64Encoded: true });
  const text = Buffer.from(page.body ?? '', 'base64').toString();
  const [, script = ''] = /src="\.(\/console\/[^"]+\.js)"/.exec(text) ?? [];
  const { statusCode, headers, body = '' } = await ask(script);
  expect([statusCode, headers?.['Content-Type']]).toEqual([200, 'text/javascript; charset=utf-8']);
  expect(Buffer.from(body, 'base64').length).toBeGreaterThan(10_000);
  expect(await ask('/console/../index.mjs')).toMatchObject({ statusCode: 404 });
});

test('a bundle holds what its function serves and no more', () => {
  const holders = (part: string | RegExp) =>
    names.filter((name) => made.get(name)?.sources.some((file) => file.search(part) >= 0));
  const withSegments = [
    'produce',
    'fetch',
    'groups',
    'subscriptions',
    'ingest',
    'deliver',
    'provision',
    'upkeep',
    'collect',
  ];
  expect(holders('@aws-sdk/client-s3/')).toEqual(withSegments);
  expect(holders('@aws-sdk/client-sqs/')).toEqual([
    'subscriptions',
    'route',
    'deliver',
    'sweep',
    'provision',
  ]);
  const withTable = names.filter((name) => name !== 'console');
  expect(holders('@aws-sdk/client-dynamodb/')).toEqual(withTable);
  expect(holders('@aws-sdk/client-lambda/')).toEqual(['deliver']);
  expect(holders('credential-provider-')).toEqual(withTable);
  expect(holders(/credential-provider-(?!env)|nested-clients|token-providers/)).toEqual([]);
  expect(holders('shared/webhook/post')).toEqual(['deliver']);
  expect(holders('node_modules/zod/')).toEqual([...functionNames, 'provision', 'keys']);
  expect(holders('zod/v4/classic/')).toEqual([]);
  expect(holders('docs/openapi.json')).toEqual(['topics']);
  expect(holders('produce-routes')).toEqual(['produce']);
  expect(holders('/fetch-routes')).toEqual(['fetch']);
  expect(holders('consumer-routes')).toEqual(['groups']);
  const changesGroups = ['groups', 'subscriptions', 'provision', 'collect'];
  expect(holders('node_modules/re2js/')).toEqual(changesGroups);
  expect(holders('shared/record/')).not.toContain('topics');
});

test('a stack without bundles is refused, with what makes them', () => {
  const unknown = 'unknown' as Name;
  expect(() => functionCode(unknown)).toThrow("'unknown' is not bundled: run 'npm run bundle'");
});
