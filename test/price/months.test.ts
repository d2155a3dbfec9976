// Three months, each beside what a person makes of it on the back of an envelope from the rules in
// docs/costs.md: nothing, a trickle, and a burst that never ends.

import { expect, test } from 'vitest';
import { billOf } from '../../price/bill.ts';
import { countClocks } from '../../price/clocks.ts';
import { countHousekeeping } from '../../price/housekeeping.ts';
import { monthOf } from '../../price/month.ts';
import { gigabyte, secondsPerMonth } from '../../price/prices.ts';
import { countTraffic } from '../../price/traffic.ts';
import type { Usage } from '../../price/usage.ts';
import { defaultWorkload, type Workload, workloadFault } from '../../price/workload.ts';

const million = 1e6;

const housekeeping = countHousekeeping();

async function monthFor(wanted: Partial<Workload>): Promise<Usage> {
  const workload = { ...defaultWorkload, ...wanted };
  expect(workloadFault(workload)).toBeUndefined();
  const [traffic, clocks] = [await countTraffic(workload), await countClocks(workload)];
  return monthOf(workload, { traffic, clocks, housekeeping: await housekeeping });
}

/** Within so large a part of it. */
function expectNear(actual: number, expected: number, part: number): void {
  expect(actual).toBeGreaterThan(expected * (1 - part));
  expect(actual).toBeLessThan(expected * (1 + part));
}

test('an append that travels alone is the $8.40 a million of docs/costs.md', async () => {
  const alone = { ...defaultWorkload, records: 1, partitions: 1, groups: 0 };
  const { perRequest } = await countTraffic(alone);
  expect(perRequest).toMatchObject({ objectPuts: 1, objectGets: 0, httpRequests: 1 });
  expect(perRequest).toMatchObject({ invocations: 1, writeUnits: 1 + 2 / 16 });
  // The topic's settings, every ten seconds.
  expect(perRequest.readUnits).toBeLessThan(0.02);
  // A PUT of 100 ms at the median, a write of 5, and some work.
  expectNear(perRequest.gigabyteSeconds, 0.112, 0.03);
  const { logGigabytes, transferGigabytes: _, ...rest } = perRequest;
  const a = (used: Partial<Usage>) => billOf({ ...perRequest, ...used }).dollars * million;
  expectNear(a({ logGigabytes: 0 }), 8.4, 0.01);
  expect(rest.queueRequests + rest.fifoRequests).toBe(0);
  // A line of the access log, of 500 bytes, and one of the function's own, of 850.
  expectNear((logGigabytes * gigabyte) / 1_000, 1.35, 0.1);
});

test('an append in its later life: two GETs, and some write units', async () => {
  const { merge, mergeAgain, sweep, retention, indexBytes } = await housekeeping;
  expectNear(merge.objectGets, 1, 0.02);
  expectNear(sweep.objectGets, 1, 0.02);
  // A chunk of sixteen is swapped by a transaction; and dropped by a delete.
  expectNear(merge.writeUnits, 2 / 16, 0.1);
  expectNear(mergeAgain.writeUnits, 2 / 16, 0.1);
  expectNear(retention.writeUnits, 1 / 16, 0.1);
  expect(merge.objectPuts).toBeLessThan(0.01);
  // A chunk is a key, some numbers, one ref and what DynamoDB adds to it.
  expectNear(16 * indexBytes, 200, 0.25);
});

test('nothing: what clocks start, and what Lambda asks two queues', async () => {
  const used = await monthFor({ sends: 0, groups: 0 });
  // 288 sweeps, 24 of upkeep and 8 collections a day.
  expect(used.invocations).toBe(320 * 30);
  expect(used.scheduled).toBe(320 * 30);
  // A sweep reads a unit, upkeep a few for each of four partitions, a collection three or so.
  expectNear(used.readUnits, 30 * (288 + 24 * (4 * 4 + 2) + 8 * 5), 0.25);
  // Of each partition a cursor, once, which a month of real days would not write again.
  expect(used.writeUnits).toBeLessThanOrEqual(4 * 4 * 30);
  expect(used.queueRequests).toBe((5 * secondsPerMonth) / 20);
  expect([used.httpRequests, used.objectGets, used.objectGigabytes]).toEqual([0, 0, 0]);
  const { dollars, items } = billOf(used);
  expect(dollars).toBeLessThan(2.5);
  for (const { what, dollars: own } of items) {
    if (!/SQS|CloudWatch|X-Ray/.test(what)) expect([what, own < 0.02]).toEqual([what, true]);
  }
  expect(billOf(used, { freeTier: true }).dollars).toBeLessThan(0.17);
});

test('a trickle: ten requests a second, and a group of one that asks each second', async () => {
  const used = await monthFor({ sends: 10, records: 1, partitions: 1, recordBytes: 1_024 });
  const requests = 10 * secondsPerMonth;
  // Each is an object; LISTs, and what merges put, are few.
  expectNear(used.objectPuts, requests, 0.01);
  // For the group, for the merge, and for the sweep.
  expectNear(used.objectGets, 3 * requests, 0.03);
  // Its member finds something, asks again, finds nothing, and waits for a second: so it polls
  // less than twice a second and more than once.
  const polls = used.httpRequests - requests;
  expect(polls / secondsPerMonth).toBeGreaterThan(1);
  expect(polls / secondsPerMonth).toBeLessThan(4);
  // The append and its roll, merges, the drop; each poll's session; positions and a commit of what
  // was given.
  const own = (1 + 2 / 16 + 3 / 16 + 1 / 16) * requests;
  expect(used.writeUnits).toBeGreaterThan(own + polls);
  expect(used.writeUnits).toBeLessThan(own + 3 * polls + 0.3 * requests);
  // A KB and its frame; of seven days of thirty, and of four hours in which merged ones are there
  // twice.
  const bytes = (requests * (7 + 4 / 24)) / 30;
  expectNear(used.objectGigabytes * gigabyte, bytes * 1_024, 0.2);
});

test('a burst: two thousand requests a second, each of 100 records of a KB', async () => {
  const workload = { sends: 2_000, records: 100, partitions: 4, members: 4 };
  const used = await monthFor(workload);
  const requests = 2_000 * secondsPerMonth;
  expectNear(used.objectPuts, requests, 0.01);
  expectNear(used.objectGets, 3 * requests, 0.03);
  // A poll brings some ten of them; each is read again to be given, in one unit a partition.
  expectNear(used.writeUnits, (1 + 2 / 16 + 2 / 16 + 1 / 16 + 3 / 10) * requests, 0.15);
  // 140 KB of JSON are one request, and the poll's 1.4 MB three.
  expectNear(used.httpRequests, (1 + 3 / 10) * requests, 0.15);
  // 195 MB a second, kept for a week.
  const bytes = requests * 100 * 1_024 * (7 / 30);
  expectNear(used.objectGigabytes * gigabyte, bytes, 0.05);
  // Waits of a PUT, as much work beside it as a seventh of a MB is, and a tenth of a poll.
  expect(used.gigabyteSeconds / requests).toBeGreaterThan(0.115);
  expect(used.gigabyteSeconds / requests).toBeLessThan(0.18);
  const { dollars } = billOf(used);
  // $5 for the PUT, 1.20 for GETs, 1 for writes, 1.30 for HTTP, 2.20 for Lambda, and the rest: 12 a
  // million of requests.
  expectNear(dollars / ((requests * 100) / million), 0.12, 0.1);
});
