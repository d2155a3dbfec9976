// A request to every route of an embedded engine that is not open to all, and to what is no route.

import { embeddedRoutes, filledIn } from '../api/every-route.ts';

export const everyRequest: readonly string[] = [
  ...embeddedRoutes.map((route) => filledIn(route)),
  'GET /nowhere',
  'OPTIONS /topics',
  'PATCH /topics',
];

/** Each answer as `STATUS ERROR_CODE`, with how many requests got it. A refusal to say who one is
 * must come with a challenge.
 * @param more of the path, its query. */
export async function answersOfAll(
  url: string,
  headers: Readonly<Record<string, string>>,
  more = '',
): Promise<Readonly<Record<string, number>>> {
  const ask = async (request: string) => {
    const [method = '', path = ''] = request.split(' ');
    const hasBody = ['POST', 'PUT', 'PATCH'].includes(method);
    const response = await fetch(`${url}${path}${more}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(hasBody && { body: '{}' }),
    });
    const code = JSON.parse((await response.text()) || '{}').error_code;
    const isChallenged = (response.headers.get('WWW-Authenticate') ?? '').startsWith('Bearer ');
    const isRight = isChallenged === (response.status === 401);
    return `${response.status} ${code}${isRight ? '' : ' with a wrong challenge'}`;
  };
  const answers: Record<string, number> = {};
  for (const answer of await Promise.all(everyRequest.map(ask))) {
    answers[answer] = (answers[answer] ?? 0) + 1;
  }
  return answers;
}
