// Which ACLs are meant, by those who look for them or delete them. What a filter does not say, it
// does not ask.
// Source: KIP-140's AclBindingFilter; KIP-290's pattern types ANY and MATCH.

import { type Acl, type AclOperation, covers, type ResourceType } from './acl.ts';

export type AclFilter = {
  readonly principal?: string;
  readonly type?: ResourceType;
  readonly name?: string;
  /** MATCH: whatever covers the name, by its own letters, a prefix or as everything. */
  readonly pattern?: Acl['pattern'] | 'MATCH';
  readonly operation?: AclOperation;
  readonly permission?: Acl['permission'];
  /** All ACLs are of the host "*". */
  readonly host?: string;
};

export function isMeant(filter: AclFilter, acl: Acl): boolean {
  return (
    (filter.host ?? '*') === '*' &&
    (filter.principal ?? acl.principal) === acl.principal &&
    (filter.type ?? acl.resource.type) === acl.resource.type &&
    (filter.operation ?? acl.operation) === acl.operation &&
    (filter.permission ?? acl.permission) === acl.permission &&
    isPatternMeant(filter, acl)
  );
}

function isPatternMeant({ name, pattern }: AclFilter, acl: Acl): boolean {
  if (pattern === 'MATCH') {
    return name === undefined || covers(acl, { type: acl.resource.type, name });
  }
  return (
    (pattern ?? acl.pattern) === acl.pattern && (name ?? acl.resource.name) === acl.resource.name
  );
}
