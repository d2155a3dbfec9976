// Whether a caller may do a thing: one decision, from the access control list and the question
// alone.
//
// - What denies wins over all that allows.
// - What nothing allows is not allowed.
// - Who may read, write, delete or alter a thing may look at it; a deny of one of these takes no
//   look away, and one of looking takes away looking alone.
//
// The words are Kafka's. Source: Kafka's "Authorization and ACLs"; KIP-11, KIP-290 (prefixes).

import { everyone } from './principal.ts';

export const resourceTypes = ['TOPIC', 'GROUP', 'CLUSTER', 'TRANSACTIONAL_ID'] as const;
export const patternTypes = ['LITERAL', 'PREFIXED'] as const;
export const permissions = ['ALLOW', 'DENY'] as const;
/** What is asked for; an ACL may say ALL. What is asked of which resource, the routes say. */
export const operations = [
  'READ',
  'WRITE',
  'CREATE',
  'DELETE',
  'ALTER',
  'DESCRIBE',
  'CLUSTER_ACTION',
  'DESCRIBE_CONFIGS',
  'ALTER_CONFIGS',
  'IDEMPOTENT_WRITE',
] as const;
export const aclOperations = ['ALL', ...operations] as const;

export type ResourceType = (typeof resourceTypes)[number];
export type Operation = (typeof operations)[number];
export type AclOperation = (typeof aclOperations)[number];

export type Resource = { readonly type: ResourceType; readonly name: string };

/** The one resource of its type. */
export const cluster: Resource = { type: 'CLUSTER', name: 'kafka-cluster' };
/** As the name of a literal pattern: every resource of the type. */
export const everyName = '*';

export type Acl = {
  readonly principal: string;
  readonly resource: Resource;
  readonly pattern: (typeof patternTypes)[number];
  readonly operation: AclOperation;
  readonly permission: (typeof permissions)[number];
};

export type Question = {
  readonly principal: string;
  readonly operation: Operation;
  readonly resource: Resource;
};

export function isAllowed(acls: readonly Acl[], { principal, operation, resource }: Question) {
  let allowed = false;
  for (const acl of acls) {
    if (!isOf(acl, principal) || !covers(acl, resource)) continue;
    if (acl.permission === 'ALLOW') allowed ||= includes(acl.operation, operation);
    else if (acl.operation === 'ALL' || acl.operation === operation) return false;
  }
  return allowed;
}

/** Whether there is any resource of that type, there or not yet, of which it is allowed.
 * Source: KIP-679, by which whoever may write to some topic may have a producer's id. */
export function isAllowedOfSome(
  acls: readonly Acl[],
  { principal, operation, type }: Omit<Question, 'resource'> & { readonly type: ResourceType },
): boolean {
  const own = acls.filter((acl) => isOf(acl, principal) && acl.resource.type === type);
  const denying = own.filter((acl) => {
    return acl.permission === 'DENY' && (acl.operation === 'ALL' || acl.operation === operation);
  });
  return own.some((acl) => {
    if (acl.permission === 'DENY' || !includes(acl.operation, operation)) return false;
    return !denying.some((deny) => isWithin(acl, deny));
  });
}

/** Whether all that one covers, the other covers. */
function isWithin(one: Acl, other: Acl): boolean {
  if (isEvery(other)) return true;
  if (isEvery(one)) return false;
  if (other.pattern === 'PREFIXED') return one.resource.name.startsWith(other.resource.name);
  return one.pattern === 'LITERAL' && one.resource.name === other.resource.name;
}

const implying: Readonly<Partial<Record<AclOperation, Operation>>> = {
  READ: 'DESCRIBE',
  WRITE: 'DESCRIBE',
  DELETE: 'DESCRIBE',
  ALTER: 'DESCRIBE',
  ALTER_CONFIGS: 'DESCRIBE_CONFIGS',
};

/** Whether who is allowed the one is allowed the other. */
export function includes(allowed: AclOperation, operation: Operation): boolean {
  return allowed === 'ALL' || allowed === operation || implying[allowed] === operation;
}

function isOf(acl: Acl, principal: string): boolean {
  return acl.principal === principal || acl.principal === everyone;
}

/** Whether what an ACL says of resources is said of this one. */
export function covers({ resource, pattern }: Acl, { type, name }: Resource): boolean {
  if (resource.type !== type) return false;
  if (pattern === 'PREFIXED') return name.startsWith(resource.name);
  return resource.name === name || resource.name === everyName;
}

function isEvery({ pattern, resource }: Acl): boolean {
  return pattern === 'LITERAL' && resource.name === everyName;
}

export function topicOf(name: string): Resource {
  return { type: 'TOPIC', name };
}

export function groupOf(name: string): Resource {
  return { type: 'GROUP', name };
}

/** Each topic once. */
export function topicsIn(places: readonly { readonly topic: string }[]): readonly Resource[] {
  return [...new Set(places.map(({ topic }) => topic))].map(topicOf);
}
