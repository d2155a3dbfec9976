// What the stack brings that nothing at the ports shows: how large its functions are, what runs by
// the clock, what Lambda asks its queues and the table's stream, what is logged and watched. Each
// number is infra's, or says where it is from.

import { daysPerMonth, secondsPerMonth } from './prices.ts';
import { type Usage, usage } from './usage.ts';
import type { Workload } from './workload.ts';

/** GB. infra/settings.ts; housekeepers have their own (infra/housekeeping.ts). */
export const memoryGigabytes = { default: 1, upkeep: 2, collect: 2 } as const;

/** infra/triggers/triggers.ts, infra/housekeeping.ts. */
export const runsPerDay = { sweep: 288, upkeep: 24, collect: 8 } as const;

/** Metrics that alarms look at, each of which is paid for: infra/watch/alarms.ts. */
export const alarms = 10;

/** So many of a new table's stream are read at once, as its partitions are. */
export const streamShards = 4;
/** Of each shard, by two functions. AWS Lambda's guide, "Using AWS Lambda with Amazon DynamoDB":
 * four times a second. */
const streamReadsPerSecond = 4 * 2 * streamShards;

/** Of each of the two queues: five long polls of 20 seconds, the most that the guide says of a
 * queue with little to do (docs/costs.md, "At rest"). */
const pollsPerSecond = 5 / 20;

/** Bytes of one line, with the 26 that CloudWatch Logs adds to each. */
export const logLineBytes = {
  /** A request's, in the access log (infra/access/http-api.ts): names of callers are long. */
  access: 26 + 480,
  /** A function's own of a request or a run (functions/telemetry/told-line.ts), as a test measures
   * it. */
  metrics: 26 + 830,
} as const;

/** What a function works, in milliseconds of a whole core (1,769 MB), of which 1 GB has 0.58: the
 * clock of a sample knows only its waits. As measured of the API over stores in memory.
 * AWS Lambda's guide, "Configure Lambda function memory". */
const coreShare = 1_024 / 1_769;
export const workMillis = {
  request: 0.5 / coreShare,
  /** For each MB of a request and its reply: JSON, base64, CRCs, zstd. */
  megabyte: 16 / coreShare,
  /** For each MB that is merged, of more than a core: 64 MiB take a few seconds. */
  mergedMegabyte: 50,
} as const;

/** Of the invocations of functions that are traced: the first of each second, and one in twenty of
 * the others.
 * AWS Lambda's guide, "Visualize Lambda function invocations using AWS X-Ray". */
export function traced(invocations: number, seconds: number): number {
  const first = Math.min(invocations, seconds);
  return first + (invocations - first) / 20;
}

/** What costs the same however much goes through. */
export function standing(workload: Workload): Usage {
  const runs = Object.values(runsPerDay).reduce((all, one) => all + one, 0);
  return usage({
    scheduled: runs * daysPerMonth,
    alarms,
    metrics: metricsTold(workload),
    queueRequests: pollsPerSecond * secondsPerMonth,
    fifoRequests: pollsPerSecond * secondsPerMonth,
    streamReads: streamReadsPerSecond * secondsPerMonth,
  });
}

/** Metrics of shared/metric-names.ts, each by the share of the month's hours in which it is told:
 * how long a timed operation took, whenever there is one, and what is counted, if there is
 * anything. */
function metricsTold({ sends, busyHours, groups, readers, subscriptions }: Workload): number {
  const polls = groups > 0 ? 1 : 0;
  const fetches = readers > 0 ? 1 : 0;
  const idle = polls + fetches;
  if (sends === 0) return idle;
  const sendAndSent = 2;
  const sweptBytes = 1 / 3;
  const consumed = groups + readers + subscriptions > 0 ? 1 : 0;
  const lag = groups > 0 ? 1 : 0;
  const deliverAndProcess = subscriptions > 0 ? 2 : 0;
  const busy = sendAndSent + sweptBytes + consumed + lag + deliverAndProcess;
  return idle + busy * (busyHours / 24);
}
