// What is asked of ACLs and API keys. The words of ACLs are Kafka REST v3's; case does not matter.

import * as z from 'zod/mini';
import {
  aclOperations,
  cluster,
  operations,
  patternTypes,
  permissions,
  resourceTypes,
} from '../../access/acl.ts';
import { principalFault, principalLengthMax } from '../../access/principal.ts';
import { aclsPerRequestMax } from '../../engine/access/acls.ts';
import { groupNameLengthMax, producerNameLengthMax, topicNameLengthMax } from '../../limits.ts';
import { boundedList } from './bounded-list.ts';
import { timestamp } from './timestamp.ts';
import { wellFormed } from './well-formed.ts';

/** What no ACL could name, none could deny. */
const resourceNameLengthMax = Math.max(
  topicNameLengthMax,
  groupNameLengthMax,
  producerNameLengthMax,
);
const descriptionLengthMax = 256;

const clusterNameFault = {
  path: ['resource_name'],
  message: `must be ${cluster.name}, the one CLUSTER`,
};

function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  const capitals = z.transform((said) => (typeof said === 'string' ? said.toUpperCase() : said));
  return z.pipe(capitals, z.enum(words));
}

const resourceName = wellFormed({ min: 1, max: resourceNameLengthMax });

const principal = wellFormed({ max: principalLengthMax }).check(
  z.superRefine((said, context) => {
    const message = principalFault(said);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  }),
);

export const aclBody = z
  .strictObject({
    resource_type: word(resourceTypes),
    resource_name: resourceName.check(z.describe('"*" with LITERAL: all of the type.')),
    pattern_type: word(patternTypes),
    principal: principal.check(z.describe('"User:" and a name; "User:*" is everyone.')),
    host: z
      .nullish(z.literal('*'))
      .check(z.describe('From wherever: nothing else is known for certain.')),
    operation: word(aclOperations),
    permission: word(permissions),
  })
  .check(
    // One of another name would bind nobody. Source: Kafka's AclApis, which refuses it alike.
    z.refine(({ resource_type: type, resource_name: name }) => {
      return type !== cluster.type || name === cluster.name;
    }, clusterNameFault),
  );

export const aclBatchBody = z.strictObject({
  data: boundedList(aclBody, { min: 1, max: aclsPerRequestMax }),
});

/** ANY, and what is not said, asks nothing. */
export const aclQuery = z.object({
  resource_type: z.optional(word(['ANY', ...resourceTypes])),
  resource_name: z.optional(resourceName),
  pattern_type: z.optional(word(['ANY', 'MATCH', ...patternTypes])),
  principal: z.optional(principal),
  host: z.optional(z.string()),
  operation: z.optional(word(['ANY', ...aclOperations])),
  permission: z.optional(word(['ANY', ...permissions])),
});

const expiry = z.nullish(timestamp).check(z.describe('null: it does not end by itself.'));

export const createKeyBody = z.strictObject({
  /** Whose requests they are that are made with it. */
  principal,
  description: z.nullish(wellFormed({ max: descriptionLengthMax })),
  /** What it is narrowed to; none: whatever its principal may. */
  operations: z.nullish(boundedList(word(operations), { min: 1, max: operations.length })),
  /** Not said: in a year. */
  expires_at: expiry,
});

export const rotateKeyBody = z.strictObject({
  /** When the secret before it ends; not said: in a day. */
  previous_expires_at: z.optional(timestamp),
  /** Not said: in a year. */
  expires_at: expiry,
});

export type AclBody = z.output<typeof aclBody>;
export type CreateKeyBody = z.output<typeof createKeyBody>;
export type RotateKeyBody = z.output<typeof rotateKeyBody>;
export type AclQuery = z.output<typeof aclQuery>;
