// Amounts times prices, and nothing else: a bill is the sum of its items, tiers and free tiers are
// taken in their order, and more of anything never costs less, here or elsewhere.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { billOf, itemOf } from '../../price/bill.ts';
import { type Counted, monthOf } from '../../price/month.ts';
import { type Billed, billedNames, prices } from '../../price/prices.ts';
import { rivalsFor } from '../../price/rivals.ts';
import { sum, type Usage, usage } from '../../price/usage.ts';
import { defaultWorkload, type Workload } from '../../price/workload.ts';

const million = 1e6;
const amounts = fc
  .array(fc.double({ min: 0, max: 1e12, noNaN: true }), {
    minLength: billedNames.length,
    maxLength: billedNames.length,
  })
  .map((all) => usage(Object.fromEntries(billedNames.map((name, at) => [name, all[at]]))));

test('a bill is the sum of its items, with free tiers or without', () => {
  const options = fc.record({ freeTier: fc.boolean(), internet: fc.boolean() });
  fc.assert(
    fc.property(amounts, options, (used, how) => {
      const { items, dollars } = billOf(used, how);
      expect(dollars).toBeCloseTo(
        items.reduce((total, item) => total + item.amount * item.dollarsPerUnit, 0),
        3,
      );
      expect(items.length).toBe(billedNames.length - (how.internet ? 0 : 1));
    }),
  );
});

test('more of anything never costs less', () => {
  fc.assert(
    fc.property(amounts, amounts, fc.boolean(), (used, more, freeTier) => {
      const options = { freeTier, internet: true };
      const [less, all] = [billOf(used, options), billOf(sum(used, more), options)];
      expect(all.dollars).toBeGreaterThanOrEqual(less.dollars);
      for (const [at, item] of all.items.entries()) {
        expect(item.dollars).toBeGreaterThanOrEqual((less.items[at]?.dollars ?? 0) - 1e-6);
      }
    }),
  );
});

test('the prices, each as a page of AWS says it', () => {
  const dollars = (name: Billed, amount: number, freeTier = false) =>
    billOf(usage({ [name]: amount }), { freeTier, internet: true }).dollars;
  expect(dollars('objectPuts', million)).toBe(5);
  expect(dollars('objectGets', million)).toBe(0.4);
  expect(dollars('writeUnits', million)).toBe(0.625);
  expect(dollars('readUnits', million)).toBe(0.125);
  expect(dollars('gigabyteSeconds', million)).toBeCloseTo(13.3334);
  // 300 million at a dollar a million, and 700 at 90 cents.
  expect(dollars('httpRequests', 1_000 * million)).toBeCloseTo(300 + 630);
  // 10 TB at 9 cents, and one at 8.5.
  expect(dollars('transferGigabytes', 11 * 1_024)).toBeCloseTo(1_024 * (0.9 + 0.085));
  expect(dollars('streamReads', 1e9)).toBe(0);
  expect(dollars('traces', million)).toBe(5);
  expect(dollars('invocations', 3 * million, true)).toBeCloseTo(0.4);
  expect(dollars('alarms', 10, true)).toBe(0);
});

test('the free million of SQS is one for queues of both kinds', () => {
  const used = usage({ queueRequests: 0.7 * million, fifoRequests: 0.7 * million });
  expect(billOf(used, { freeTier: true }).dollars).toBeCloseTo(0.4 * 0.5);
});

test('of nothing an item still says what one would cost', () => {
  expect(itemOf(prices.httpRequests, 0)).toMatchObject({ dollars: 0, dollarsPerUnit: 1 });
});

/** As a sample might have counted it. */
const counted: Counted = {
  traffic: {
    perRequest: usage({ objectPuts: 1, writeUnits: 1.125, invocations: 1, gigabyteSeconds: 0.1 }),
    perIdleSecond: usage({ writeUnits: 1e-9 }),
    objectBytes: 2_000,
  },
  housekeeping: {
    merge: usage({ objectGets: 1, writeUnits: 0.12 }),
    mergeAgain: usage({ writeUnits: 0.125 }),
    sweep: usage({ objectGets: 1 }),
    retention: usage({ writeUnits: 0.06 }),
    look: usage({ readUnits: 0.004 }),
    indexBytes: 13,
  },
  clocks: { perDay: usage({ readUnits: 449 }), told: usage({ readUnits: 5 }) },
};

const workloads: fc.Arbitrary<Workload> = fc
  .record({
    sends: fc.double({ min: 0.01, max: 700, noNaN: true }),
    records: fc.integer({ min: 1, max: 100 }),
    recordBytes: fc.integer({ min: 1, max: 1_000 }),
    busyHours: fc.double({ min: 0.1, max: 24, noNaN: true }),
    retentionDays: fc.double({ min: 1, max: 400, noNaN: true }),
    groups: fc.integer({ min: 0, max: 5 }),
    readers: fc.integer({ min: 0, max: 5 }),
    subscriptions: fc.integer({ min: 0, max: 5 }),
  })
  .map((some) => ({ ...defaultWorkload, ...some }));

const growing = [
  'sends',
  'records',
  'recordBytes',
  'busyHours',
  'retentionDays',
  'groups',
  'readers',
  'subscriptions',
] as const;

test('a larger workload never costs less, of ours or of others', () => {
  const times = fc.double({ min: 1, max: 10, noNaN: true });
  fc.assert(
    fc.property(workloads, fc.constantFrom(...growing), times, (workload, field, by) => {
      const grown = Math.ceil(workload[field] * by);
      const larger = { ...workload, [field]: field === 'busyHours' ? Math.min(24, grown) : grown };
      const ours = (of: Workload) => billOf(monthOf(of, counted)).dollars;
      expect(ours(larger)).toBeGreaterThanOrEqual(ours(workload) * (1 - 1e-9));
      const theirs = rivalsFor(workload);
      for (const [at, { name, bill }] of rivalsFor(larger).entries()) {
        const before = theirs[at]?.bill.dollars ?? Number.NaN;
        expect([name, bill.dollars >= before * (1 - 1e-9)]).toEqual([name, true]);
      }
    }),
  );
});

test('what others ask, of a GB a day in records of a KB that one gets', () => {
  const perDay = 1_024 * 1_024;
  const workload = {
    ...defaultWorkload,
    sends: perDay / 86_400,
    records: 1,
    recordBytes: 1_024,
    partitions: 10,
    retentionDays: 7,
  };
  const dollars = rivalsFor(workload).map(({ bill }) => bill.dollars);
  const [msk, standard, advantage, queue, fifo] = dollars as [
    number,
    number,
    number,
    number,
    number,
  ];
  // A cluster and ten partitions by the hour; 30 GB in and out; seven of them are kept.
  expect(msk).toBeCloseTo(720 * (0.75 + 10 * 0.0015) + 30 * (0.1 + 0.05) + 7 * 0.1, 2);
  // A stream by the hour; 30 GB in and out; six days of seven are kept longer than one.
  expect(standard).toBeCloseTo(720 * 0.04 + 30 * (0.08 + 0.04) + 6 * 0.1, 2);
  // 25 MiB a second, in and out, is 63,281 GB a month.
  expect(advantage).toBeCloseTo(63_281.25 * (0.032 + 0.016) + 6 * 0.023, 2);
  // A send, a receive and a delete of each; and a long poll three times a minute.
  const requests = (3 * 30 * perDay + 30 * 24 * 60 * 3) / million;
  expect(queue).toBeCloseTo(requests * 0.4, 2);
  expect(fifo).toBeCloseTo(requests * 0.5, 2);
});

test('whoever is outside pays for what leaves, everywhere', () => {
  const [inside, outside] = [
    rivalsFor(defaultWorkload),
    rivalsFor(defaultWorkload, { internet: true }),
  ];
  for (const [at, { bill }] of outside.entries()) {
    expect(bill.dollars).toBeGreaterThan(inside[at]?.bill.dollars ?? 0);
  }
  const used: Usage = usage({ transferGigabytes: 100 });
  expect(billOf(used).dollars).toBe(0);
  expect(billOf(used, { internet: true }).dollars).toBeCloseTo(9);
});
