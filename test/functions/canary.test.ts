// Nothing of a caller's bytes is in what is logged, told or traced, whatever he asks and however it
// ends. Every route and every event is asked with a canary wherever there may be one, and all that
// leaves the handlers, but for their answers, is searched for it.

import { inspect } from 'node:util';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { beforeAll, expect, test, vi } from 'vitest';
import { healthRoutes } from '../../shared/api/health-routes.ts';
import { wakeUpText } from '../../shared/aws/wake-up-text.ts';
import {
  environmentNames,
  type FunctionName,
  functionNames,
  provisionProperties,
} from '../../shared/contract.ts';
import { defaultSettings } from '../../shared/delivery/subscription.ts';
import { createSubscription } from '../../shared/engine/delivery/create-subscription.ts';
import { ensureTopic } from '../../shared/engine/ensure-topic.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import { chunkKey } from '../../shared/store/items.ts';
import { apiRoutes, filledIn, pathValues } from '../api/every-route.ts';
import { firstOfGroup, insertRecord, sqsMessage } from '../ingest/events.ts';
import { leakIn, wellKnown } from './canary.ts';
import {
  badRequest,
  brokenRequest,
  bytesOf,
  type CanaryRequest,
  goodRequests,
  topics,
} from './canary-requests.ts';
import { EventAccount, inserted } from './event-account.ts';
import { functionFor } from './function-for.ts';
import { signed } from './signed.ts';

const { word } = wellKnown;
const account = new EventAccount();
/** What went through the console, or straight to the process's own streams. */
const written: string[] = [];
/** The word, and what replies have drawn. */
const secrets: string[] = [word];
const answers = new Map<string, number[]>();

type Serve = (event: APIGatewayProxyEventV2) => Promise<{ statusCode: number; body: string }>;
const serving = new Map<FunctionName | 'keys', Serve>();

/** What stands in paths: a key's id is drawn. */
let values = pathValues;

beforeAll(async () => {
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...said) => {
      written.push(...said.map((one) => inspect(one, { depth: 20 })), json(said));
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((said) => written.push(String(said)) > 0);
  }
  const { engine, call } = account.process();
  for (const name of topics) await ensureTopic(engine, call, { name });
  for (const name of [...functionNames, 'keys'] as const) {
    serving.set(name, await account.start(name));
  }
});

/** Bytes as the list of their numbers. */
function json(said: unknown): string {
  return JSON.stringify(said);
}

/** By the function that it is sent to: an engine with API keys has one more. */
async function ask(request: CanaryRequest): Promise<void> {
  const { route, query = '', type, headers } = request;
  const [method, path] = filledIn(route, values).split(' ');
  const event = {
    rawPath: path,
    rawQueryString: query,
    headers: {
      'content-type': type ?? 'application/json',
      authorization: `Bearer ${word}`,
      cookie: word,
      'x-own': word,
      ...headers,
    },
    body: bytesOf(request).toString('base64'),
    isBase64Encoded: true,
    requestContext: { ...signed, domainName: 'x.example.com', http: { method } },
  } as unknown as APIGatewayProxyEventV2;
  const name = /^\S+ \/keys/.test(route) ? 'keys' : functionFor(inContract(route));
  const { statusCode, body: answer } = await (serving.get(name) as Serve)(event);
  answers.set(route, [...(answers.get(route) ?? []), statusCode]);
  learn(answer);
}

function inContract(route: string): string {
  return route.replaceAll(/(?<=\/):(\w+)/g, '{$1}');
}

/** Secrets that the server has drawn are a caller's own, too. */
function learn(answer: string): void {
  const { id, secret, key } = (answer.startsWith('{') ? JSON.parse(answer) : {}) as Record<
    string,
    unknown
  >;
  secrets.push(...[secret, key].filter((one) => typeof one === 'string'));
  if (typeof key === 'string' && typeof id === 'string') values = { ...values, key: id };
}

function expectNoLeak(): void {
  for (const text of [...written, ...account.lines, ...account.segments]) {
    expect(leakIn(text, secrets)).toBeUndefined();
  }
}

test('a request that is served', async () => {
  for (const request of goodRequests) await ask(request);
  const refused = goodRequests.filter(({ route }) => !(answers.get(route) ?? []).some(isGood));
  expect(refused.map(({ route }) => [route, answers.get(route)])).toEqual([]);
  expect(secrets.length).toBeGreaterThan(2);
  expectNoLeak();
});

const isGood = (status: number) => status < 300;

test('a request that is refused, of every route there is', async () => {
  for (const route of apiRoutes) {
    await ask(badRequest(route));
    await ask(brokenRequest(route));
  }
  const unasked = apiRoutes.filter((route) => !answers.has(route));
  expect(unasked).toEqual([]);
  const told = account.lines.map((line) => JSON.parse(line).route);
  const untold = apiRoutes.filter((route) => !told.includes(route) && !(route in healthRoutes));
  expect(untold).toEqual([]);
  expectNoLeak();
});

test('a request that ends as a fault of ours, or of a store', async () => {
  const broken = Object.assign(new TypeError(`cannot read '${word}'`), { Item: { v: word } });
  for (const request of goodRequests) {
    const spies = (['get', 'query', 'write', 'transact'] as const).map((name) =>
      vi.spyOn(account.table, name).mockRejectedValue(broken),
    );
    await ask(request);
    for (const spy of spies) spy.mockRestore();
  }
  expect(account.lines.some((line) => JSON.parse(line).outcome === 'fault')).toBe(true);
  expect(written.join()).toContain('cannot read');
  expectNoLeak();
});

test('events of every other function', async () => {
  const { engine, call } = account.process();
  const { topicId } = await createSubscription(engine, call, {
    name: 'bills',
    topic: 'dead',
    group: 'bills',
    target: { kind: 'lambda', function: 'bill' },
    settings: defaultSettings,
    from: 'earliest',
  });
  const records = [{ key: Buffer.from(word), value: Buffer.from(word), headers: [] }];
  await produceRecords(engine, call, { topic: 'dead', records });
  account.answer = () => ({ kind: 'busy', retryAfterMillis: 60_000 });
  const wakeUp = { subscription: 'bills', topicId, partition: 0, queue: 0 };
  const woken = wakeUpText({ wakeUp, notBefore: undefined });
  const message = { ...sqsMessage, messageId: word, body: JSON.stringify({ [word]: word }) };
  const own = { [environmentNames.ingestTopic]: 'orders', [environmentNames.ingestMapping]: '{}' };
  const body = JSON.stringify({ name: 'b', topic: 'orders', target: { type: word, secret: word } });
  const wanted = {
    [provisionProperties.topics]: '[]',
    [provisionProperties.subscription]: body,
  };
  const events: Record<string, readonly unknown[]> = {
    ingest: [{ Records: [message] }, { Records: [{ ...message, eventSource: word }] }, { word }],
    route: [{ Records: [insertRecord] }, { Records: [{ ...firstOfGroup, body: word }] }],
    deliver: [{ Records: [{ ...firstOfGroup, body: woken }] }, { Records: [{ ...message }] }],
    sweep: [{ detail: word }],
    upkeep: [inserted(chunkKey({ topicId, partition: 0 }, 0)), { word }],
    collect: [{ detail: word }],
    provision: [{ RequestType: 'Create', ResourceProperties: wanted }],
    authorize: [{ headers: { authorization: `Bearer ${word}` } }, { headers: {} }],
  };
  for (const [name, given] of Object.entries(events)) {
    const before = account.lines.length;
    const handler = await account.start(name as 'ingest', own);
    for (const event of given) await handler(event).catch(() => undefined);
    expect([name, account.lines.length]).toEqual([name, before + given.length]);
  }
  expect(account.invoked[0]?.payload).toContain(wellKnown.base64);
  expectNoLeak();
});

test('all of it is searched: whoever logs a body is found, in whatever form', async () => {
  const body = { records: [{ value: word }] };
  for (const said of [body, JSON.stringify(body), Buffer.from(word), [Buffer.from(`a${word}`)]]) {
    written.splice(0);
    console.info(said);
    expect(expectNoLeak).toThrow();
  }
  written.splice(0);
  account.segments.push(`a trace of ${Buffer.from(`ab${word}`).toString('base64')}`);
  expect(expectNoLeak).toThrow();
});
