// What Lambda is given: each handler as one file, built as the stack builds it. It starts, it
// answers, and it is small, since a cold start pays for every byte.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { build, type Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundling } from '../../infra/bundling.ts';
import {
  environmentNames,
  type FunctionName,
  functionNames,
  type TriggerFunctionName,
  triggerFunctionNames,
} from '../../shared/contract.ts';

type Name = FunctionName | TriggerFunctionName;
const names: readonly Name[] = [...functionNames, ...triggerFunctionNames];

const kibibyte = 1024;
/** A tenth above what they were when they were last measured. RE2 is 147 KiB of groups, and of who
 * takes one for a subscription or ends one: it is what makes a stranger's pattern safe to run. */
const bytesMax: Readonly<Record<Name, number>> = {
  produce: 730 * kibibyte,
  fetch: 690 * kibibyte,
  groups: 930 * kibibyte,
  subscriptions: 985 * kibibyte,
  topics: 700 * kibibyte,
  ingest: 620 * kibibyte,
  route: 445 * kibibyte,
  deliver: 755 * kibibyte,
  sweep: 450 * kibibyte,
  provision: 935 * kibibyte,
  upkeep: 620 * kibibyte,
  collect: 765 * kibibyte,
};

const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
const fileOf = (name: Name) => join(folder, `${name}.mjs`);
/** By function: the files that something was taken from. */
const holdings = new Map<Name, string[]>();

beforeAll(async () => {
  for (const name of names) {
    const { metafile } = await bundle(name);
    const taken = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
    const held = taken.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    holdings.set(
      name,
      held.map(([file]) => file),
    );
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

function bundle(name: Name): Promise<{ readonly metafile: Metafile }> {
  return build({
    entryPoints: [`functions/${name}.ts`],
    outfile: fileOf(name),
    bundle: true,
    platform: 'node',
    metafile: true,
    format: bundling.format,
    target: bundling.target,
    minify: bundling.minify,
    sourcemap: bundling.sourceMap,
    mainFields: [...bundling.mainFields],
    external: [...bundling.externalModules],
    banner: { js: bundling.banner },
  });
}

/** As it starts where its environment names what it uses. */
async function handlerOf(name: Name) {
  for (const variable of Object.values(environmentNames)) process.env[variable] = 'x';
  process.env[environmentNames.ingestMapping] = '{}';
  process.env['AWS_REGION'] = 'us-east-1';
  const { handler } = await import(pathToFileURL(fileOf(name)).href);
  return handler;
}

test.each(names)('the bundle of %s is small', (name) => {
  const { size } = statSync(fileOf(name));
  expect(size, 'bytes').toBeLessThan(bytesMax[name]);
});

describe.each(functionNames)('the bundle of %s', (name) => {
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

test.each(triggerFunctionNames)('the bundle of %s starts', async (name) => {
  expect(await handlerOf(name)).toBeTypeOf('function');
});

test('a bundle holds what its function serves and no more', () => {
  const holders = (part: string) =>
    names.filter((name) => holdings.get(name)?.some((file) => file.includes(part)));
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
  expect(holders('@aws-sdk/client-dynamodb/')).toEqual(names);
  expect(holders('@aws-sdk/client-lambda/')).toEqual(['deliver']);
  expect(holders('shared/webhook/post')).toEqual(['deliver']);
  expect(holders('node_modules/zod/')).toEqual([...functionNames, 'provision']);
  expect(holders('docs/openapi.json')).toEqual(['topics']);
  expect(holders('produce-routes')).toEqual(['produce']);
  expect(holders('fetch-routes')).toEqual(['fetch']);
  expect(holders('consumer-routes')).toEqual(['groups']);
  const changesGroups = ['groups', 'subscriptions', 'provision', 'collect'];
  expect(holders('node_modules/re2js/')).toEqual(changesGroups);
  expect(holders('shared/record/')).not.toContain('topics');
});
