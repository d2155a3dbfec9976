// The names on which the engine and the stack that provisions it agree. Neither side spells one
// itself: a name that changes here changes for both, and one that differed would be found only in
// production.

import { topicNameLengthMax } from './limits.ts';

/** What names a topic, a group or a subscription, but for "." and "..": Kafka's rule for topics.
 * The characters leave no room for the separators of keys and paths. */
export const nameForm = new RegExp(`^[a-zA-Z0-9._-]{1,${topicNameLengthMax}}$`);

/** What a function reads from its environment. */
export const environmentNames = {
  tableName: 'SLUICE_TABLE',
  bucketName: 'SLUICE_BUCKET',
  wakeUpQueueUrl: 'SLUICE_WAKE_UP_QUEUE',
  delayQueueUrl: 'SLUICE_DELAY_QUEUE',
  /** Of what is ingested: where to, and how (ingest/mapping.ts), as JSON. */
  ingestTopic: 'SLUICE_INGEST_TOPIC',
  ingestMapping: 'SLUICE_INGEST_MAPPING',
  /** There: ACLs decide what a caller may do. */
  acls: 'SLUICE_ACLS',
  /** Whom no ACL binds: principals, each behind a semicolon but the first, as in Kafka's
   * super.users. */
  superUsers: 'SLUICE_SUPER_USERS',
  /** The claim of a token that names its caller. */
  principalClaim: 'SLUICE_PRINCIPAL_CLAIM',
  /** By which what is measured is told from other engines' (metric-names.ts). */
  engineName: 'SLUICE_ENGINE',
} as const;

/** What a mapping may say of a record's key: two words, or a path of names, each after a point.
 * JSONPath's brackets and wildcards are refused, not taken for letters of a name: such a path would
 * find nothing, and every record be without a key. */
export const ingestKeyForm = /^(?:default|none|\$(?:\.[^.[\]*]+)+)$/;
/** A path is followed for every record; no name in the events of AWS comes near. In characters. */
export const ingestKeyLengthMax = 1_000;

/** What a custom resource says to the provisioning function, each as JSON: CloudFormation makes
 * text of numbers and booleans. */
export const provisionProperties = {
  /** A list of ProvisionedTopic. */
  topics: 'Topics',
  /** A body of POST /subscriptions; absent: topics alone are wanted. */
  subscription: 'Subscription',
  /** A body of POST /v3/clusters/{cluster}/topics, of a topic that is to be so; then there is
   * neither of the others. */
  topic: 'Topic',
} as const;

/** What the custom resource of such a topic tells the template. */
export const provisionedTopicName = 'TopicName';

/** One that is there already is left as it is. */
export type ProvisionedTopic = { readonly name: string; readonly partitions?: number };

/** The table's key schema. Both are strings. */
export const tableKeyNames = { partition: 'pk', sort: 'sk' } as const;

/** The attribute by which DynamoDB expires items, in seconds since 1970. */
export const timeToLiveAttribute = 'ttl';

/** A head that is followed: what its appends are announced by, through the table's stream. The mark
 * is a string, since filters of streams compare nothing else. */
export const followedHead = { sortKey: 'head', attribute: 'x', value: '1' } as const;

/** The items that rolls put, and what the table's stream tells of to whoever keeps house. */
export const rolledChunk = { sortKeyPrefix: 'chunk#' } as const;

/** Every segment's key begins so (segment/keys.ts); roles and the bucket's policy are narrowed to
 * it. */
export const segmentsPrefix = 'segments/';

/** The table's partition keys to which a role is narrowed: whole, or what they begin with before a
 * name (store/items.ts). */
export const leadingKeys = {
  topics: 'topics',
  partitionPrefix: 'part#',
  producers: 'producers',
  producerPrefix: 'producer#',
  idempotencyKeyPrefix: 'key#',
  groups: 'groups',
  groupPrefix: 'group#',
  doomed: 'doomed',
  transactionPrefix: 'txn#',
  subscriptions: 'subscriptions',
  routePrefix: 'route#',
  markPrefix: 'mark#',
  valvePrefix: 'valve#',
  acls: 'acls',
  keys: 'keys',
} as const;

/** The functions, and the routes of the HTTP API that each serves. A route is a method and a path,
 * in API Gateway's form; a request goes to its most exact route, and what no other function serves
 * is the topics function's to answer or to refuse. A path that ends in a slash fits a `{proxy+}`
 * alone. */
export const functionRoutes = {
  produce: [
    'POST /topics/{topic}',
    'POST /topics/{topic}/partitions/{partition}',
    'POST /v3/clusters/{cluster}/topics/{topic}/records',
    'POST /v3/clusters/{cluster}/topics/{topic}/records:batch',
    'POST /producers',
    'POST /transactions',
  ],
  fetch: [
    'GET /topics/{topic}/partitions/{partition}/records',
    'GET /topics/{topic}/partitions/{partition}/offsets',
    'GET /topics/{topic}/partitions/{partition}/segments',
    'GET /topics/{topic}/sizes',
    'GET /v3/clusters/{cluster}/topics/{topic}/partitions/{partition}/offset',
  ],
  groups: [
    'ANY /consumers/{proxy+}',
    'ANY /v3/clusters/{cluster}/consumer-groups',
    'ANY /v3/clusters/{cluster}/consumer-groups/{proxy+}',
  ],
  subscriptions: ['ANY /subscriptions', 'ANY /subscriptions/{proxy+}'],
  topics: ['ANY /{proxy+}', 'GET /'],
} as const satisfies Record<string, readonly Route[]>;

/** The routes by which API keys are made, rotated and ended, where callers are known by keys: an
 * administrator signs for them, and no key opens them. */
export const apiKeyRoutes = [
  'GET /keys',
  'POST /keys',
  'GET /keys/{key}',
  'POST /keys/{key}/rotate',
  'DELETE /keys/{key}',
  'DELETE /keys/{key}/secrets/{version}',
] as const satisfies readonly Route[];

/** The routes of the console, where a stack has one: a page and its files. Whoever may administer
 * all topics may have them. */
export const consoleRoutes = [
  'GET /console',
  'GET /console/{proxy+}',
] as const satisfies readonly Route[];

/** What policies let callers ask, where the functions' own routes say too little of it: they name
 * methods, and the group or the topic. */
export const grantedRoutes = {
  /** What a consumer asks of its group. */
  consume: [
    'POST /consumers/{group}',
    'GET /consumers/{group}/instances/{proxy+}',
    'POST /consumers/{group}/instances/{proxy+}',
    'DELETE /consumers/{group}/instances/{proxy+}',
  ],
  /** What an administrator asks. Those without a topic in their path are about all of them, or name
   * theirs in the body. Where a partition begins and ends is below what it is. Whether he may
   * change the access control list, that list says, too. */
  admin: [
    'GET /v3/clusters',
    'GET /v3/clusters/{cluster}',
    'GET /v3/clusters/{cluster}/brokers',
    'GET /v3/clusters/{cluster}/brokers/{broker}',
    'GET /v3/clusters/{cluster}/acls',
    'POST /v3/clusters/{cluster}/acls',
    'POST /v3/clusters/{cluster}/acls:batch',
    'DELETE /v3/clusters/{cluster}/acls',
    'GET /v3/clusters/{cluster}/topics',
    'POST /v3/clusters/{cluster}/topics',
    'GET /v3/clusters/{cluster}/topics/-/configs',
    'GET /v3/clusters/{cluster}/topics/{topic}',
    'PATCH /v3/clusters/{cluster}/topics/{topic}',
    'DELETE /v3/clusters/{cluster}/topics/{topic}',
    'GET /v3/clusters/{cluster}/topics/{topic}/partitions',
    'GET /v3/clusters/{cluster}/topics/{topic}/partitions/{partition}',
    'DELETE /v3/clusters/{cluster}/topics/{topic}/partitions/{partition}/records',
    'GET /v3/clusters/{cluster}/topics/{topic}/configs',
    'POST /v3/clusters/{cluster}/topics/{topic}/configs:alter',
    'GET /v3/clusters/{cluster}/topics/{topic}/configs/{config}',
    'PUT /v3/clusters/{cluster}/topics/{topic}/configs/{config}',
    'DELETE /v3/clusters/{cluster}/topics/{topic}/configs/{config}',
    'GET /v3/clusters/{cluster}/consumer-groups',
    'GET /v3/clusters/{cluster}/consumer-groups/{proxy+}',
    'DELETE /v3/clusters/{cluster}/consumer-groups/{group}',
    'POST /v3/clusters/{cluster}/consumer-groups/{group}/offsets:reset',
  ],
} as const satisfies Record<string, readonly Route[]>;

export type Route = `${'ANY' | 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;
export type FunctionName = keyof typeof functionRoutes;

export const functionNames = Object.keys(functionRoutes) as readonly FunctionName[];

/** The functions that events start, and no request. */
export const triggerFunctionNames = [
  'ingest',
  'route',
  'deliver',
  'sweep',
  'provision',
  'upkeep',
  'collect',
] as const;

export type TriggerFunctionName = (typeof triggerFunctionNames)[number];

/** Those of an engine whose callers are known by API keys: who says whose a key is, and what serves
 * `apiKeyRoutes`. */
export const apiKeyFunctionNames = ['authorize', 'keys'] as const;

/** That of an engine with a console: it serves `consoleRoutes`. */
export const consoleFunctionName = 'console';

/** Every file of functions/ that holds a handler. */
export const handlerNames = [
  ...functionNames,
  ...triggerFunctionNames,
  ...apiKeyFunctionNames,
  consoleFunctionName,
] as const;

export type HandlerName = (typeof handlerNames)[number];
