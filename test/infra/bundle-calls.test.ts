// What bundling changes of the SDK changes none of its calls: a function signs with what Lambda's
// environment holds, and what is said to a service is what its schemas say.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { bundle } from '../../build/bundle.ts';
import { bundlesFolder } from '../../build/write-bundles.ts';
import { environmentNames } from '../../shared/contract.ts';
import type { Emulator } from '../emulators/child-server.ts';
import { startScriptedServer } from '../emulators/scripted-server.ts';
import { signed } from '../functions/signed.ts';

let folder: string;
let dynamodb: Emulator;
let signatures: (string | undefined)[][] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-calls-'));
  dynamodb = await startScriptedServer((request, response) => {
    const { authorization, 'x-amz-security-token': token } = request.headers;
    signatures.push([/Credential=(\w+)/.exec(authorization ?? '')?.[1], String(token)]);
    response.writeHead(400).end('{"__type":"ResourceNotFoundException"}');
  });
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamodb.endpoint);
  vi.stubEnv(environmentNames.engineName, 'engine');
  vi.stubEnv(environmentNames.tableName, 'table');
  vi.stubEnv(environmentNames.bucketName, 'bucket');
});

beforeEach(() => {
  signatures = [];
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await dynamodb.stop();
  await rm(folder, { recursive: true });
});

async function fetched(): Promise<APIGatewayProxyStructuredResultV2> {
  const { handler } = await import(pathToFileURL(join(bundlesFolder, 'fetch/index.mjs')).href);
  return handler(
    {
      rawPath: '/topics/orders/partitions/0/records',
      rawQueryString: '',
      headers: {},
      requestContext: { ...signed, domainName: 'x.example.com', http: { method: 'GET' } },
      isBase64Encoded: false,
    },
    { getRemainingTimeInMillis: () => 3_500 },
  );
}

test('a function signs with the credentials of its environment, as they are now', async () => {
  for (const key of ['FIRST', 'SECOND']) {
    vi.stubEnv('AWS_ACCESS_KEY_ID', key);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', `${key} token`);
    expect(await fetched()).toMatchObject({ statusCode: 503 });
    expect(new Set(signatures.map(String))).toEqual(new Set([`${key},${key} token`]));
    signatures = [];
  }
});

test('where the environment has none, nothing is sent, and nothing else is asked', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_PROFILE', 'default');
  expect(await fetched()).toMatchObject({ statusCode: 503 });
  expect(signatures).toEqual([]);
});

test.each(['dynamodb', 's3', 'sqs', 'lambda'])('the schemas of %s are its client’s', async (of) => {
  const client = `@aws-sdk/client-${of}`;
  const [made] = await bundle({ [of]: client });
  const file = join(folder, `${of}.mjs`);
  await writeFile(file, made?.contents ?? '');
  const schemas = schemasOf(await import(pathToFileURL(file).href));
  expect(Object.keys(schemas).length).toBeGreaterThan(50);
  expect(schemas).toEqual(schemasOf(await import(client)));
});

/** Their references to each other are functions, which are told by nothing. */
function schemasOf(module: Readonly<Record<string, unknown>>): Record<string, string> {
  const schemas = Object.entries(module).filter(([name]) => name.endsWith('$'));
  const text = (value: unknown) => (typeof value === 'function' ? 'a function' : value);
  return Object.fromEntries(
    schemas.map(([name, schema]) => [name, JSON.stringify(schema, (_, value) => text(value))]),
  );
}
