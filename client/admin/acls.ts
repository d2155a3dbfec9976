// Who may do what. Served by engines at which ACLs decide; elsewhere there are none, and an error
// says SECURITY_DISABLED.

import { naming } from '../naming.ts';
import { clusterPath, withQuery } from '../path.ts';
import type { CallOptions, Requests } from '../requests.ts';
import { expectList } from '../within.ts';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  numberOf,
  ResourcePatternTypes,
  wordOf,
} from './kafka-types.ts';

export type AclResource = {
  readonly resourceType: AclResourceTypes;
  /** '*' with LITERAL: all of the type. */
  readonly resourceName: string;
  readonly resourcePatternType: ResourcePatternTypes;
};

export type Acl = {
  /** 'User:' and a name; 'User:*' is everyone. */
  readonly principal: string;
  /** '*': nothing else is known for certain. */
  readonly host: string;
  readonly operation: AclOperationTypes;
  readonly permissionType: AclPermissionTypes;
};

export type AclEntry = Acl & AclResource;

/** What is not said asks nothing, as ANY does. */
export type AclFilter = {
  readonly resourceType: AclResourceTypes;
  readonly resourceName?: string;
  readonly resourcePatternType: ResourcePatternTypes;
  readonly principal?: string;
  readonly host?: string;
  readonly operation: AclOperationTypes;
  readonly permissionType: AclPermissionTypes;
};

export type DescribeAclResponse = {
  readonly errorCode: 0;
  readonly errorMessage: null;
  readonly throttleTime: 0;
  readonly resources: (AclResource & { readonly acls: Acl[] })[];
};

export type MatchingAcl = AclEntry & { readonly errorCode: 0; readonly errorMessage: null };

export type DeleteAclResponse = {
  /** By filter, in their order. */
  readonly filterResponses: {
    readonly errorCode: 0;
    readonly errorMessage: null;
    readonly matchingAcls: MatchingAcl[];
  }[];
};

/** v3's. */
type AclReply = {
  readonly resource_type: string;
  readonly resource_name: string;
  readonly pattern_type: string;
  readonly principal: string;
  readonly host: string;
  readonly operation: string;
  readonly permission: string;
};

const aclsPath = `${clusterPath}/acls`;
const aclNames = { 404: 'SECURITY_DISABLED' } as const;

/** Of one request, all or none of which are made. */
const perRequestMax = 99;

export async function createAcls(
  requests: Requests,
  { acl, signal }: CallOptions & { readonly acl: readonly AclEntry[] },
): Promise<true> {
  expectList('acl', acl, 1);
  const data = acl.map(({ resourceName, principal, host, ...entry }) => {
    return { ...wordsOf(entry), resource_name: resourceName, principal, host };
  });
  for (let from = 0; from < data.length; from += perRequestMax) {
    const json = { data: data.slice(from, from + perRequestMax) };
    const made = requests.ask({ method: 'POST', path: `${aclsPath}:batch`, json, signal });
    await made.catch(naming(aclNames));
  }
  return true;
}

export async function describeAcls(
  requests: Requests,
  { signal, ...filter }: CallOptions & AclFilter,
): Promise<DescribeAclResponse> {
  const path = withQuery(aclsPath, queryOf(filter));
  const found = await requests.list<AclReply>(path, { signal }).catch(naming(aclNames));
  const byResource = Map.groupBy(found.map(entryOf), (entry) => {
    return JSON.stringify([entry.resourceType, entry.resourcePatternType, entry.resourceName]);
  });
  const resources = [...byResource.values()].flatMap((entries) => {
    const [first] = entries;
    return first === undefined ? [] : [{ ...resourceOf(first), acls: entries.map(aclOf) }];
  });
  return { errorCode: 0, errorMessage: null, throttleTime: 0, resources };
}

/** One filter after another: each takes away what it means. */
export async function deleteAcls(
  requests: Requests,
  { filters, signal }: CallOptions & { readonly filters: readonly AclFilter[] },
): Promise<DeleteAclResponse> {
  expectList('filters', filters, 1);
  const queries = filters.map(queryOf);
  const filterResponses: DeleteAclResponse['filterResponses'] = [];
  for (const query of queries) {
    type Reply = { readonly data: readonly AclReply[] };
    const path = withQuery(aclsPath, query);
    const gone = await requests
      .ask<Reply>({ method: 'DELETE', path, signal })
      .catch(naming(aclNames));
    const matchingAcls = gone.data.map((one): MatchingAcl => {
      return { errorCode: 0, errorMessage: null, ...entryOf(one) };
    });
    filterResponses.push({ errorCode: 0, errorMessage: null, matchingAcls });
  }
  return { filterResponses };
}

type Numbers = Pick<
  AclEntry,
  'resourceType' | 'resourcePatternType' | 'operation' | 'permissionType'
>;

/** @throws SluiceError of a number that stands for nothing. */
function wordsOf({ resourceType, resourcePatternType, operation, permissionType }: Numbers) {
  return {
    resource_type: wordOf(AclResourceTypes, resourceType, 'resourceType'),
    pattern_type: wordOf(ResourcePatternTypes, resourcePatternType, 'resourcePatternType'),
    operation: wordOf(AclOperationTypes, operation, 'operation'),
    permission: wordOf(AclPermissionTypes, permissionType, 'permissionType'),
  };
}

function queryOf({ resourceName, principal, host, ...filter }: AclFilter) {
  return { ...wordsOf(filter), resource_name: resourceName, principal, host };
}

function entryOf(reply: AclReply): AclEntry {
  return {
    resourceType: numberOf(AclResourceTypes, reply.resource_type),
    resourceName: reply.resource_name,
    resourcePatternType: numberOf(ResourcePatternTypes, reply.pattern_type),
    principal: reply.principal,
    host: reply.host,
    operation: numberOf(AclOperationTypes, reply.operation),
    permissionType: numberOf(AclPermissionTypes, reply.permission),
  };
}

function resourceOf({ resourceType, resourceName, resourcePatternType }: AclEntry): AclResource {
  return { resourceType, resourceName, resourcePatternType };
}

function aclOf({ principal, host, operation, permissionType }: AclEntry): Acl {
  return { principal, host, operation, permissionType };
}
