// The two SDK clients, as the adapters need them:
//
// - Tried once. The SDK's own retry cannot tell "not done" from "unknown", and turns the success of
//   its first try into a refusal of its second. The engine's retries can.
// - Ended at the limit, body and all. The HTTP handler's requestTimeout only warns unless told to
//   throw, and looks no further than the head of the answer; its socketTimeout starts again with
//   every byte. An abort ends the whole call.
// - Sockets are kept open, and there are enough: a call that gets none in time was not sent, which
//   is definite.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { connectMillisMax, objectCallMillisMax, tableCallMillisMax } from '../limits.ts';

export type ClientOptions = {
  /** An emulator's URL. Absent: the region's own. */
  readonly endpoint?: string;
  /** Absent: from the environment, as the SDK finds it. */
  readonly region?: string;
  /** Absent: from the environment, as the SDK finds them. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** A call is ended after this. Default: the limit of its store. */
  readonly callMillisMax?: number;
  /** A connection, or a free socket, is waited for no longer. Default: connectMillisMax. */
  readonly connectMillisMax?: number;
  /** Calls at once. Default: socketsDefault. */
  readonly socketsMax?: number;
};

/** Above the calls that a process has under way at its busiest: a fetch reads 16 ranges at once. */
const socketsDefault = 256;

export function dynamodbClient(options: ClientOptions = {}): DynamoDBClient {
  return new DynamoDBClient(configuration(options, tableCallMillisMax));
}

/** Checksums are the caller's: the SDK adds its own only where S3 demands one. The header "Expect:
 * 100-continue", which it sends with bodies of 2 MB and more, would cost a new connection each. */
export function s3Client(options: ClientOptions = {}): S3Client {
  return new S3Client({
    ...configuration(options, objectCallMillisMax),
    forcePathStyle: options.endpoint !== undefined,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
  });
}

function configuration(options: ClientOptions, callMillisDefault: number) {
  const { endpoint, region, credentials } = options;
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
    maxAttempts: 1,
    requestHandler: new EndingHandler(options, callMillisDefault),
  };
}

type Handle = NodeHttpHandler['handle'];

/** A class, since a client takes its handler as one. */
class EndingHandler extends NodeHttpHandler {
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
    const abortSignal = AbortSignal.timeout(this.#callMillisMax);
    return super.handle(request, { ...options, abortSignal });
  }
}
