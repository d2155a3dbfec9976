// Functions as targets, over Lambda's Invoke: called, and waited for. The call's status is of
// Lambda; that the function itself failed is said in a header of a good answer.
//
// Source: the AWS Lambda API Reference, "Invoke".

import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { parsedOrUndefined } from '../json.ts';
import { plainName } from '../ports/plain-name.ts';
import type { Invoked, Targets } from '../ports/targets.ts';
import { undeliveredBy } from './undelivered.ts';

/** @param access.client as lambdaClient (trigger-clients.ts) makes it. */
export function lambdaInvoke({ client }: { readonly client: LambdaClient }): Targets['invoke'] {
  return async ({ functionName, payload, timeoutMillis }) => {
    const command = new InvokeCommand({
      FunctionName: functionName,
      InvocationType: 'RequestResponse',
      LogType: 'None',
      Payload: Buffer.from(payload),
    });
    try {
      return invoked(await client.send(command, { requestTimeout: timeoutMillis }));
    } catch (failure) {
      return undeliveredBy(failure);
    }
  };
}

function invoked({ FunctionError: fault, Payload: answer }: InvokeCommandOutput): Invoked {
  const payload = answer?.transformToString() ?? '';
  if (fault === undefined) return { kind: 'returned', payload };
  return { kind: 'function-error', reason: plainName(errorTypeIn(payload) ?? fault) };
}

/** The type alone: the message beside it says what the function likes, and may hold what it was
 * given. A runtime may give none. */
function errorTypeIn(payload: string): string | undefined {
  const { errorType } = Object(parsedOrUndefined(payload)) as { readonly errorType?: unknown };
  return typeof errorType === 'string' && errorType !== '' ? errorType : undefined;
}
