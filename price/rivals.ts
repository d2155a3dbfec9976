// What others ask for the same: from their public prices, by what they say that they count. Each
// says what it gives for that, and what not.
//
// - Bytes are those that are sent, but for MSK's, since Kafka's clients compress whole batches.
// - Everybody who gets all of it reads it once, as soon as it is there.

import { type Bill, type BillOptions, itemOf, totalled } from './bill.ts';
import {
  flat,
  gigabyte,
  hoursPerMonth,
  type Price,
  prices,
  secondsPerMonth,
  sources,
} from './prices.ts';
import { volumeOf, type Workload } from './workload.ts';

export type Rival = {
  readonly name: string;
  readonly bill: Bill;
  readonly source: string;
  readonly remark: string;
};

export function rivalsFor(
  workload: Workload,
  { internet = false }: Pick<BillOptions, 'internet'> = {},
): readonly Rival[] {
  const rivals = [
    mskServerless(workload),
    kinesisStandard(workload),
    kinesisAdvantage(workload),
    sqs(workload, 'standard'),
    sqs(workload, 'FIFO'),
  ];
  if (!internet) return rivals;
  const { bytes, consumers } = volumeOf(workload);
  const out = itemOf(prices.transferGigabytes, (bytes * consumers) / gigabyte);
  return rivals.map((one) => ({ ...one, bill: totalled([...one.bill.items, out]) }));
}

type Asked = Pick<Price, 'what' | 'unit' | 'tiers'>;
const gigabytes = (what: string, dollars: number): Asked => ({
  what,
  unit: 'GB',
  tiers: flat(dollars),
});
const stored = (what: string, dollars: number): Asked => ({
  what,
  unit: 'GB-months',
  tiers: flat(dollars),
});
const hours = (what: string, dollars: number): Asked => ({
  what,
  unit: 'hours',
  tiers: flat(dollars),
});

function mskServerless(workload: Workload): Rival {
  const { bytes, consumers } = volumeOf(workload);
  const { partitions, compression, retentionDays } = workload;
  const into = bytes / compression / gigabyte;
  const kept = (into * retentionDays * 24) / hoursPerMonth;
  return {
    name: 'MSK Serverless',
    bill: totalled([
      itemOf(hours('cluster', 0.75), hoursPerMonth),
      itemOf(hours('partitions', 0.0015), partitions * hoursPerMonth),
      itemOf(gigabytes('in', 0.1), into),
      itemOf(gigabytes('out', 0.05), into * consumers),
      itemOf(stored('kept', 0.1), kept),
    ]),
    source: sources.msk,
    remark:
      'Kafka itself, within a VPC; a cluster takes 200 MB/s in and 400 MB/s out. Functions, ' +
      'and what else consumes, come on top.',
  };
}

/** Records are counted in whole KB. */
function kinesisVolume(workload: Workload) {
  const { records, bytes, consumers } = volumeOf(workload);
  const { recordBytes, retentionDays } = workload;
  const into = (records * Math.ceil(recordBytes / 1_024) * 1_024) / gigabyte;
  const perDay = (bytes / gigabyte / hoursPerMonth) * 24;
  return {
    into,
    out: (bytes * consumers) / gigabyte,
    toSevenDays: perDay * Math.max(0, Math.min(retentionDays, 7) - 1),
    beyond: perDay * Math.max(0, Math.min(retentionDays, 365) - 7),
  };
}

function kinesisStandard(workload: Workload): Rival {
  const { into, out, toSevenDays, beyond } = kinesisVolume(workload);
  return {
    name: 'Kinesis on demand, Standard',
    bill: totalled([
      itemOf(hours('stream', 0.04), hoursPerMonth),
      itemOf(gigabytes('in', 0.08), into),
      itemOf(gigabytes('out', 0.04), out),
      itemOf(stored('kept beyond a day', 0.1), toSevenDays),
      itemOf(stored('kept beyond seven', 0.023), beyond),
    ]),
    source: sources.kinesis,
    remark:
      'One stream, whose readers share 2 MB/s of each shard; kept for 365 days at most. Groups ' +
      'are the client library’s, which has a DynamoDB table of its own.',
  };
}

/** Of an account and region: at least so much is billed, in and out. */
const advantageBytesPerSecond = 25 * 2 ** 20;

function kinesisAdvantage(workload: Workload): Rival {
  const { into, out, toSevenDays, beyond } = kinesisVolume(workload);
  const least = (advantageBytesPerSecond * secondsPerMonth) / gigabyte;
  return {
    name: 'Kinesis on demand, Advantage',
    bill: totalled([
      itemOf(gigabytes('in', 0.032), Math.max(into, least)),
      itemOf(gigabytes('out', 0.016), Math.max(out, least)),
      itemOf(stored('kept beyond a day', 0.023), toSevenDays + beyond),
    ]),
    source: sources.kinesis,
    remark: 'For whole accounts: 25 MiB/s in, and as much out, are the least that is billed.',
  };
}

const sqsBatch = { messages: 10, unitBytes: 64 * 1_024, bytes: 2 ** 20 };
const sqsPollSeconds = 20;
const billion = 1_000;

const sqsPrices = {
  standard: [0.4, 0.3, 0.24],
  FIFO: [0.5, 0.4, 0.35],
} as const;

/** A message is a record, sent, received and deleted with others of its request. */
function sqs(workload: Workload, kind: keyof typeof sqsPrices): Rival {
  const { requests, consumers } = volumeOf(workload);
  const { records, recordBytes, groups, members, readers, subscriptions } = workload;
  const perBatch = Math.max(
    1,
    Math.min(sqsBatch.messages, records, Math.floor(sqsBatch.bytes / recordBytes)),
  );
  const batches = records / perBatch;
  const unitsPerBatch = Math.ceil((perBatch * recordBytes) / sqsBatch.unitBytes);
  const moves = requests * consumers * batches * (2 * unitsPerBatch + 1);
  const askers = groups * members + readers + subscriptions;
  const polls = (askers * secondsPerMonth) / sqsPollSeconds;
  const [first, second, third] = sqsPrices[kind];
  const tiers: Price['tiers'] = [
    { upTo: 100 * billion, dollars: first },
    { upTo: 200 * billion, dollars: second },
    { upTo: Number.POSITIVE_INFINITY, dollars: third },
  ];
  const asked = { what: 'requests', unit: 'million', tiers };
  return {
    name: `SQS, ${kind}`,
    bill: totalled([
      itemOf(asked, moves / 1e6),
      itemOf({ ...asked, what: 'empty receives' }, polls / 1e6),
    ]),
    source: sources.sqs,
    remark:
      'No log: what is deleted is gone, and 14 days are the longest. A queue for each that gets ' +
      'all, sent to each; messages go in tens, each 64 KB of which is a request.',
  };
}
