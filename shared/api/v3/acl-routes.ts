// v3's ACLs: who may do what to which resources. Served where ACLs decide; elsewhere there are
// none.
// Source: Confluent's REST Proxy API v3, "ACL".

import { type Acl, cluster } from '../../access/acl.ts';
import type { AclFilter } from '../../access/acl-filter.ts';
import { createAcls, deleteAcls, findAcls } from '../../engine/access/acls.ts';
import { invalidField } from '../../engine/identity-errors.ts';
import { type Exchange, notFound, type RouteGroup } from '../exchange.ts';
import { v3ReplyType } from '../media-types.ts';
import { emptyReply, reply } from '../reply.ts';
import { fitsReply, textsThatFit } from '../reply-list.ts';
import { checked, controlBody } from '../request-body.ts';
import { type AclBody, type AclQuery, aclBatchBody, aclBody, aclQuery } from '../schemas/access.ts';
import { clusterId, collectionOf, type Scope, scopeOf } from './resources.ts';

const aclsPath = '/v3/clusters/:cluster/acls';

export const v3AclRoutes: RouteGroup = {
  [`GET ${aclsPath}`]: list,
  [`POST ${aclsPath}`]: create,
  [`POST ${aclsPath}:batch`]: createSome,
  [`DELETE ${aclsPath}`]: remove,
};

async function list(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = aclScope(exchange);
  exchange.access.need('DESCRIBE', cluster);
  const query = queryIn(exchange);
  const acls = await findAcls(exchange.engine, exchange.call, filterOf(query));
  const url = `${scope.url}/acls?${new URLSearchParams(definite(query))}`;
  const body = JSON.stringify(collectionOf('KafkaAclList', url, resourcesOf(scope, acls)));
  if (fitsReply(body)) return reply(exchange, { type, body });
  throw invalidField('principal', 'it must be given: all that is asked for is too long a reply');
}

async function create(exchange: Exchange): Promise<Response> {
  const scope = aclScope(exchange);
  needToAlter(exchange);
  const acl = aclOf(await controlBody(exchange, aclBody));
  await createAcls(exchange.engine, exchange.call, [acl]);
  return emptyReply(exchange, { Location: aclUrl(scope, acl) }, 201);
}

async function createSome(exchange: Exchange): Promise<Response> {
  aclScope(exchange);
  needToAlter(exchange);
  const { data } = await controlBody(exchange, aclBatchBody);
  await createAcls(exchange.engine, exchange.call, data.map(aclOf));
  return emptyReply(exchange, {}, 201);
}

/** What says nothing would take everything away: that must be said, by a word of ANY. As many are
 * told of as a reply holds: they are gone already. */
async function remove(exchange: Exchange): Promise<Response> {
  const type = v3ReplyType(exchange);
  const scope = aclScope(exchange);
  needToAlter(exchange);
  expectMeant(exchange);
  const query = queryIn(exchange);
  if (Object.values(query).every((value) => value === undefined)) {
    throw invalidField('resource_type', 'it, or another of the query, must be there');
  }
  const acls = await deleteAcls(exchange.engine, exchange.call, filterOf(query));
  const texts = textsThatFit(resourcesOf(scope, acls), (one) => JSON.stringify(one));
  return reply(exchange, { type, body: `{"data":[${texts.join(',')}]}` });
}

/** @throws EngineError FORBIDDEN. */
function needToAlter({ access }: Exchange): void {
  access.need('ALTER', cluster);
  access.needWholeKey('ALTER', 'ACLs');
}

/** What is misspelt, said twice, or empty as a variable that was never set, would take away more
 * than is meant, or less.
 * @throws EngineError INVALID_FIELD. */
function expectMeant({ context }: Exchange): void {
  for (const [name, [value, ...more]] of Object.entries(context.req.queries())) {
    if (!Object.hasOwn(aclQuery.shape, name)) throw invalidField(name.slice(0, 100), 'is unknown');
    if (more.length > 0) throw invalidField(name, 'must not be repeated');
    if (value === '') throw invalidField(name, 'must not be empty: leave it out, or say ANY');
  }
}

/** @throws EngineError NOT_FOUND: nobody is bound by any. */
function aclScope(exchange: Exchange): Scope {
  if (!exchange.access.serves.acls) throw notFound();
  return scopeOf(exchange);
}

function aclOf({ resource_type: type, resource_name: name, ...said }: AclBody): Acl {
  const { principal, pattern_type: pattern, operation, permission } = said;
  return { principal, resource: { type, name }, pattern, operation, permission };
}

/** @throws EngineError MALFORMED_FIELD, INVALID_FIELD. */
function queryIn({ context }: Exchange): AclQuery {
  const names = Object.keys(aclQuery.shape);
  const given = names.map((name) => [name, context.req.query(name) || undefined]);
  return checked(aclQuery, Object.fromEntries(given));
}

function filterOf({ resource_name: name, principal, host, ...query }: AclQuery): AclFilter {
  return definite({
    name,
    principal,
    host,
    type: some(query.resource_type),
    pattern: some(query.pattern_type),
    operation: some(query.operation),
    permission: some(query.permission),
  });
}

function some<Word extends string>(word: Word | undefined): Exclude<Word, 'ANY'> | undefined {
  return word === 'ANY' ? undefined : (word as Exclude<Word, 'ANY'>);
}

type Definite<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

function definite<Fields extends object>(fields: Fields): Definite<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Definite<Fields>;
}

function resourcesOf(scope: Scope, acls: readonly Acl[]) {
  const resources = acls.map((acl) => {
    const self = aclUrl(scope, acl);
    return { kind: 'KafkaAcl', metadata: { self }, cluster_id: clusterId, ...fieldsOf(acl) };
  });
  return resources.toSorted((one, other) => (one.metadata.self < other.metadata.self ? -1 : 1));
}

/** By which it alone is found. */
function aclUrl({ url }: Scope, acl: Acl): string {
  return `${url}/acls?${new URLSearchParams(fieldsOf(acl))}`;
}

function fieldsOf({ principal, resource, pattern, operation, permission }: Acl) {
  const of = { resource_type: resource.type, resource_name: resource.name, pattern_type: pattern };
  return { ...of, principal, host: '*', operation, permission };
}
