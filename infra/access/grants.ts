// What a caller's policy says when it may produce, fetch, consume or administer:
// `execute-api:Invoke` on routes, for every topic or group, or for one.
//
// A method is always named. A wildcard of IAM's stands for slashes too, so that one in the place of
// the method would also let through other paths that end alike.

import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import {
  apiKeyRoutes,
  consoleRoutes,
  functionRoutes,
  grantedRoutes,
  type Route,
} from '../../shared/contract.ts';
import { checkName } from '../names.ts';

/** What may be granted: on which routes, and what one grant may be narrowed to. */
const purposes = {
  produce: { routes: functionRoutes.produce, parameter: 'topic' },
  fetch: { routes: functionRoutes.fetch, parameter: 'topic' },
  consume: { routes: grantedRoutes.consume, parameter: 'group' },
  manageKeys: { routes: apiKeyRoutes, parameter: 'key' },
  admin: { routes: [...grantedRoutes.admin, ...consoleRoutes], parameter: 'topic' },
} as const satisfies Record<string, { routes: readonly Route[]; parameter: string }>;

export type Purpose = keyof typeof purposes;

/** Whoever is let into one topic is not let into a route that is about others, too, or names them
 * in its body. */
const ofAnyTopic: ReadonlySet<Route> = new Set([
  'POST /transactions',
  ...consoleRoutes,
  ...grantedRoutes.admin.filter((route) => !route.includes('{topic}')),
]);

export interface Invocation {
  readonly scope: IConstruct;
  readonly apiId: string;
  readonly grantee: IGrantable;
  readonly purpose: Purpose;
  /** The one topic, or the one group.
   * @default every one */
  readonly only?: string;
}

/** @throws TypeError when `only` is no name, or one by which a path is not about that topic alone:
 * `/topics/-/configs` is about all of them. */
export function grantInvoke({ scope, apiId, grantee, purpose, only }: Invocation): Grant {
  const { parameter } = purposes[purpose];
  checkName(parameter, only);
  if (purpose === 'admin' && only === '-') {
    throw new TypeError(`${parameter} is '-': it must be another one, or none for all of them`);
  }
  const routes: readonly Route[] = purposes[purpose].routes;
  const resourceArns = routes
    .filter((route) => only === undefined || !ofAnyTopic.has(route))
    .map((route) => {
      const [method, path = ''] = route.split(' ');
      // In one pass: a name that only the deployment knows has braces of its own.
      const narrowed = path.replaceAll(/\{([^}]+)\}/g, (_, name) =>
        name === parameter ? (only ?? '*') : '*',
      );
      return Stack.of(scope).formatArn({
        service: 'execute-api',
        resource: apiId,
        resourceName: `$default/${method}${narrowed}`,
      });
    });
  return Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns });
}
