// What an endpoint is sent, and what its answer, or the lack of one, is called.

import { expect, test } from 'vitest';
import type { Posting } from '../../shared/ports/targets.ts';
import { answerBytesMax, endpointPost } from '../../shared/webhook/endpoint.ts';
import type { PostOutcome, PostRequest } from '../../shared/webhook/post.ts';
import { webhookPoster } from '../../shared/webhook/post.ts';
import { signatureHeaders } from '../../shared/webhook/signature.ts';
import { startReceiver } from './receiver.ts';

const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];
const posting: Posting = {
  url: 'https://hooks.example.com/in',
  id: 'sub-topic-0-5-7',
  secrets,
  body: '{"note": "ü"}',
  timeoutMillis: 900,
};

/** @returns what was asked of the poster, and the answer. */
async function post(outcome: PostOutcome, more: Partial<Posting> = {}) {
  const asked: PostRequest[] = [];
  const endpoint = endpointPost({
    now: () => 1_614_265_330_999,
    post: async (request) => {
      asked.push(request);
      return outcome;
    },
  });
  return { posted: await endpoint({ ...posting, ...more }), asked };
}

const answered = (status: number, text: string, isWhole = true): PostOutcome => {
  const body = Buffer.from(text);
  return { kind: 'answered', status, retryAfterMillis: undefined, body, isWhole };
};

test('the body is JSON, signed at this second under the delivery’s id', async () => {
  const { asked } = await post(answered(200, ''));
  const body = Buffer.from('{"note": "ü"}');
  const signed = { id: posting.id, timestampSeconds: 1_614_265_330, secrets, body };
  expect(asked).toEqual([
    {
      url: posting.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'sluice',
        ...signatureHeaders(signed),
      },
      body,
      timeoutMillis: 900,
      responseBytesMax: answerBytesMax,
    },
  ]);
});

test('a delivery that is in a trace says so', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const { asked } = await post(answered(200, ''), { traceparent });
  expect(asked[0]?.headers).toMatchObject({ traceparent });
});

test('an answer has its status, its text and how long to wait', async () => {
  const outcome: PostOutcome = {
    kind: 'answered',
    status: 429,
    retryAfterMillis: 5_000,
    body: Buffer.from('später'),
    isWhole: true,
  };
  expect((await post(outcome)).posted).toEqual({
    kind: 'answered',
    status: 429,
    retryAfterMillis: 5_000,
    body: 'später',
  });
});

test('a success that broke off may have named records: it is none', async () => {
  const { posted } = await post(answered(200, '{"batchItemFail', false));
  expect(posted).toEqual({ kind: 'failed', reason: 'its answer was cut off' });
});

test('of any other status the body says nothing, whole or not', async () => {
  for (const status of [199, 300, 413, 429, 503]) {
    expect((await post(answered(status, '<html>', false))).posted).toMatchObject({ status });
  }
});

test('what kept it from being sent, or answered, is said without the address', async () => {
  const reasonOf = async (outcome: PostOutcome) => (await post(outcome)).posted;
  const failed = (reason: string) => ({ kind: 'failed', reason });
  expect(await reasonOf({ kind: 'refused-address' })).toEqual(failed('its address is not public'));
  expect(await reasonOf({ kind: 'timed-out' })).toEqual(failed('no answer in time'));
  expect(await reasonOf({ kind: 'failed', reason: 'ECONNRESET' })).toEqual(failed('ECONNRESET'));
});

test('somebody’s server gets it so, and its answer comes back', async () => {
  const receiver = await startReceiver((response) => response.end('{"batchItemFailures":[]}'));
  try {
    const poster = webhookPoster({
      resolve: async () => ['127.0.0.1'],
      allows: () => true,
      ca: receiver.ca,
      // It is never late.
      clock: { now: () => 0, sleep: async (_, wake) => void (await wake) },
    });
    const endpoint = endpointPost({ post: poster, now: () => 1_614_265_330_000 });
    const url = `https://hooks.example.com:${receiver.port}/in`;
    expect(await endpoint({ ...posting, url })).toMatchObject({
      status: 200,
      body: '{"batchItemFailures":[]}',
    });
    expect(receiver.received).toMatchObject([
      { method: 'POST', path: '/in', body: posting.body, headers: { 'webhook-id': posting.id } },
    ]);
  } finally {
    await receiver.stop();
  }
});
