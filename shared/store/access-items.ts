// The items of access: ACLs and API keys. What they are, and who writes them, stands with all
// others on the page of items.ts.

import type { Key } from './algebra.ts';

/** Attributes of an ACL: its fields (access/acl.ts), each as text. */
export const aclItem = {
  principal: 'principal',
  type: 'type',
  name: 'name',
  pattern: 'pattern',
  operation: 'operation',
  permission: 'permission',
} as const;

/** Attributes of the item that tells whether anything of the ACLs has changed. */
export const aclVersionItem = { version: 'v' } as const;

/** Attributes of an API key. */
export const apiKeyItem = {
  principal: 'principal',
  description: 'description',
  /** A list of operations, to which it is narrowed; absent: it is not. */
  operations: 'operations',
  createdAt: 'createdAt',
  /** The day on which it was used last, as its beginning; absent: never. */
  usedAt: 'usedAt',
  /** JSON: a list of Secret (engine/access/api-keys.ts). The names of its fields are stored. */
  secrets: 'secrets',
  /** Raised by every change but that of usedAt. */
  version: 'version',
} as const;

export const aclsPk = 'acls';
export const apiKeysPk = 'keys';

/** @param hash of all its fields: to make one twice is to make it once. */
export function aclKey(hash: string): Key {
  return { pk: aclsPk, sk: `acl#${hash}` };
}

export const aclVersionKey: Key = { pk: aclsPk, sk: 'version' };

export function apiKeyKey(id: string): Key {
  return { pk: apiKeysPk, sk: id };
}
