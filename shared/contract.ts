// The names on which the engine and the stack that provisions it agree.

/** What every function reads from its environment. */
export const environmentNames = {
  tableName: 'SLUICE_TABLE',
  bucketName: 'SLUICE_BUCKET',
} as const;

/** The table's key schema. */
export const tableKeyNames = { partition: 'pk', sort: 'sk' } as const;

/** The attribute by which DynamoDB expires items, in seconds since 1970. */
export const timeToLiveAttribute = 'ttl';

/** The functions, and the routes of the HTTP API that each serves. */
export const functionRoutes = {
  produce: [
    'POST /topics/{topic}',
    'POST /topics/{topic}/partitions/{partition}',
    'POST /v3/clusters/{cluster}/topics/{topic}/records',
    'POST /v3/clusters/{cluster}/topics/{topic}/records:batch',
  ],
  fetch: [
    'GET /topics/{topic}/partitions/{partition}/records',
    'GET /topics/{topic}/partitions/{partition}/offsets',
    'GET /v3/clusters/{cluster}/topics/{topic}/partitions/{partition}/offset',
  ],
  topics: ['ANY /{proxy+}', 'GET /'],
} as const satisfies Record<string, readonly string[]>;

export type FunctionName = keyof typeof functionRoutes;
