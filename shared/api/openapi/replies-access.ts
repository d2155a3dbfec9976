// The bodies of what is answered about ACLs and API keys.

import * as z from 'zod';
import {
  aclOperations,
  operations,
  patternTypes,
  permissions,
  resourceTypes,
} from '../../access/acl.ts';
import { count } from './operation.ts';

const acl = z
  .strictObject({
    kind: z.literal('KafkaAcl'),
    metadata: z.strictObject({ self: z.url().describe('By which it alone is found.') }),
    cluster_id: z.string(),
    resource_type: z.enum(resourceTypes),
    resource_name: z.string(),
    pattern_type: z.enum(patternTypes),
    principal: z.string(),
    host: z.literal('*'),
    operation: z.enum(aclOperations),
    permission: z.enum(permissions),
  })
  .meta({ id: 'KafkaAcl' });

export const aclReply = acl;

export const deletedAclsReply = z.strictObject({
  data: z.array(acl).describe('What is gone, as far as a reply holds it.'),
});

const time = z.int().describe('Milliseconds since 1970.');

const key = z
  .strictObject({
    id: z.string(),
    principal: z.string().describe('Whose requests they are that are made with it.'),
    description: z.string(),
    operations: z.array(z.enum(operations)).nullable().describe('null: it is not narrowed.'),
    created_at: time,
    last_used_on: z.iso.date().nullable().describe('null: it was never used.'),
    secrets: z
      .array(
        z.strictObject({
          version: count,
          created_at: time,
          expires_at: time.nullable(),
          live: z.boolean().describe('Whether it is good now.'),
        }),
      )
      .describe('The oldest first; two are live at most.'),
  })
  .meta({ id: 'ApiKey' });

export const keyReply = key;

export const keysReply = z.strictObject({ keys: z.array(key) });

export const drawnKeyReply = z.strictObject({
  ...key.shape,
  secret: z.string().describe('Basic’s password, with the id as its user. It is not shown again.'),
  key: z.string().describe('The same as a Bearer token: `id.secret`.'),
});
