// The description of the HTTP surface, OpenAPI 3.1, made from the schemas that requests are
// checked with. No function carries this code: the document is made ahead of time and handed to
// the route that serves it (openapi-routes.ts). Source: OpenAPI Specification 3.1.1.

import * as z from 'zod';
import type { ErrorCode } from '../../errors.ts';
import {
  groupNameLengthMax,
  idempotencyKeyLengthMax,
  instanceNameLengthMax,
} from '../../limits.ts';
import { traceparentName } from '../../trace-context.ts';
import { subscriptionNameLengthMax } from '../../trigger-limits.ts';
import { jsonType, problemType } from '../media-types.ts';
import { replyOf } from '../replies.ts';
import { clusterId } from '../v3/resources.ts';
import type { Content, Header, Operation, Operations } from './operation.ts';
import { accessOperations } from './operations-access.ts';
import { consumerOperations } from './operations-consumers.ts';
import { subscriptionOperations } from './operations-subscriptions.ts';
import { v2Operations } from './operations-v2.ts';
import { v3Operations } from './operations-v3.ts';
import { v3GroupOperations } from './operations-v3-groups.ts';
import { error, problem } from './replies-v2.ts';

type Json = { readonly [name: string]: unknown };

export const operations: Operations = {
  ...v2Operations,
  ...consumerOperations,
  ...v3Operations,
  ...v3GroupOperations,
  ...subscriptionOperations,
  ...accessOperations,
};

/** What any route may answer that can fail at all. */
const commonErrors: readonly ErrorCode[] = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_ACCEPTABLE',
  'THROTTLED',
  'UNAVAILABLE',
  'DAMAGED',
];

/** @param version of the product. */
export function openapiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const responses: Record<string, Json> = {};
  for (const [route, operation] of Object.entries(operations)) {
    const [method = '', path = ''] = route.split(' ');
    const template = path.replace(/\/:(\w+)/g, '/{$1}');
    const item = paths[template] ?? {};
    paths[template] = item;
    item[method.toLowerCase()] = operationObject(path, operation, responses);
  }
  const document = {
    openapi: '3.1.1',
    info: {
      title: 'Sluice',
      version,
      description: 'Topics, partitions and records over HTTP: Kafka REST v2 and v3, and our own.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { basic: [] }, { signature: [] }, {}],
    paths,
    components: { responses, securitySchemes },
  };
  return hoisted(document);
}

/** By which of them an engine knows its callers, whoever provisions it says; one may be open. */
const securitySchemes: Json = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key, `id.secret`, or a token (JWT) of an issuer.',
  },
  basic: {
    type: 'http',
    scheme: 'basic',
    description: 'An API key: its id is the user, its secret the password.',
  },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'A signature of AWS, version 4.',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
};

/** @param shared responses of errors, which are added to. */
function operationObject(path: string, operation: Operation, shared: Record<string, Json>): Json {
  const { id, summary, description, request, reply, errors } = operation;
  const required = operation.mayHaveNoBody === undefined;
  const parameters = [
    ...pathParameters(path),
    ...queryParameters(operation),
    ...(operation.takesKey ? [keyParameter, traceParameter] : []),
  ];
  const { status, headers, content } = reply;
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [path.startsWith('/v3') ? 'v3' : 'v2'],
    // Whoever looks after a process has no credentials.
    ...(errors === undefined ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(request === undefined
      ? {}
      : { requestBody: { required, content: contentObject(request) } }),
    responses: {
      [status]: {
        description: reply.description,
        ...(headers === undefined ? {} : { headers: headersObject(headers) }),
        ...(content === undefined ? {} : { content: contentObject(content) }),
      },
      ...(errors === undefined ? {} : errorResponses(path, [...errors, ...commonErrors], shared)),
    },
  };
}

const pathParameterSchemas: Readonly<Record<string, readonly [z.core.$ZodType, string]>> = {
  topic: [z.string().min(1).max(249), 'A topic’s name.'],
  partition: [z.int().min(0), 'A partition’s number.'],
  cluster: [z.literal(clusterId), 'The one cluster.'],
  group: [z.string().min(1).max(groupNameLengthMax), 'A group’s name.'],
  instance: [z.string().min(1).max(instanceNameLengthMax), 'A consumer instance’s name.'],
  subscription: [z.string().min(1).max(subscriptionNameLengthMax), 'A subscription’s name.'],
  broker: [z.literal('0'), 'The one broker.'],
  config: [z.string(), 'The name of a setting.'],
  key: [z.string().length(16), 'An API key’s id.'],
  version: [z.int().min(1), 'A secret’s version.'],
};

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\/:(\w+)/g)].map(([, name = '']) => {
    const [schema, description] = pathParameterSchemas[name] ?? [z.string(), name];
    return { name, in: 'path', required: true, description, schema: jsonSchema(schema) };
  });
}

function queryParameters({ query }: Operation): Json[] {
  return Object.entries(query?._zod.def.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    ...(isOptional(schema) ? {} : { required: true }),
    schema: jsonSchema(schema),
  }));
}

function isOptional(schema: z.core.$ZodType): boolean {
  return z.safeParse(schema, undefined).success;
}

const traceParameter: Json = {
  name: traceparentName,
  in: 'header',
  description:
    'W3C’s Trace Context: a header of each record that has none of its own, 68 bytes before ' +
    'compression, and so is tracestate. Raw batches stay as they are.',
  schema: jsonSchema(z.string()),
};

const keyParameter: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same request under the same key is stored once, and answered alike.',
  schema: jsonSchema(z.string().min(1).max(idempotencyKeyLengthMax)),
};

function headersObject(headers: Readonly<Record<string, string | Header>>): Json {
  const entries = Object.entries(headers).map(([name, said]) => {
    const { description, type } =
      typeof said === 'string' ? { description: said, type: 'integer' } : said;
    return [name, { description, schema: { type } }];
  });
  return Object.fromEntries(entries);
}

function contentObject(content: Content): Json {
  const entries = Object.entries(content).map(([type, schema]) => [
    type,
    schema === 'bytes' ? {} : { schema: jsonSchema(schema) },
  ]);
  return Object.fromEntries(entries);
}

/** One response a status, which says the codes that it may carry. */
function errorResponses(
  path: string,
  codes: readonly ErrorCode[],
  shared: Record<string, Json>,
): Json {
  const replies = codes.map((code) => replyOf(code, path.startsWith('/v3') ? 'v3' : 'v2'));
  const statuses = [...new Set(replies.map(({ status }) => status))].sort((a, b) => a - b);
  const responses = statuses.map((status) => {
    const own = replies.filter((reply) => reply.status === status);
    const numbers = [...new Set(own.map(({ errorCode }) => errorCode))].sort((a, b) => a - b);
    const name = ['Error', status, ...numbers.filter((number) => number !== status)].join('_');
    shared[name] = {
      description: `error_code ${numbers.join(', ')}`,
      ...(headersOfErrors[status] && { headers: headersOfErrors[status] }),
      content: contentObject({ [jsonType]: error, [problemType]: problem }),
    };
    return [status, { $ref: `#/components/responses/${name}` }];
  });
  return Object.fromEntries(responses);
}

const retryAfter = {
  'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } },
};

const headersOfErrors: Readonly<Record<number, Json>> = {
  401: {
    'WWW-Authenticate': { description: 'How to say who calls.', schema: { type: 'string' } },
  },
  429: retryAfter,
  503: retryAfter,
};

function jsonSchema(schema: z.core.$ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}

/** Schemas that have a name are written once, as components. */
function hoisted(document: Json & { readonly components: Json }): Json {
  const named: Record<string, unknown> = {};
  const text = JSON.stringify(document, (_name, value) => {
    if (typeof value !== 'object' || value === null || !('$defs' in value)) return value;
    const { $defs, ...rest } = value;
    Object.assign(named, $defs);
    return rest;
  });
  const byName = Object.entries(named).sort(([one], [other]) => (one < other ? -1 : 1));
  const { components, ...rest } = JSON.parse(text);
  const whole = { ...rest, components: { schemas: Object.fromEntries(byName), ...components } };
  return JSON.parse(JSON.stringify(whole).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
