// Kafka's authorizer once more, as plainly as its documentation has it, for tests to hold the real
// one to. Source: Kafka's "Authorization and ACLs"; KIP-290's "matching" of patterns.

import fc from 'fast-check';
import {
  type Acl,
  type AclOperation,
  aclOperations,
  type Operation,
  operations,
  patternTypes,
  permissions,
  type Resource,
  type ResourceType,
  resourceTypes,
} from '../../shared/access/acl.ts';

/** What must be allowed, one of it, for an operation to be. */
export const naivelyAllowing: Readonly<Record<Operation, readonly AclOperation[]>> = {
  READ: ['ALL', 'READ'],
  WRITE: ['ALL', 'WRITE'],
  CREATE: ['ALL', 'CREATE'],
  DELETE: ['ALL', 'DELETE'],
  ALTER: ['ALL', 'ALTER'],
  DESCRIBE: ['ALL', 'DESCRIBE', 'READ', 'WRITE', 'DELETE', 'ALTER'],
  CLUSTER_ACTION: ['ALL', 'CLUSTER_ACTION'],
  DESCRIBE_CONFIGS: ['ALL', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  ALTER_CONFIGS: ['ALL', 'ALTER_CONFIGS'],
  IDEMPOTENT_WRITE: ['ALL', 'IDEMPOTENT_WRITE'],
};

export type Need = readonly [operation: Operation, type: ResourceType, name: string];

export function naivelyAllows(
  acls: readonly Acl[],
  principal: string,
  [operation, type, name]: Need,
): boolean {
  const matching = acls.filter((acl) => {
    const isCallers = [principal, 'User:*'].includes(acl.principal);
    return isCallers && acl.resource.type === type && naivelyMatches(acl, name);
  });
  const denies = matching.filter(({ permission }) => permission === 'DENY');
  const allows = matching.filter(({ permission }) => permission === 'ALLOW');
  const isDenied = denies.some((acl) => ['ALL', operation].includes(acl.operation));
  const isAllowed = allows.some((acl) => naivelyAllowing[operation].includes(acl.operation));
  return isAllowed && !isDenied;
}

export function naivelyMatches({ pattern, resource }: Acl, name: string): boolean {
  const begins = name.slice(0, resource.name.length) === resource.name;
  if (pattern === 'PREFIXED') return begins;
  return resource.name === '*' || (begins && name.length === resource.name.length);
}

export const me = 'User:me';
export const other = 'User:other';

/** Of names so few and so short that prefixes, literals and denies meet. */
export const anyName = fc.stringMatching(/^[ab]{1,3}$/);
export const anyOperation = fc.constantFrom(...operations);
export const anyType = fc.constantFrom(...resourceTypes);

export const anyAcl: fc.Arbitrary<Acl> = fc.record({
  principal: fc.constantFrom(me, me, other, 'User:*'),
  resource: fc.record({
    // Mostly of one type.
    type: fc.oneof({ weight: 3, arbitrary: fc.constant('TOPIC' as const) }, anyType),
    name: fc.oneof(anyName, fc.constant('*')),
  }),
  pattern: fc.constantFrom(...patternTypes),
  operation: fc.constantFrom(...aclOperations),
  permission: fc.constantFrom(...permissions, 'ALLOW'),
});

/** @param permission ALLOW, or DENY for one that is taken away. */
export function aclOf(
  [operation, type, name]: readonly [AclOperation, ResourceType, string],
  said: Partial<Omit<Acl, 'resource'>> = {},
): Acl {
  const resource: Resource = { type, name };
  const rest = { principal: me, pattern: 'LITERAL', permission: 'ALLOW', ...said } as const;
  return { operation, resource, ...rest };
}
