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
import { environmentNames, type FunctionName, functionNames } from '../../shared/contract.ts';

const kibibyte = 1024;
/** A tenth above what they were when they were last measured. RE2 is 147 KiB of groups: it is what
 * makes a stranger's pattern safe to run. */
const bytesMax: Readonly<Record<FunctionName, number>> = {
  produce: 730 * kibibyte,
  fetch: 690 * kibibyte,
  groups: 930 * kibibyte,
  topics: 640 * kibibyte,
};

const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
const fileOf = (name: FunctionName) => join(folder, `${name}.mjs`);
/** By function: the files that something was taken from. */
const holdings = new Map<FunctionName, string[]>();

beforeAll(async () => {
  for (const name of functionNames) {
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

function bundle(name: FunctionName): Promise<{ readonly metafile: Metafile }> {
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

describe.each(functionNames)('the bundle of %s', (name) => {
  test('is small', () => {
    const { size } = statSync(fileOf(name));
    expect(size, 'bytes').toBeLessThan(bytesMax[name]);
  });

  test('starts where its environment names its stores, and answers', async () => {
    process.env[environmentNames.tableName] = 'table';
    process.env[environmentNames.bucketName] = 'bucket';
    process.env['AWS_REGION'] = 'us-east-1';
    const { handler } = await import(pathToFileURL(fileOf(name)).href);
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

test('a bundle holds what its function serves and no more', () => {
  const holders = (part: string) =>
    functionNames.filter((name) => holdings.get(name)?.some((file) => file.includes(part)));
  expect(holders('@aws-sdk/client-s3/')).toEqual(['produce', 'fetch', 'groups']);
  expect(holders('docs/openapi.json')).toEqual(['topics']);
  expect(holders('produce-routes')).toEqual(['produce']);
  expect(holders('fetch-routes')).toEqual(['fetch']);
  expect(holders('consumer-routes')).toEqual(['groups']);
  expect(holders('node_modules/re2js/')).toEqual(['groups']);
  expect(holders('shared/record/')).not.toContain('topics');
});
