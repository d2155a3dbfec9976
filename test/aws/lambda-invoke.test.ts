// Functions as targets: what Lambda is asked, and what each of its answers means.

import type { IncomingMessage, RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import type { ClientOptions } from '../../shared/aws/clients.ts';
import { lambdaInvoke } from '../../shared/aws/lambda-invoke.ts';
import { lambdaClient } from '../../shared/aws/trigger-clients.ts';
import type { Invoked } from '../../shared/ports/targets.ts';
import { emulatorCredentials } from '../emulators/credentials.ts';
import { startScriptedServer } from '../emulators/scripted-server.ts';

const payload = '{"records":"ünïcödé"}';
const secret = 'arn:aws:lambda:eu-west-1:123456789012:function:secret';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

describe('an invocation', () => {
  test('hands the payload over as it is, and waits for what the function returns', async () => {
    let asked: Partial<IncomingMessage> = {};
    let body = '';
    const invoked = await invokedBy(async (request, response) => {
      asked = request;
      body = (await buffer(request)).toString();
      response.setHeader('x-amz-executed-version', '$LATEST').end('{"returned":"ünïcödé"}');
    });
    expect(invoked).toEqual({ kind: 'returned', payload: '{"returned":"ünïcödé"}' });
    expect(body).toBe(payload);
    expect(asked).toMatchObject({
      method: 'POST',
      url: '/2015-03-31/functions/mail%3Aprod/invocations',
      headers: { 'x-amz-invocation-type': 'RequestResponse', 'x-amz-log-type': 'None' },
    });
  });

  test('may return nothing', async () => {
    expect(await invokedBy((_, response) => response.end())).toEqual({
      kind: 'returned',
      payload: '',
    });
  });
});

describe('a function that fails', () => {
  test.each([
    [`{"errorType":"KeyError","errorMessage":"${secret}","stackTrace":[]}`, 'KeyError'],
    ['{"errorType":"Runtime.ExitError"}', 'Runtime.ExitError'],
    [`{"errorMessage":"${secret} Task timed out after 3.00 seconds"}`, 'Unhandled'],
    ['{"errorType":7}', 'Unhandled'],
    ['{"errorType":""}', 'Unhandled'],
    ['null', 'Unhandled'],
    ['', 'Unhandled'],
    ['not JSON', 'Unhandled'],
    [JSON.stringify({ errorType: 'x'.repeat(1_000) }), 'x'.repeat(100)],
    [JSON.stringify({ errorType: 'a\r\nb\u0000ü\ud83d' }), 'a??b???'],
  ])('with %j is told by the type alone', async (answer, reason) => {
    const invoked = await invokedBy((_, response) => {
      response.setHeader('x-amz-function-error', 'Unhandled').end(answer);
    });
    expect(invoked).toEqual({ kind: 'function-error', reason });
  });
});

describe('Lambda that answers', () => {
  const busy = { kind: 'busy', retryAfterMillis: undefined };
  const failed = (reason: string) => ({ kind: 'failed', reason });

  test.each([
    [429, 'TooManyRequestsException', busy],
    [502, 'EC2ThrottledException', busy],
    [400, 'ThrottlingException', busy],
    [429, 'NeverHeardOfIt', busy],
    [413, 'RequestTooLargeException', { kind: 'too-large' }],
    [413, 'SerializedRequestEntityTooLargeException', { kind: 'too-large' }],
    [413, 'NeverHeardOfIt', { kind: 'too-large' }],
    [404, 'ResourceNotFoundException', failed('ResourceNotFoundException, status 404')],
    [403, 'AccessDeniedException', failed('AccessDeniedException, status 403')],
    [400, 'InvalidRequestContentException', failed('InvalidRequestContentException, status 400')],
    [400, 'RecursiveInvocationException', failed('RecursiveInvocationException, status 400')],
    [409, 'ResourceConflictException', failed('ResourceConflictException, status 409')],
    [500, 'ServiceException', failed('ServiceException, status 500')],
    [502, 'KMSDisabledException', failed('KMSDisabledException, status 502')],
    [503, 'NeverHeardOfIt', failed('NeverHeardOfIt, status 503')],
  ])('%d %s', async (status, name, expected) => {
    let requests = 0;
    const invoked = await invokedBy((_, response) => {
      requests++;
      response.writeHead(status, { 'x-amzn-errortype': name });
      response.end(JSON.stringify({ Type: 'User', Message: `${name}: ${secret}` }));
    });
    expect(invoked).toEqual(expected);
    expect(requests).toBe(1);
  });

  test.each([
    ['7', 7_000],
    ['0', 0],
    ['Fri, 31 Dec 1999 23:59:59 GMT', undefined],
    ['-1', undefined],
    ['1e9', undefined],
  ])('429 with Retry-After %s', async (header, retryAfterMillis) => {
    const invoked = await invokedBy((_, response) => {
      const headers = { 'x-amzn-errortype': 'TooManyRequestsException', 'retry-after': header };
      response.writeHead(429, headers).end('{"Reason":"CallerRateLimitExceeded"}');
    });
    expect(invoked).toEqual({ kind: 'busy', retryAfterMillis });
  });

  test('a page that is not its own', async () => {
    const invoked = await invokedBy((_, response) => response.writeHead(502).end('<html>'));
    expect(invoked).toEqual(failed('SyntaxError, status 502'));
  });
});

describe('the way to Lambda', () => {
  const inTime = { timeoutMillis: 300 };

  test('that takes the request and never answers is left at the call’s limit', async () => {
    expect(await invokedBy(() => {}, inTime)).toEqual({
      kind: 'failed',
      reason: 'no answer in time',
    });
  });

  test('that drips is left at the call’s limit: no byte gives it new time', async () => {
    const invoked = await invokedBy((_, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    }, inTime);
    expect(invoked).toEqual({ kind: 'failed', reason: 'ECONNRESET, status 200' });
  });

  test('that needs more than the client’s own limit is waited for: the call’s counts', async () => {
    const invoked = await invokedBy((_, response) => response.end('1'), { callMillisMax: 0 });
    expect(invoked).toEqual({ kind: 'returned', payload: '1' });
  });

  test('that breaks off is no answer', async () => {
    const invoked = await invokedBy((_, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('{', () => response.destroy());
    });
    expect(invoked).toEqual({ kind: 'failed', reason: 'ECONNRESET, status 200' });
  });

  test('that is reset is no answer', async () => {
    expect(await invokedBy((request) => request.socket.resetAndDestroy())).toEqual({
      kind: 'failed',
      reason: 'ECONNRESET',
    });
  });

  test('that is closed is no answer', async () => {
    const server = await startScriptedServer(() => {});
    await server.stop();
    expect(await invokeAt(server.endpoint)).toEqual({ kind: 'failed', reason: 'ECONNREFUSED' });
  });
});

type Patience = ClientOptions & { readonly timeoutMillis?: number };

async function invokedBy(listener: RequestListener, patience: Patience = {}): Promise<Invoked> {
  const server = await startScriptedServer(listener);
  closing.push(server.stop);
  return await invokeAt(server.endpoint, patience);
}

function invokeAt(endpoint: string, patience: Patience = {}): Promise<Invoked> {
  const { timeoutMillis = 60_000, ...options } = patience;
  const client = lambdaClient({ endpoint, ...emulatorCredentials, ...options });
  closing.push(() => client.destroy());
  return lambdaInvoke({ client })({ functionName: 'mail:prod', payload, timeoutMillis });
}
