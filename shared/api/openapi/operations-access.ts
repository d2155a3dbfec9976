// What the description says of ACLs and API keys. The order of keys is that of a key's life.

import type * as z from 'zod';
import { jsonType, v2Type } from '../media-types.ts';
import {
  aclBatchBody,
  aclBody,
  aclQuery,
  createKeyBody,
  rotateKeyBody,
} from '../schemas/access.ts';
import type { Content, Operation, Operations } from './operation.ts';
import { badBody, done, answer as v3Answer } from './operations-v3.ts';
import {
  aclReply,
  deletedAclsReply,
  drawnKeyReply,
  keyReply,
  keysReply,
} from './replies-access.ts';
import { listOf } from './replies-v3.ts';

const aclsPath = '/v3/clusters/:cluster/acls';
const keyPath = '/keys/:key';

const whereServed = 'Served where ACLs decide; elsewhere it is 404.';
const whereKept = 'Served where callers are known by keys; elsewhere it is 404.';

const made: Operation['reply'] = { status: 201, description: 'They are there.' };

function body(schema: z.core.$ZodType): Content {
  return { [v2Type]: schema, [jsonType]: schema };
}

function answer(schema: z.core.$ZodType, status: 200 | 201 = 200): Operation['reply'] {
  return { status, description: 'What was asked for.', content: { [v2Type]: schema } };
}

export const accessOperations: Operations = {
  [`POST ${aclsPath}`]: {
    id: 'createAclV3',
    summary: 'Allow or deny something',
    description: `One that is there already stays. ${whereServed}`,
    request: { [jsonType]: aclBody },
    reply: {
      ...made,
      headers: { Location: { description: 'By which it is found.', type: 'string' } },
    },
    errors: [...badBody, 'NOT_FOUND', 'ACLS_FULL', 'OUTCOME_UNKNOWN'],
  },
  [`POST ${aclsPath}:batch`]: {
    id: 'createAclsV3',
    summary: 'Allow or deny several things at once, all or none',
    description: whereServed,
    request: { [jsonType]: aclBatchBody },
    reply: made,
    errors: [...badBody, 'NOT_FOUND', 'ACLS_FULL', 'OUTCOME_UNKNOWN'],
  },
  [`GET ${aclsPath}`]: {
    id: 'listAclsV3',
    summary: 'Who may do what',
    description: `What the query does not say it does not ask. ${whereServed}`,
    query: aclQuery,
    reply: v3Answer(listOf(aclReply)),
    errors: ['MALFORMED_FIELD', 'INVALID_FIELD', 'NOT_FOUND'],
  },
  [`DELETE ${aclsPath}`]: {
    id: 'deleteAclsV3',
    summary: 'Delete the ACLs that the query means',
    description:
      'It must say something: ANY, at least. Of very many, some may be gone when it fails; it is ' +
      `safe to send again. ${whereServed}`,
    query: aclQuery,
    reply: v3Answer(deletedAclsReply),
    errors: ['MALFORMED_FIELD', 'INVALID_FIELD', 'NOT_FOUND', 'OUTCOME_UNKNOWN'],
  },
  'POST /keys': {
    id: 'createKey',
    summary: 'Make an API key',
    description:
      'Its secret is in this reply alone: when the outcome is unknown, there may be a key that ' +
      `nobody can use. No key that is narrowed makes one. ${whereKept}`,
    request: body(createKeyBody),
    reply: answer(drawnKeyReply, 201),
    errors: [...badBody, 'NOT_FOUND', 'API_KEYS_FULL', 'OUTCOME_UNKNOWN'],
  },
  'GET /keys': {
    id: 'listKeys',
    summary: 'API keys, without their secrets',
    description: whereKept,
    reply: answer(keysReply),
    errors: ['NOT_FOUND'],
  },
  [`GET ${keyPath}`]: {
    id: 'describeKey',
    summary: 'An API key, without its secrets',
    description: whereKept,
    reply: answer(keyReply),
    errors: ['NOT_FOUND', 'UNKNOWN_API_KEY'],
  },
  [`POST ${keyPath}/rotate`]: {
    id: 'rotateKey',
    summary: 'Draw a new secret, beside the one before it',
    description:
      'It is in this reply alone. The one before it ends when previous_expires_at says, or in ' +
      `a day. While two are live there is no third. ${whereKept}`,
    request: body(rotateKeyBody),
    mayHaveNoBody: true,
    reply: answer(drawnKeyReply),
    errors: [...badBody, 'NOT_FOUND', 'UNKNOWN_API_KEY', 'API_KEYS_FULL', 'OUTCOME_UNKNOWN'],
  },
  [`DELETE ${keyPath}/secrets/:version`]: {
    id: 'endSecret',
    summary: 'End a secret of an API key',
    description: `Some processes may take it for half a minute more. ${whereKept}`,
    reply: done,
    errors: ['NOT_FOUND', 'UNKNOWN_API_KEY', 'OUTCOME_UNKNOWN'],
  },
  [`DELETE ${keyPath}`]: {
    id: 'deleteKey',
    summary: 'Delete an API key',
    description: `Some processes may take it for half a minute more. ${whereKept}`,
    reply: done,
    errors: ['NOT_FOUND', 'UNKNOWN_API_KEY', 'OUTCOME_UNKNOWN'],
  },
};
