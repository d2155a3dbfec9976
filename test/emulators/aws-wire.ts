// DynamoDB and S3 as a proxy sees them: which call of a port a request is, and the words in which
// each says that it is throttling, in conflict, or broken.
//
// Sources: "Error handling with DynamoDB", CancellationReasons of TransactWriteItems, and "List of
// error codes" of Amazon S3.

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import type { Operation, Refusal } from './wire-faults.ts';

export type WireRequest = {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type WireAnswer = {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
};

export type Wire = {
  /** @returns undefined for what is no call of a port: making a table, or a bucket. */
  readonly operationOf: (request: WireRequest) => Operation | undefined;
  /** What the emulator answers, as the service itself would. */
  readonly complete: (answer: WireAnswer) => WireAnswer;
  /** @param at in [0, 1): which of the ways there are to say it. */
  readonly refuse: (refusal: Refusal, request: WireRequest, at: number) => WireAnswer;
};

const targets: ReadonlyMap<string, Operation> = new Map([
  ['GetItem', 'get'],
  ['Query', 'query'],
  ['PutItem', 'write'],
  ['UpdateItem', 'write'],
  ['DeleteItem', 'write'],
  ['TransactWriteItems', 'transact'],
]);

const namespace = 'com.amazonaws.dynamodb.v20120810#';
const tooFast = [
  `${namespace}ProvisionedThroughputExceededException`,
  'com.amazon.coral.availability#ThrottlingException',
  `${namespace}RequestLimitExceeded`,
];

export const dynamodbWire: Wire = {
  operationOf: ({ headers }) => {
    const [, target = ''] = String(headers['x-amz-target']).split('.');
    return targets.get(target);
  },
  complete: summed,
  refuse(refusal, request, at) {
    const isTransaction = dynamodbWire.operationOf(request) === 'transact';
    switch (refusal) {
      case 'throttled':
        if (isTransaction && at >= 0.75) return cancelled(request, 'ThrottlingError', at);
        return dynamodbAnswer(400, pick(tooFast, at));
      case 'conflict':
        return isTransaction
          ? cancelled(request, 'TransactionConflict', at)
          : dynamodbAnswer(400, `${namespace}TransactionConflictException`);
      case 'error 500':
        return dynamodbAnswer(500, `${namespace}InternalServerError`);
      case 'error 503':
        return dynamodbAnswer(503, 'com.amazon.coral.service#ServiceUnavailableException');
    }
  },
};

/** One of the transaction's writes, by chance, is to blame. */
function cancelled({ body }: WireRequest, code: string, at: number): WireAnswer {
  const { TransactItems: items } = JSON.parse(body.toString()) as { TransactItems: unknown[] };
  const blamed = Math.floor(at * items.length);
  const CancellationReasons = items.map((_, index) => ({ Code: index === blamed ? code : 'None' }));
  return dynamodbAnswer(400, `${namespace}TransactionCanceledException`, { CancellationReasons });
}

function dynamodbAnswer(status: number, type: string, more: object = {}): WireAnswer {
  const body = Buffer.from(JSON.stringify({ __type: type, message: type, ...more }));
  return summed({ status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body });
}

/** With the sum of its bytes: DynamoDB sends it with every answer, its emulator with no refusal. */
function summed({ status, headers, body }: WireAnswer): WireAnswer {
  return { status, headers: { 'x-amz-crc32': String(crc32(body)), ...headers }, body };
}

export const s3Wire: Wire = {
  complete: (answer) => answer,
  operationOf({ method, path }) {
    const { pathname, searchParams } = new URL(path, 'http://s3');
    const [, , key = ''] = pathname.split('/');
    if (method === 'PUT') return key === '' ? undefined : 'put';
    if (method === 'POST') return searchParams.has('delete') ? 'delete' : undefined;
    if (method !== 'GET') return undefined;
    return key === '' ? 'list' : 'read';
  },
  refuse(refusal, request) {
    const isPut = s3Wire.operationOf(request) === 'put';
    switch (refusal) {
      case 'throttled':
        return s3Answer(503, 'SlowDown');
      case 'conflict':
        return s3Answer(409, isPut ? 'ConditionalRequestConflict' : 'OperationAborted');
      case 'error 500':
        return s3Answer(500, 'InternalError');
      case 'error 503':
        return s3Answer(503, 'ServiceUnavailable');
    }
  },
};

function s3Answer(status: number, code: string): WireAnswer {
  const xml = `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(xml) };
}

function pick<Of>(choices: readonly Of[], at: number): Of {
  return choices[Math.floor(at * choices.length)] as Of;
}
