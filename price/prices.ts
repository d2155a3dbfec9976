// What AWS asks for what an engine uses: list prices of us-east-1, in dollars. The list has a date;
// each price has the page that says it. A price that changes changes here, and nowhere else.
//
// - Without free tiers, reservations, savings plans or anybody's discounts; what is free every
//   month, for as long as an account lives, stands beside the price (`free`).
// - A GB is 2^30 bytes, as AWS bills it, and a month is 30 days.

/** The month in which the pages were read. */
export const readIn = '2026-11';
export const region = 'us-east-1';

export const gigabyte = 2 ** 30;
export const daysPerMonth = 30;
export const hoursPerMonth = 24 * daysPerMonth;
export const secondsPerMonth = 3_600 * hoursPerMonth;

export type Tier = {
  /** Of a month's amount, up to there. */
  readonly upTo: number;
  /** A unit. */
  readonly dollars: number;
};

export type Price = {
  readonly what: string;
  /** More than one of it. */
  readonly unit: string;
  /** How many of what is counted are one unit: of a million, 1,000,000. @default 1 */
  readonly per?: number;
  /** By the month's amount, in units; the last has no end. */
  readonly tiers: readonly [Tier, ...Tier[]];
  /** Each month, in units; several may share one. */
  readonly free?: { readonly of: string; readonly units: number };
  readonly source: string;
};

const million = 1_000_000;
const terabyte = 1_024;

/** One price for any amount. */
export function flat(dollars: number): [Tier] {
  return [{ upTo: Number.POSITIVE_INFINITY, dollars }];
}

export const sources = {
  s3: 'https://aws.amazon.com/s3/pricing/',
  dynamodb: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  lambda: 'https://aws.amazon.com/lambda/pricing/',
  apiGateway: 'https://aws.amazon.com/api-gateway/pricing/',
  sqs: 'https://aws.amazon.com/sqs/pricing/',
  eventBridge: 'https://aws.amazon.com/eventbridge/pricing/',
  cloudWatch: 'https://aws.amazon.com/cloudwatch/pricing/',
  xray: 'https://aws.amazon.com/xray/pricing/',
  transfer: 'https://aws.amazon.com/ec2/pricing/on-demand/',
  kinesis: 'https://aws.amazon.com/kinesis/data-streams/pricing/',
  msk: 'https://aws.amazon.com/msk/pricing/',
} as const;

/** What SQS gives each month is for queues of both kinds together. */
const freeSqs = { of: 'sqs', units: 1 };

export const prices = {
  /** And LISTs, which cost the same. */
  objectPuts: {
    what: 'S3 PUTs and LISTs',
    unit: 'million',
    per: million,
    tiers: flat(5),
    source: sources.s3,
  },
  objectGets: {
    what: 'S3 GETs',
    unit: 'million',
    per: million,
    tiers: flat(0.4),
    source: sources.s3,
  },
  objectGigabytes: {
    what: 'S3 storage',
    unit: 'GB-months',
    tiers: [
      { upTo: 50 * terabyte, dollars: 0.023 },
      { upTo: 500 * terabyte, dollars: 0.022 },
      { upTo: Number.POSITIVE_INFINITY, dollars: 0.021 },
    ],
    source: sources.s3,
  },
  /** Of 1 KB; in a transaction twice as many. */
  writeUnits: {
    what: 'DynamoDB write units',
    unit: 'million',
    per: million,
    tiers: flat(0.625),
    source: sources.dynamodb,
  },
  /** Of 4 KB, read strongly; half of one, read weakly. */
  readUnits: {
    what: 'DynamoDB read units',
    unit: 'million',
    per: million,
    tiers: flat(0.125),
    source: sources.dynamodb,
  },
  tableGigabytes: {
    what: 'DynamoDB storage',
    unit: 'GB-months',
    tiers: flat(0.25),
    free: { of: 'tableGigabytes', units: 25 },
    source: sources.dynamodb,
  },
  recoveryGigabytes: {
    what: 'DynamoDB point-in-time recovery',
    unit: 'GB-months',
    tiers: flat(0.2),
    source: sources.dynamodb,
  },
  /** For Lambda, which is all that reads the table's stream. */
  streamReads: {
    what: 'DynamoDB stream, read by Lambda',
    unit: 'million',
    per: million,
    tiers: flat(0),
    source: sources.dynamodb,
  },
  invocations: {
    what: 'Lambda requests',
    unit: 'million',
    per: million,
    tiers: flat(0.2),
    free: { of: 'invocations', units: 1 },
    source: sources.lambda,
  },
  /** Of arm64. */
  gigabyteSeconds: {
    what: 'Lambda GB-seconds',
    unit: 'GB-seconds',
    tiers: [
      { upTo: 7.5e9, dollars: 0.0000133334 },
      { upTo: 18.75e9, dollars: 0.0000120001 },
      { upTo: Number.POSITIVE_INFINITY, dollars: 0.0000106667 },
    ],
    free: { of: 'gigabyteSeconds', units: 400_000 },
    source: sources.lambda,
  },
  /** Each 512 KB of one is another. */
  httpRequests: {
    what: 'HTTP API requests',
    unit: 'million',
    per: million,
    tiers: [
      { upTo: 300, dollars: 1 },
      { upTo: Number.POSITIVE_INFINITY, dollars: 0.9 },
    ],
    source: sources.apiGateway,
  },
  queueRequests: {
    what: 'SQS requests, standard queue',
    unit: 'million',
    per: million,
    tiers: flat(0.4),
    free: freeSqs,
    source: sources.sqs,
  },
  fifoRequests: {
    what: 'SQS requests, FIFO queue',
    unit: 'million',
    per: million,
    tiers: flat(0.5),
    free: freeSqs,
    source: sources.sqs,
  },
  scheduled: {
    what: 'EventBridge Scheduler',
    unit: 'million',
    per: million,
    tiers: flat(1),
    free: { of: 'scheduled', units: 14 },
    source: sources.eventBridge,
  },
  logGigabytes: {
    what: 'CloudWatch Logs, written',
    unit: 'GB',
    tiers: flat(0.5),
    free: { of: 'logs', units: 5 },
    source: sources.cloudWatch,
  },
  metrics: {
    what: 'CloudWatch metrics',
    unit: 'metric-months',
    tiers: flat(0.3),
    free: { of: 'metrics', units: 10 },
    source: sources.cloudWatch,
  },
  alarms: {
    what: 'CloudWatch alarms',
    unit: 'metric-months',
    tiers: flat(0.1),
    free: { of: 'alarms', units: 10 },
    source: sources.cloudWatch,
  },
  traces: {
    what: 'X-Ray traces',
    unit: 'million',
    per: million,
    tiers: flat(5),
    free: { of: 'traces', units: 0.1 },
    source: sources.xray,
  },
  transferGigabytes: {
    what: 'data out to the internet',
    unit: 'GB',
    tiers: [
      { upTo: 10 * terabyte, dollars: 0.09 },
      { upTo: 50 * terabyte, dollars: 0.085 },
      { upTo: 150 * terabyte, dollars: 0.07 },
      { upTo: Number.POSITIVE_INFINITY, dollars: 0.05 },
    ],
    free: { of: 'transferGigabytes', units: 100 },
    source: sources.transfer,
  },
} as const satisfies Record<string, Price>;

export type Billed = keyof typeof prices;

export const billedNames = Object.keys(prices) as readonly Billed[];
