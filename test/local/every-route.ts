// A request to every route of an embedded engine that is not open to all, and to what is no route.

import { ingestRoutes } from '../../local/ingest-routes.ts';
import { allRoutes } from '../../shared/api/all-routes.ts';

type Asked = { readonly method: string; readonly path: string };

/** Names, numbers and ids alike. */
const parameter = /(?<=\/):\w+/g;

export const everyRoute: readonly Asked[] = [
  ...[...allRoutes('{}'), ingestRoutes].flatMap((group) => Object.keys(group)),
  'GET /nowhere',
  'OPTIONS /topics',
  'PATCH /topics',
].map((route) => {
  const [method = '', path = ''] = route.split(' ');
  return { method, path: path.replaceAll(parameter, '0') };
});

/** Each answer as `STATUS ERROR_CODE`, with how many routes gave it. A refusal to say who one is
 * must come with a challenge.
 * @param more of the path, its query. */
export async function answersOfAll(
  url: string,
  headers: Readonly<Record<string, string>>,
  more = '',
): Promise<Readonly<Record<string, number>>> {
  const request = async ({ method, path }: Asked) => {
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
  for (const answer of await Promise.all(everyRoute.map(request))) {
    answers[answer] = (answers[answer] ?? 0) + 1;
  }
  return answers;
}
