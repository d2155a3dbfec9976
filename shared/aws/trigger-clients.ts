// The SDK clients of what triggers speak to, made as those of the stores are (clients.ts): tried
// once, ended at the limit. Apart from those, so that what only stores does not load them.

import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type ClientOptions, configuration, EndingHandler } from './clients.ts';

/** A function runs no longer. Source: "Lambda quotas", on the function timeout. */
const invocationMillisMax = 900_000;
/** A send is a write of a few messages: as long as one to the table has. */
const sendMillisMax = 3_000;

/** Sockets are kept alive (TCP's way) while a function works: what stands between forgets silent
 * connections after some minutes. */
export function lambdaClient(options: ClientOptions = {}): LambdaClient {
  return new LambdaClient({
    ...configuration(options),
    requestHandler: new EndingHandler(options, invocationMillisMax),
  });
}

/** - Requests go to the region's endpoint, not to the host that a queue's URL names: a subscription
 *   has the URL from whoever made it, and requests carry the role's session token.
 * - Messages carry no lineage. Lambda counts by it how often a message led to the next one, and
 *   drops what is above 16: here one wake-up leads to the next by design, and the functions that
 *   they deliver to would be counted in the same chain.
 * Source: the AWS Lambda Developer Guide, "Use Lambda recursive loop detection". */
export function sqsClient(options: ClientOptions = {}): SQSClient {
  const client = new SQSClient({
    ...configuration(options),
    requestHandler: new EndingHandler(options, sendMillisMax),
    useQueueUrlAsEndpoint: false,
  });
  client.middlewareStack.remove('recursionDetectionMiddleware');
  return client;
}
