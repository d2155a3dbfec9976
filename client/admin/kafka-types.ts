// The numbers by which users of kafkajs say what a setting or an ACL is about, and the words that
// the engine has for them.
// Source: https://kafka.apache.org/protocol.html; KIP-140 and KIP-290 for ACLs.

import { invalid } from '../errors.ts';

export const ConfigResourceTypes = {
  UNKNOWN: 0,
  TOPIC: 2,
  BROKER: 4,
  BROKER_LOGGER: 8,
} as const;
export type ConfigResourceTypes = ValueOf<typeof ConfigResourceTypes>;

export const ConfigSource = {
  UNKNOWN: 0,
  TOPIC_CONFIG: 1,
  DYNAMIC_BROKER_CONFIG: 2,
  DYNAMIC_DEFAULT_BROKER_CONFIG: 3,
  STATIC_BROKER_CONFIG: 4,
  DEFAULT_CONFIG: 5,
  DYNAMIC_BROKER_LOGGER_CONFIG: 6,
} as const;
export type ConfigSource = ValueOf<typeof ConfigSource>;

export const AclResourceTypes = {
  UNKNOWN: 0,
  ANY: 1,
  TOPIC: 2,
  GROUP: 3,
  CLUSTER: 4,
  TRANSACTIONAL_ID: 5,
  DELEGATION_TOKEN: 6,
} as const;
export type AclResourceTypes = ValueOf<typeof AclResourceTypes>;

export const AclOperationTypes = {
  UNKNOWN: 0,
  ANY: 1,
  ALL: 2,
  READ: 3,
  WRITE: 4,
  CREATE: 5,
  DELETE: 6,
  ALTER: 7,
  DESCRIBE: 8,
  CLUSTER_ACTION: 9,
  DESCRIBE_CONFIGS: 10,
  ALTER_CONFIGS: 11,
  IDEMPOTENT_WRITE: 12,
} as const;
export type AclOperationTypes = ValueOf<typeof AclOperationTypes>;

export const AclPermissionTypes = {
  UNKNOWN: 0,
  ANY: 1,
  DENY: 2,
  ALLOW: 3,
} as const;
export type AclPermissionTypes = ValueOf<typeof AclPermissionTypes>;

export const ResourcePatternTypes = {
  UNKNOWN: 0,
  ANY: 1,
  MATCH: 2,
  LITERAL: 3,
  PREFIXED: 4,
} as const;
export type ResourcePatternTypes = ValueOf<typeof ResourcePatternTypes>;

type ValueOf<Numbers> = Numbers[keyof Numbers];

/** @param field of which an error speaks.
 * @throws SluiceError of a number that has no word. */
export function wordOf<Words extends Readonly<Record<string, number>>>(
  words: Words,
  number: number,
  field: string,
): keyof Words & string {
  const found = Object.keys(words).find((word) => words[word] === number && number !== 0);
  if (found !== undefined) return found;
  throw invalid(field, `must be one of ${Object.keys(words).slice(1).join(', ')}`);
}

/** A word that is not of them is unknown, which is 0. */
export function numberOf<Words extends Readonly<Record<string, number>>>(
  words: Words,
  word: string,
): ValueOf<Words> {
  return (words[word] ?? 0) as ValueOf<Words>;
}
