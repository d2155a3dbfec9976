// The names on which the engine and the stack that provisions it agree. Neither side spells one
// itself: a name that changes here changes for both, and one that differed would be found only in
// production.

/** What a function reads from its environment. */
export const environmentNames = {
  tableName: 'SLUICE_TABLE',
  bucketName: 'SLUICE_BUCKET',
} as const;

/** The table's key schema. Both are strings. */
export const tableKeyNames = { partition: 'pk', sort: 'sk' } as const;

/** The attribute by which DynamoDB expires items, in seconds since 1970. */
export const timeToLiveAttribute = 'ttl';

/** Every segment's key begins so (segment/keys.ts); roles and the bucket's policy are narrowed to
 * it. */
export const segmentsPrefix = 'segments/';

/** The functions, and the routes of the HTTP API that each serves. A route is a method and a path,
 * in API Gateway's form; a request goes to its most exact route, and what no other function serves
 * is the topics function's to answer or to refuse. */
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
  topics: ['ANY /{proxy+}', 'GET /'],
} as const satisfies Record<string, readonly Route[]>;

export type Route = `${'ANY' | 'GET' | 'POST'} /${string}`;
export type FunctionName = keyof typeof functionRoutes;

export const functionNames = Object.keys(functionRoutes) as readonly FunctionName[];
