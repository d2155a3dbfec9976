// The SDK clients of the stores, and what all clients have in common, as the adapters need them:
//
// - Tried once. The SDK's own retry cannot tell "not done" from "unknown", and turns the success of
//   its first try into a refusal of its second. The engine's retries can.
// - Ended at the limit, body and all. The HTTP handler's requestTimeout only warns unless told to
//   throw, and looks no further than the head of the answer; its socketTimeout starts again with
//   every byte. An abort ends the whole call.
// - Of DynamoDB, answered by the bytes that it sent: it says their CRC-32 with every answer, and
//   the SDK does not look. It reads an item as it comes, and an empty body as "there is none".
// - Sockets are kept open, and there are enough: a call that gets none in time was not sent, which
//   is definite.

import { crc32 } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler, streamCollector } from '@smithy/node-http-handler';
import { connectMillisMax, objectCallMillisMax, tableCallMillisMax } from '../limits.ts';
import { CorruptAnswer } from './store-errors.ts';

export type ClientOptions = {
  /** An emulator's URL. Absent: the region's own. */
  readonly endpoint?: string;
  /** Absent: from the environment, as the SDK finds it. */
  readonly region?: string;
  /** Absent: from the environment, as the SDK finds them. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** A call that brings no limit of its own is ended after this. Default: that of its service. */
  readonly callMillisMax?: number;
  /** A connection, or a free socket, is waited for no longer. Default: connectMillisMax. */
  readonly connectMillisMax?: number;
  /** Calls at once. Default: socketsDefault. */
  readonly socketsMax?: number;
};

/** Above the calls that a process has under way at its busiest: a fetch reads 16 ranges at once. */
const socketsDefault = 256;

export function dynamodbClient(options: ClientOptions = {}): DynamoDBClient {
  return new DynamoDBClient({
    ...configuration(options),
    requestHandler: new CheckingHandler(options, tableCallMillisMax),
  });
}

/** Checksums are the caller's: the SDK adds its own only where S3 demands one. The header "Expect:
 * 100-continue", which it sends with bodies of 2 MB and more, would cost a new connection each. */
export function s3Client(options: ClientOptions = {}): S3Client {
  return new S3Client({
    ...configuration(options),
    requestHandler: new EndingHandler(options, objectCallMillisMax),
    forcePathStyle: options.endpoint !== undefined,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
  });
}

export function configuration({ endpoint, region, credentials }: ClientOptions) {
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
    maxAttempts: 1,
  };
}

type Handle = NodeHttpHandler['handle'];

/** A class, since a client takes its handler as one. A call's own limit is its requestTimeout. */
export class EndingHandler extends NodeHttpHandler {
  readonly #callMillisMax: number;

  constructor(options: ClientOptions, callMillisDefault: number) {
    const agent = { keepAlive: true, maxSockets: options.socketsMax ?? socketsDefault };
    super({
      connectionTimeout: options.connectMillisMax ?? connectMillisMax,
      httpAgent: agent,
      httpsAgent: agent,
    });
    this.#callMillisMax = options.callMillisMax ?? callMillisDefault;
  }

  override handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    const { requestTimeout: callMillisMax = this.#callMillisMax, ...rest } = options ?? {};
    const abortSignal = AbortSignal.timeout(callMillisMax);
    return super.handle(request, { ...rest, abortSignal });
  }
}

/** An emulator may send no sum. Source: the Amazon DynamoDB Developer Guide, "DynamoDB low-level
 * API", on x-amz-crc32. */
class CheckingHandler extends EndingHandler {
  override async handle(...call: Parameters<Handle>): ReturnType<Handle> {
    const { response } = await super.handle(...call);
    const body: Uint8Array = await streamCollector(response.body);
    const sum = response.headers['x-amz-crc32'];
    if (sum !== undefined && Number(sum) !== crc32(body)) throw new CorruptAnswer();
    response.body = body;
    return { response };
  }
}
