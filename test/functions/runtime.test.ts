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
import { EngineError } from '../../shared/errors.ts';
import { signed } from './signed.ts';

const event = {
  rawPath: '/here',
  rawQueryString: '',
  headers: {},
  body: 'AAEC',
  isBase64Encoded: true,
  requestContext: {
    ...signed,
    domainName: 'abc.example.com',
    http: { method: 'POST' },
    requestId: 'g-1',
  },
} as unknown as APIGatewayProxyEventV2;

const invocation = { getRemainingTimeInMillis: () => 28_000, awsRequestId: 'i-1' } as Context;

/** What is written into the log. */
let lines: string[];

beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv(environmentNames.tableName, 'table');
  vi.stubEnv(environmentNames.engineName, 'engine');
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function invoke(handler: Handler) {
  const allowed: Handler = (exchange) => {
    exchange.access.needNothing();
    return handler(exchange);
  };
  return serve({ routes: [{ 'POST /here': allowed }], objects: noObjects })(event, invocation);
}

test('a route gets the body’s bytes', async () => {
  const answer = await invoke(async (exchange) => {
    exchange.access.needNothing();
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
  await invoke(({ call, access }) => {
    access.needNothing();
    left = call.deadline - 1_700_000_000_000;
    return new Response();
  });
  expect(left).toBe(25_000);
});

test('no answer is given while something is under way', async () => {
  const story: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const answered = invoke(({ engine, access }) => {
    access.needNothing();
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
  expect(log).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ errorType: 'Error' }));
});

test('a metric is of the engine that the stack names', async () => {
  const handler = onEvent('sweep', { objects: noObjects }, async (_engine, { tally }) => {
    tally.rebalances = 1;
  });
  await handler({}, invocation);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ Engine: 'engine' });
});

test('each request is a line of the log, by the ids of Lambda and of the gateway', async () => {
  await invoke(() => new Response());
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    requestId: 'i-1',
    apiRequestId: 'g-1',
    route: 'POST /here',
    status: 200,
    outcome: 'ok',
  });
});

describe('an event that is no request', () => {
  test.each([
    ['ok', undefined],
    ['fault', new Error('not done')],
    ['unknown', new EngineError('OUTCOME_UNKNOWN', 'x')],
  ])('is a line of the log, however it ends: %s', async (outcome, failure) => {
    const handler = onEvent('sweep', { objects: noObjects }, async () => {
      if (failure !== undefined) throw failure;
    });
    await handler({}, invocation).catch(() => undefined);
    const line = { requestId: 'i-1', 'messaging.operation.name': 'sweep', outcome };
    expect(lines.map((one) => JSON.parse(one))).toMatchObject([line]);
  });

  test('has a call of its own, with time for one more call to the table', async () => {
    let left = 0;
    vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000);
    const handler = onEvent(
      'sweep',
      { objects: noObjects },
      async (_engine, call, what: string) => {
        left = call.deadline - 1_700_000_000_000;
        return `did ${what}`;
      },
    );
    expect(await handler('this', invocation)).toBe('did this');
    expect(left).toBe(25_000);
  });

  test.each([
    ['succeeds', undefined],
    ['fails', new Error('not done')],
  ])('leaves nothing under way when it %s', async (_how, failure) => {
    const story: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const handler = onEvent('sweep', { objects: noObjects }, async (engine) => {
      engine.background.run(promise.then(() => void story.push('rolled')));
      story.push('worked');
      setImmediate(resolve);
      if (failure !== undefined) throw failure;
    });
    const ended = await handler({}, invocation).catch((error: unknown) => error);
    story.push('ended');
    expect(story).toEqual(['worked', 'rolled', 'ended']);
    expect((ended as Error | undefined)?.message).toBe(failure?.message);
  });

  test('fails by words that Lambda may log, and by its own where they are ours', async () => {
    const thrownBy = (work: () => void) =>
      onEvent('sweep', { objects: noObjects }, async () => work())({}, invocation).catch(
        (error: unknown) => error,
      );
    const fault = (await thrownBy(() => JSON.parse('{"a": canary'))) as Error;
    expect(fault).toMatchObject({
      name: 'SyntaxError',
      message: expect.stringMatching(/^left out/),
    });
    expect(fault.stack).toContain('runtime.test.ts');
    expect(`${fault.stack}`).not.toContain('canary');
    const ours = new EngineError('DAMAGED', 'no "segment"');
    expect(
      await thrownBy(() => {
        throw ours;
      }),
    ).toBe(ours);
  });

  test('wakes whoever delivers by the queues that it is told of', async () => {
    vi.stubEnv(environmentNames.wakeUpQueueUrl, 'https://sqs.example.com/1/wake-ups.fifo');
    vi.stubEnv(environmentNames.delayQueueUrl, 'https://sqs.example.com/1/delayed');
    const waker = openWakeUps();
    let own: unknown;
    const handler = onEvent('sweep', { objects: noObjects, wakeUps: waker }, async (engine) => {
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
