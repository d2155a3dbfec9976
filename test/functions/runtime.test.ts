// What every function does around its routes: it is told where its stores are, gives a request its
// time, and leaves nothing under way when it answers.

import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  noObjects,
  onEvent,
  openSegments,
  openTargets,
  openWakeUps,
  serve,
} from '../../functions/runtime.ts';
import type { Handler } from '../../shared/api/exchange.ts';
import { environmentNames } from '../../shared/contract.ts';

const event = {
  rawPath: '/here',
  rawQueryString: '',
  headers: {},
  body: 'AAEC',
  isBase64Encoded: true,
  requestContext: { domainName: 'abc.example.com', http: { method: 'POST' } },
} as unknown as APIGatewayProxyEventV2;

const invocation = { getRemainingTimeInMillis: () => 28_000 } as Context;

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv(environmentNames.tableName, 'table');
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function invoke(handler: Handler) {
  return serve({ routes: [{ 'POST /here': handler }], objects: noObjects })(event, invocation);
}

test('a route gets the body’s bytes', async () => {
  const answer = await invoke(async (exchange) => {
    const bytes = await exchange.readBody(3);
    return new Response(JSON.stringify([...bytes]));
  });
  expect(answer).toMatchObject({ statusCode: 200, body: '[0,1,2]' });
});

test('a body above its bound is 413', async () => {
  const answer = await invoke(async (exchange) => {
    await exchange.readBody(2);
    return new Response();
  });
  expect(answer.statusCode).toBe(413);
});

test('the deadline leaves time for one more call to the table', async () => {
  let left = 0;
  vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000);
  await invoke(({ call }) => {
    left = call.deadline - 1_700_000_000_000;
    return new Response();
  });
  expect(left).toBe(25_000);
});

test('no answer is given while something is under way', async () => {
  const story: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const answered = invoke(({ engine }) => {
    engine.background.run(promise.then(() => void story.push('rolled')));
    story.push('replied');
    setImmediate(resolve);
    return new Response();
  });
  await answered.then(() => story.push('answered'));
  expect(story).toEqual(['replied', 'rolled', 'answered']);
});

test('our own mistake is logged, and told to nobody', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const mistake = new Error('arn:aws:iam::1:role/secret');
  const answer = await invoke(() => {
    throw mistake;
  });
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('secret');
  expect(log).toHaveBeenCalledExactlyOnceWith(mistake);
});

describe('an event that is no request', () => {
  test('has a call of its own, with time for one more call to the table', async () => {
    let left = 0;
    vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000);
    const handler = onEvent({ objects: noObjects }, async (_engine, call, what: string) => {
      left = call.deadline - 1_700_000_000_000;
      return `did ${what}`;
    });
    expect(await handler('this', invocation)).toBe('did this');
    expect(left).toBe(25_000);
  });

  test.each([
    ['succeeds', undefined],
    ['fails', new Error('not done')],
  ])('leaves nothing under way when it %s', async (_how, failure) => {
    const story: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const handler = onEvent({ objects: noObjects }, async (engine) => {
      engine.background.run(promise.then(() => void story.push('rolled')));
      story.push('worked');
      setImmediate(resolve);
      if (failure !== undefined) throw failure;
    });
    const ended = await handler({}, invocation).catch((error: unknown) => error);
    story.push('ended');
    expect(story).toEqual(['worked', 'rolled', 'ended']);
    expect(ended).toBe(failure);
  });

  test('wakes whoever delivers by the queues that it is told of', async () => {
    vi.stubEnv(environmentNames.wakeUpQueueUrl, 'https://sqs.example.com/1/wake-ups.fifo');
    vi.stubEnv(environmentNames.delayQueueUrl, 'https://sqs.example.com/1/delayed');
    const waker = openWakeUps();
    let own: unknown;
    const handler = onEvent({ objects: noObjects, wakeUps: waker }, async (engine) => {
      own = engine.wakeUps;
    });
    await handler({}, invocation);
    expect(own).toBe(waker);
  });

  test('is posted to no address that is not public, whatever a subscription says', async () => {
    const posting = {
      url: 'https://127.0.0.1:9001/2018-06-01/runtime/invocation/next',
      id: 'id',
      secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
      body: '{}',
      timeoutMillis: 1_000,
    };
    expect(await openTargets().post(posting)).toEqual({
      kind: 'failed',
      reason: 'its address is not public',
    });
  });
});

describe('without its environment', () => {
  test('a function does not start', () => {
    vi.stubEnv(environmentNames.tableName, undefined);
    expect(() => serve({ routes: [], objects: noObjects })).toThrow('no SLUICE_TABLE');
    vi.stubEnv(environmentNames.bucketName, undefined);
    expect(() => openSegments()).toThrow('no SLUICE_BUCKET');
    expect(() => openWakeUps()).toThrow('no SLUICE_WAKE_UP_QUEUE');
  });

  test('one that has no bucket says so', async () => {
    await expect(noObjects.delete([])).rejects.toThrow('this function has no bucket');
  });
});
