// Kafka's words for what may be done, to what, and whether: said in any case, shown in capitals.

import {
  AclOperationTypes,
  type AclPermissionTypes,
  type ResourcePatternTypes,
} from '../client/admin/kafka-types.ts';
import type { KeyOperation } from '../client/admin/keys.ts';

type Word<Numbers> = Exclude<keyof Numbers, 'UNKNOWN'>;
export type AclOperation = Word<typeof AclOperationTypes>;
export type Permission = Word<typeof AclPermissionTypes>;
export type Pattern = Word<typeof ResourcePatternTypes>;

/** Of ACLs that are looked for. */
export const filterOperations = operationsBut<AclOperation>('UNKNOWN');
/** Of an ACL. */
export const aclOperations = operationsBut<AclOperation>('UNKNOWN', 'ANY');
/** What a key may be narrowed to. */
export const keyOperations = operationsBut<KeyOperation>('UNKNOWN', 'ANY', 'ALL');
export const permissions: readonly Permission[] = ['ALLOW', 'DENY'];
export const patterns: readonly Pattern[] = ['LITERAL', 'PREFIXED', 'MATCH', 'ANY'];

/** @param words with their numbers. */
export function wordFor(words: Readonly<Record<string, number>>, number: number): string {
  return Object.keys(words).find((word) => words[word] === number) ?? 'UNKNOWN';
}

function operationsBut<Name extends keyof typeof AclOperationTypes>(
  ...others: readonly string[]
): readonly Name[] {
  return Object.keys(AclOperationTypes).filter((word): word is Name => !others.includes(word));
}
