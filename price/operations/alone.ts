// What the engine does without being asked, by what tells it: deliveries, what a source brings, and
// the later life of what was appended.

import { defaultSettings } from '../../shared/delivery/subscription.ts';
import { createSubscription } from '../../shared/engine/delivery/create-subscription.ts';
import { ingest } from '../../shared/engine/ingest/ingest.ts';
import { readSourceEvent } from '../../shared/ingest/source-event.ts';
import type { Targets } from '../../shared/ports/targets.ts';
import { type Account, openAccount } from '../account.ts';
import { Fleet } from '../fleet.ts';
import type { Housekeeping } from '../housekeeping.ts';
import { Triggers } from '../triggers.ts';
import { scaled, since, sum, usage } from '../usage.ts';
import { defaultWorkload } from '../workload.ts';
import { type Operation, topic } from './stage.ts';

const times = 64;
const binary = 'application/vnd.kafka.binary.v2+json';
const lookMillis = 20;
/** Between two appends: what the one has brought about is over. */
const pauseMillis = 2_000;

export async function countAlone(housekeeping: Housekeeping): Promise<readonly Operation[]> {
  return [
    await countDeliveries('an append delivered to a function by itself, beside the append', {
      appends: times,
      recordsPerAppend: 1,
    }),
    await countDeliveries('a delivery of 10 records in a worker’s turn of 100 deliveries', {
      appends: 1,
      recordsPerAppend: 1_000,
      recordsPerDelivery: 10,
    }),
    await countDeliveries('the same, through a valve of records a second', {
      appends: 1,
      recordsPerAppend: 1_000,
      recordsPerDelivery: 10,
      recordsPerSecond: 100,
    }),
    await countIngest(),
    ...laterLife(housekeeping),
  ];
}

type Deliveries = {
  readonly appends: number;
  readonly recordsPerAppend: number;
  readonly recordsPerDelivery?: number;
  readonly recordsPerSecond?: number;
};

/** Of each delivery; what appends themselves use is not counted. */
function countDeliveries(what: string, wanted: Deliveries): Promise<Operation> {
  const account = openAccount(15);
  const { time } = account.world;
  const given = { deliveries: 0, records: 0 };
  const triggers = new Triggers(account, takingTargets(account, given));
  const producers = new Fleet(account, { table: triggers.table });
  const append = async (records: number) => {
    const body = JSON.stringify({ records: Array(records).fill({ value: 'YQ==' }) });
    await producers.request(`POST /topics/${topic}`, body, binary);
  };
  const delivered = async (records: number) => {
    while (given.records < records || !triggers.isIdle) await time.sleep(lookMillis);
  };
  const run = async () => {
    await setUp(account, triggers, wanted);
    await append(1);
    await delivered(1);
    let used = usage({});
    Object.assign(given, { deliveries: 0, records: 0 });
    for (let one = 1; one <= wanted.appends; one++) {
      await time.sleep(pauseMillis);
      await append(wanted.recordsPerAppend);
      const before = account.used();
      await delivered(one * wanted.recordsPerAppend);
      used = sum(used, since(before, account.used()));
    }
    return { what, used: scaled(used, 1 / given.deliveries) };
  };
  return time.run(run());
}

async function setUp(account: Account, triggers: Triggers, wanted: Deliveries): Promise<void> {
  const { recordsPerDelivery, recordsPerSecond } = wanted;
  const functions = new Fleet(account, triggers);
  await functions.request('POST /v3/clusters/sluice/topics', `{"topic_name":"${topic}"}`);
  const settings = {
    ...defaultSettings,
    ...(recordsPerDelivery !== undefined && { batchRecordsMax: recordsPerDelivery }),
    ...(recordsPerSecond !== undefined && { recordsPerSecondMax: recordsPerSecond }),
  };
  const target = { kind: 'lambda', function: 'billing' } as const;
  const subscription = { name: 'billing', topic, group: 'billing', target, settings } as const;
  await functions.invoke((engine, call) =>
    createSubscription(engine, call, { ...subscription, from: 'latest' }),
  );
}

/** A function that takes all that it is given. */
function takingTargets(
  { world }: Account,
  given: { deliveries: number; records: number },
): Targets {
  const refuse = async () => {
    throw new Error('the subscription is to a function');
  };
  return {
    post: refuse,
    send: refuse,
    invoke: async ({ payload }) => {
      await world.time.sleep(defaultWorkload.targetMillis);
      given.deliveries++;
      given.records += payload.split('"offset":').length - 1;
      return { kind: 'returned', payload: '' };
    },
  };
}

function countIngest(): Promise<Operation> {
  const account = openAccount(16);
  const fleet = new Fleet(account);
  const run = async () => {
    await fleet.request('POST /v3/clusters/sluice/topics', `{"topic_name":"${topic}"}`);
    await bring(fleet, 'warm');
    const before = account.used();
    for (let event = 0; event < times; event++) await bring(fleet, `event-${event}`);
    const used = scaled(since(before, account.used()), 1 / times);
    return { what: 'an event of 10 messages of an SQS queue', used };
  };
  return account.world.time.run(run());
}

function bring(fleet: Fleet, name: string): Promise<void> {
  const Records = Array.from({ length: 10 }, (_, index) => ({
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:incoming',
    messageId: `${name}-${index}`,
    body: `{"id":${index}}`,
    attributes: { SentTimestamp: '1700000000000' },
  }));
  const read = readSourceEvent({ Records }, {});
  if (read.kind === 'unknown-source') throw new Error(read.reason);
  const { records } = read.event;
  return fleet.invoke(async (engine, call) => {
    const failures = await ingest(engine, call, { topic, records });
    if (failures.length > 0) throw new Error(`${failures.length} are not stored`);
  });
}

function laterLife({ merge, mergeAgain, sweep, retention }: Housekeeping): readonly Operation[] {
  return [
    { what: 'later, for each append of a request to a partition: merged', used: merge },
    { what: 'merged again, as long as it is small', used: mergeAgain },
    { what: 'its object deleted', used: sweep },
    { what: 'dropped when its time is over', used: retention },
  ];
}
