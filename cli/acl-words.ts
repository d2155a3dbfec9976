// Kafka's words for what may be done, to what, and whether: said in any case, shown in capitals.

import type {
  AclOperationTypes,
  AclPermissionTypes,
  ResourcePatternTypes,
} from '../client/admin/kafka-types.ts';
import type { KeyOperation } from '../client/admin/keys.ts';

/** What a key may be narrowed to. */
export const keyOperations = [
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
] as const satisfies readonly KeyOperation[];

type Word<Numbers> = Exclude<keyof Numbers, 'UNKNOWN'>;
export type AclOperation = Word<typeof AclOperationTypes>;
export type Permission = Word<typeof AclPermissionTypes>;
export type Pattern = Word<typeof ResourcePatternTypes>;

/** Of an ACL. */
export const aclOperations: readonly AclOperation[] = ['ALL', ...keyOperations];
/** Of ACLs that are looked for. */
export const filterOperations: readonly AclOperation[] = ['ANY', ...aclOperations];
export const permissions: readonly Permission[] = ['ALLOW', 'DENY'];
export const patterns: readonly Pattern[] = ['LITERAL', 'PREFIXED', 'MATCH', 'ANY'];

/** @param words with their numbers. */
export function wordFor(words: Readonly<Record<string, number>>, number: number): string {
  return Object.keys(words).find((word) => words[word] === number) ?? 'UNKNOWN';
}
