// Queues as targets: what SQS is asked, and what each of its answers means, as a whole and message
// by message.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { sqsSend } from '../../shared/aws/sqs-send.ts';
import { lambdaClient, sqsClient } from '../../shared/aws/trigger-clients.ts';
import type { QueueMessage, Sent } from '../../shared/ports/targets.ts';
import { emulatorCredentials } from '../emulators/credentials.ts';
import { startScriptedServer } from '../emulators/scripted-server.ts';
import { type SqsAnswer, startSqsFake } from '../emulators/sqs-fake.ts';

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/mail';
const three = ['a', 'b', 'c'].map((body) => ({ body, fifo: undefined }));
const busy = { kind: 'busy', retryAfterMillis: undefined };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0).toReversed()) await close();
});

describe('a sending', () => {
  test('is one batch of all its messages, with the ids of those of a FIFO queue', async () => {
    const fake = await startSqsFake();
    closing.push(fake.stop);
    const fifo = { groupId: 'orders-0', deduplicationId: 'orders-0-17' };
    const messages = [{ body: '{"record":"\\u00fc"}', fifo }, ...three];
    const sent = await sendAt(fake.endpoint, { messages });
    expect(sent).toEqual({ kind: 'sent', results: ['done', 'done', 'done', 'done'] });
    expect(fake.batches).toHaveLength(1);
    expect(fake.batches[0]).toMatchObject({ queueUrl });
    expect(fake.batches[0]?.entries).toEqual([
      {
        Id: '0',
        MessageBody: '{"record":"\\u00fc"}',
        MessageGroupId: 'orders-0',
        MessageDeduplicationId: 'orders-0-17',
      },
      { Id: '1', MessageBody: 'a' },
      { Id: '2', MessageBody: 'b' },
      { Id: '3', MessageBody: 'c' },
    ]);
  });

  test('of none, or of more than ten, is our mistake', async () => {
    const fake = await startSqsFake();
    closing.push(fake.stop);
    for (const length of [0, 11]) {
      const messages = new Array<QueueMessage>(length).fill({ body: 'a', fifo: undefined });
      await expect(sendAt(fake.endpoint, { messages })).rejects.toThrow(`${length} messages`);
    }
    expect(fake.batches).toEqual([]);
  });
});

describe('a message that is not taken', () => {
  const tooLong = 'One or more parameters are invalid. Reason: Message must be shorter than 2048';

  test.each([
    [{ Code: 'InvalidMessageContents', SenderFault: true }, 'InvalidMessageContents'],
    [{ Code: 'InvalidParameterValue', SenderFault: true, Message: 'secret' }, undefined],
    [{ Code: 'InternalError', SenderFault: false }, 'InternalError'],
    [{ Code: 'AccessDenied', SenderFault: true }, 'AccessDenied'],
  ])('for %j is failed by its code, and the others are sent', async (why, reason = why.Code) => {
    const { sent } = await answeredWith({ failed: [{ Id: '1', ...why }] });
    const results = ['done', { kind: 'failed', reason }, 'done'];
    expect(sent).toEqual({ kind: 'sent', results });
  });

  test.each([
    'RequestThrottled',
    'ThrottlingException',
    'OverLimit',
    'KmsThrottled',
    'KMS.ThrottlingException',
  ])('for %s waits', async (Code) => {
    const { sent } = await answeredWith({ failed: [{ Id: '0', Code, SenderFault: true }] });
    expect(sent).toEqual({ kind: 'sent', results: [busy, 'done', 'done'] });
  });

  test('for being above its queue’s limit is too large', async () => {
    const why = { Code: 'InvalidParameterValue', SenderFault: true, Message: tooLong };
    const { sent } = await answeredWith({ failed: [{ Id: '2', ...why }] });
    expect(sent).toEqual({ kind: 'sent', results: ['done', 'done', { kind: 'too-large' }] });
  });

  test('and not named either is not known to be taken', async () => {
    const { sent } = await answeredWith({ failed: [], unnamed: ['1'] });
    const unnamed = { kind: 'failed', reason: 'not in the answer' };
    expect(sent).toEqual({ kind: 'sent', results: ['done', unnamed, 'done'] });
  });
});

describe('SQS that answers', () => {
  const failed = (reason: string) => ({ kind: 'failed', reason });

  test.each([
    [403, 'com.amazonaws.sqs#RequestThrottled', 'RequestThrottled;Sender', busy],
    [403, 'com.amazonaws.sqs#OverLimit', 'OverLimit;Sender', busy],
    [400, 'com.amazonaws.sqs#KmsThrottled', 'KMS.ThrottlingException;Sender', busy],
    [400, 'com.amazon.coral.availability#ThrottlingException', undefined, busy],
    [
      400,
      'com.amazonaws.sqs#BatchRequestTooLong',
      'AWS.SimpleQueueService.BatchRequestTooLong;Sender',
      { kind: 'too-large' },
    ],
    [
      400,
      'com.amazonaws.sqs#QueueDoesNotExist',
      'AWS.SimpleQueueService.NonExistentQueue;Sender',
      failed('QueueDoesNotExist, status 400'),
    ],
    [
      400,
      'com.amazonaws.sqs#InvalidMessageContents',
      undefined,
      failed('InvalidMessageContents, status 400'),
    ],
    [
      403,
      'com.amazon.coral.service#AccessDeniedException',
      'AccessDenied;Sender',
      failed('AccessDenied, status 403'),
    ],
    [
      500,
      'com.amazon.coral.service#InternalFailure',
      undefined,
      failed('InternalFailure, status 500'),
    ],
    [
      503,
      'com.amazon.coral.service#ServiceUnavailable',
      undefined,
      failed('ServiceUnavailable, status 503'),
    ],
  ])('%d %s (%s) is asked once', async (status, type, queryError, expected) => {
    const refusal = { status, type, ...(queryError !== undefined && { queryError }) };
    const { sent, requests } = await answeredWith(refusal);
    expect(sent).toEqual(expected);
    expect(requests).toBe(1);
  });

  test('that it has stored other bytes is not believed', async () => {
    const wrong = { Id: '0', MessageId: 'm', MD5OfMessageBody: 'd41d8cd98f00b204e9800998ecf8427e' };
    const server = await startScriptedServer((_, response) => {
      response.end(JSON.stringify({ Successful: [wrong] }));
    });
    closing.push(server.stop);
    expect(await sendAt(server.endpoint)).toMatchObject({ kind: 'failed' });
  });

  test('never is left at the call’s limit', async () => {
    const server = await startScriptedServer(() => {});
    closing.push(server.stop);
    const sent = await sendAt(server.endpoint, { timeoutMillis: 300 });
    expect(sent).toEqual(failed('no answer in time'));
  });
});

describe('a request', () => {
  const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=1:a87bd80c:1';

  test('goes to the region, whatever host the queue’s URL names', async () => {
    const client = sqsClient(emulatorCredentials);
    const handle = vi.spyOn(client.config.requestHandler, 'handle').mockRejectedValue(new Error());
    const evil = 'https://queue.example.com/123456789012/mail';
    await sqsSend({ client })({ queueUrl: evil, messages: three, timeoutMillis: 1_000 });
    const [request] = handle.mock.calls[0] ?? [];
    expect(request?.hostname).toBe('sqs.us-east-1.amazonaws.com');
  });

  test('leaves Lambda nothing to count: wake-ups lead to wake-ups by design', async () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'deliver');
    vi.stubEnv('_X_AMZN_TRACE_ID', trace);
    const { headers } = await answeredWith('taken');
    expect(headers).toHaveProperty('x-amz-target', 'AmazonSQS.SendMessageBatch');
    expect(headers).not.toHaveProperty('x-amzn-trace-id');
    // What the SDK adds unless told otherwise: else the line above would say nothing.
    expect(lambdaClient().middlewareStack.remove('recursionDetectionMiddleware')).toBe(true);
  });
});

type Sending = { readonly messages?: readonly QueueMessage[]; readonly timeoutMillis?: number };

function sendAt(
  endpoint: string,
  { messages = three, timeoutMillis = 60_000 }: Sending = {},
): Promise<Sent> {
  const client = sqsClient({ endpoint, ...emulatorCredentials, callMillisMax: 60_000 });
  closing.push(() => client.destroy());
  return sqsSend({ client })({ queueUrl, messages, timeoutMillis });
}

async function answeredWith(answer: SqsAnswer) {
  const fake = await startSqsFake(() => answer);
  closing.push(fake.stop);
  const sent = await sendAt(fake.endpoint);
  return { sent, requests: fake.batches.length, headers: fake.batches[0]?.headers };
}
