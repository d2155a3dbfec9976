// An API whose callers are bound by ACLs, what is there for them to touch, and a row: one request
// and what must be allowed for it.

import type { Acl, Operation } from '../../../shared/access/acl.ts';
import type { AccessControl } from '../../../shared/api/access.ts';
import type { Need } from '../../access/naive-acls.ts';
import { type Answer, type Asked, newApi, openApi, type Question } from '../ask.ts';
import { embeddedGroups, filledIn, type PathValues, pathValues } from '../every-route.ts';

/** Whom no ACL binds. */
export const admin = 'User:admin';

/** Something that is there before the request. @returns what it adds to what stands in paths. */
export type Given = (asAdmin: Asked) => Promise<PathValues | undefined>;

export type Row = {
  /** As the route groups write it. */
  readonly route: string;
  /** Which of several requests of that route. */
  readonly of?: string;
  /** All of them must be allowed, and nothing else. */
  readonly needs: readonly Need[];
  /** One of these alone does, too. */
  readonly or?: readonly Need[];
  /** The name of what it needs does not matter: some resource of the type. */
  readonly anywhere?: true;
  readonly given?: readonly Given[];
  readonly values?: PathValues;
  readonly query?: string;
  readonly question?: Question | ((values: PathValues) => Question);
  /** How it is answered when it is let in. @default 2xx */
  readonly status?: number;
  /** What it stores though it is refused: its instance's session, and nothing else. */
  readonly renewsSession?: true;
};

/** Callers say who they are: no test of what they may needs to know how they prove it. */
const sayingWho: AccessControl = {
  identify: ({ req }) => {
    const principal = req.header('x-caller');
    const operations = req.header('x-narrowed-to')?.split(',') as Operation[] | undefined;
    return principal === undefined ? undefined : { principal, operations };
  },
  acls: { superUsers: new Set([admin]) },
  apiKeys: true,
};

export type Walk = Asked & {
  readonly asAdmin: Asked;
  /** @param principal undefined: nobody. */
  readonly askAs: (
    principal: string | undefined,
    route: string,
    question?: Question,
  ) => Promise<Answer>;
  /** These are all the ACLs, as its process knows them, until its next look at them. */
  readonly bind: (...acls: Acl[]) => void;
  /** The row's own request. */
  readonly askRow: (principal: string | undefined, more?: Question) => Promise<Answer>;
  /** What was written so far, in units and objects. */
  readonly written: () => number;
};

/** @param access how it knows its callers. @default they say who they are */
export async function newWalk(row?: Row, access: AccessControl = sayingWho): Promise<Walk> {
  const api = await newApi(embeddedGroups, access);
  const { world, engine } = api;
  const furnished = await furnish(api, row);
  const askAs = (principal: string | undefined, route: string, question: Question = {}) => {
    const caller: Record<string, string> = principal === undefined ? {} : { 'x-caller': principal };
    return api.ask(route, { ...question, headers: { ...question.headers, ...caller } });
  };
  return {
    ...api,
    asAdmin: furnished.asAdmin,
    askAs,
    askRow: (principal, more = {}) => {
      const { route, question } = requestOf(row as Row, furnished.values);
      const headers = { ...question.headers, ...more.headers };
      return askAs(principal, route, { ...question, headers });
    },
    bind: (...acls) => {
      engine.acls.known = { acls, version: 'bound', readAt: world.time.now() };
    },
    written: () => world.account.bill.writeUnits + world.account.bill.objectPuts,
  };
}

/** Who furnishes is let in everywhere, however others prove who they are. */
async function furnish({ world, engine }: Asked, row: Row | undefined) {
  const access = { ...sayingWho, identify: () => ({ principal: admin }) };
  const asAdmin = openApi(world, access, undefined, engine);
  let values = pathValues;
  for (const given of row?.given ?? []) values = { ...values, ...(await given(asAdmin)) };
  return { asAdmin, values: { ...values, ...row?.values } };
}

function requestOf({ route, query = '', question = {} }: Row, values: PathValues) {
  const said = typeof question === 'function' ? question(values) : question;
  return { route: filledIn(route, values) + query, question: said };
}

export function titleOf({ route, of }: Row): string {
  return of === undefined ? route : `${route} (${of})`;
}

export const successes: readonly number[] = [200, 201, 204, 207];
