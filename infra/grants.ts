// What a caller's policy says when it may produce or fetch: `execute-api:Invoke` on routes, for
// every topic or for one.

import { Stack, Token } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { type FunctionName, functionRoutes, type Route } from '../shared/contract.ts';

/** Kafka's topic names. A wildcard or a slash in one would widen the grant. */
const topicForm = /^[a-zA-Z0-9._-]{1,249}$/;

const ofAnyTopic: ReadonlySet<Route> = new Set(['POST /transactions']);

export interface Invocation {
  readonly scope: IConstruct;
  readonly apiId: string;
  readonly grantee: IGrantable;
  readonly name: FunctionName;
  /** @default every topic */
  readonly topic?: string;
}

/** @throws TypeError when `topic` is no topic's name. */
export function grantInvoke({ scope, apiId, grantee, name, topic }: Invocation): Grant {
  if (topic !== undefined && !Token.isUnresolved(topic) && !topicForm.test(topic)) {
    throw new TypeError(`topic is '${topic}': it must be 1 to 249 of a-z, A-Z, 0-9, '.', '_', '-'`);
  }
  // Whoever is let into one topic is not let into a route that names its topics in the body.
  const routes = functionRoutes[name].filter(
    (route) => topic === undefined || !ofAnyTopic.has(route),
  );
  const resourceArns = routes.map((route) => {
    const [method, path = ''] = route.split(' ');
    const resource = path.replace('{topic}', topic ?? '*').replaceAll(/\{[^}]+\}/g, '*');
    return Stack.of(scope).formatArn({
      service: 'execute-api',
      resource: apiId,
      resourceName: `$default/${method}${resource}`,
    });
  });
  return Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns });
}
