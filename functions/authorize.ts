// Whether a request's API key is a good one, and whose. API Gateway asks, and remembers the answer
// for a while.
// Source: API Gateway's "Control access to HTTP APIs with AWS Lambda authorizers", simple
// responses.

import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { credentialIn } from '../shared/access/api-key.ts';
import { authenticate } from '../shared/engine/access/authenticate.ts';
import { EngineError } from '../shared/errors.ts';
import { contextOf } from './caller.ts';
import { noObjects, onEvent } from './runtime.ts';

const parts = { objects: noObjects };

export const handler = onEvent(
  'authorize',
  parts,
  async (engine, call, { headers }: APIGatewayRequestAuthorizerEventV2) => {
    const credential = credentialIn(headers?.['authorization']);
    const key = credential && (await authenticate(engine, call, credential));
    if (key === undefined) {
      call.tally.failure = new EngineError('UNAUTHENTICATED', 'no key that is good');
      return { isAuthorized: false };
    }
    call.tally.principal = key.principal;
    return { isAuthorized: true, context: contextOf(key) };
  },
);
