// Who has sent a request, as API Gateway has found out: by the signature, by the token, or by
// asking the authorize function. What the request says of itself counts for nothing.
// Source: API Gateway's "Control access to HTTP APIs": what `requestContext.authorizer` holds.

import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Operation, operations } from '../shared/access/acl.ts';
import { principalFault, principalNamed, principalOfArn } from '../shared/access/principal.ts';
import type { Caller } from '../shared/api/access.ts';

/** What the authorize function tells of a caller. Only texts arrive. */
export type AuthorizerContext = {
  readonly principal: string;
  /** Separated by commas; empty: his key is not narrowed. */
  readonly operations: string;
};

type Authorizer = {
  readonly iam?: { readonly userArn?: string } | null;
  readonly jwt?: { readonly claims?: Readonly<Record<string, unknown>> } | null;
  readonly lambda?: Partial<AuthorizerContext> | null;
};

export function contextOf({ principal, operations: own }: Caller): AuthorizerContext {
  return { principal, operations: own?.join(',') ?? '' };
}

/** @param principalClaim of a token: what names its caller.
 * @returns undefined: nobody was asked, or has no name that a principal may have. */
export function callerOf(
  { requestContext }: APIGatewayProxyEventV2,
  principalClaim: string,
): Caller | undefined {
  const { authorizer } = requestContext as { readonly authorizer?: Authorizer };
  const caller = callerIn(authorizer, principalClaim);
  return caller === undefined || principalFault(caller.principal) !== undefined
    ? undefined
    : caller;
}

function callerIn(authorizer: Authorizer | undefined, claim: string): Caller | undefined {
  const arn = authorizer?.iam?.userArn;
  if (arn) return { principal: principalOfArn(arn) };
  const named = authorizer?.jwt?.claims?.[claim];
  if (typeof named === 'string') return { principal: principalNamed(named) };
  const { principal, operations: own } = authorizer?.lambda ?? {};
  if (principal === undefined || own === undefined) return undefined;
  return { principal, ...(own !== '' && { operations: own.split(',').filter(isOperation) }) };
}

function isOperation(text: string): text is Operation {
  return (operations as readonly string[]).includes(text);
}
