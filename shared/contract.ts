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
} as const;

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
  groups: 'groups',
  groupPrefix: 'group#',
  doomed: 'doomed',
  transactionPrefix: 'txn#',
  subscriptions: 'subscriptions',
  routePrefix: 'route#',
  markPrefix: 'mark#',
  valvePrefix: 'valve#',
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

/** What a consumer asks of its group, for a policy: it names methods and the group, where the API's
 * one route need not. */
export const consumerRoutes = [
  'POST /consumers/{group}',
  'GET /consumers/{group}/instances/{proxy+}',
  'POST /consumers/{group}/instances/{proxy+}',
  'DELETE /consumers/{group}/instances/{proxy+}',
] as const satisfies readonly Route[];

export type Route = `${'ANY' | 'GET' | 'POST' | 'DELETE'} /${string}`;
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
