// Where API Gateway sends a request, by the routes that the contract gives each function.

import { type FunctionName, functionNames, functionRoutes } from '../../shared/contract.ts';

/** Whether a route of the contract's form takes in the described one. */
export function takesIn(own: string, route: string): boolean {
  const [method, path = ''] = own.split(' ');
  const [methodGiven, pathGiven = ''] = route.split(' ');
  if (method !== 'ANY' && method !== methodGiven) return false;
  const [stem = '', greedy] = path.split('{proxy+}');
  return greedy === undefined ? path === pathGiven : pathGiven.startsWith(stem);
}

/** To the route that says the most of its path.
 * Source: API Gateway's "Create routes for HTTP APIs". */
export function functionFor(route: string): FunctionName {
  const takers = functionNames.flatMap((name) =>
    functionRoutes[name]
      .filter((own) => takesIn(own, route))
      .map((own) => ({ name, said: own.endsWith('{proxy+}') ? own.length : Infinity })),
  );
  const [most] = takers.sort((one, other) => other.said - one.said);
  return most?.name ?? 'topics';
}
