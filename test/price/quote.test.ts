// What `npm run price` may be told, what it refuses, and what it answers.

import { expect, test } from 'vitest';
import { countClocks } from '../../price/clocks.ts';
import { readPriceOptions } from '../../price/options.ts';
import { quoteOf } from '../../price/quote.ts';
import { linesOf } from '../../price/text.ts';
import { usage } from '../../price/usage.ts';
import { defaultWorkload, volumeOf } from '../../price/workload.ts';

function told(...parameters: readonly string[]) {
  const read = readPriceOptions(parameters, {});
  return read.kind === 'options' ? read.options : read.text;
}

test('it is told a workload', () => {
  expect(told()).toEqual({
    workload: defaultWorkload,
    billing: { freeTier: false, internet: false },
    isJson: false,
  });
  const flags = ['--sends', '2.5', '--records', '4', '--request-bytes', '4000', '--free-tier'];
  expect(told(...flags)).toMatchObject({
    workload: { sends: 2.5, records: 4, recordBytes: 1_000 },
    billing: { freeTier: true },
  });
  // Nobody asks an idle engine, unless it is said.
  expect(told('--sends', '0')).toMatchObject({ workload: { sends: 0, groups: 0 } });
  expect(told('--sends', '0', '--groups', '2')).toMatchObject({ workload: { groups: 2 } });
  expect(told('--help')).toContain('--busy-hours');
});

test.each([
  [['--sends', 'many'], '--sends many: is no number'],
  [['--sends=-1'], 'sends: -1'],
  [['--records', '1.5'], 'records: 1.5 is no whole number'],
  [['--reach', '5'], 'reach: a request reaches 4 partitions'],
  [['--reach', '4', '--records', '2'], 'reach: 2 records'],
  [['--records', '5000', '--record-bytes', '1000'], 'records: a request holds'],
  [['--sends', '5000'], 'at least 7'],
  [['--pause-ms', '0'], 'pauseMillis'],
  [['--what'], '--what'],
])('it refuses %s', (parameters, fault) => {
  expect(told(...parameters)).toContain(fault);
});

test('its answer: a line an item, what they are in all, and the same elsewhere', async () => {
  const workload = { ...defaultWorkload, sends: 100, busyHours: 1 };
  const nothing = usage({});
  const counted = {
    traffic: { perRequest: usage({ objectPuts: 1 }), perIdleSecond: nothing, objectBytes: 0 },
    housekeeping: {
      merge: nothing,
      mergeAgain: nothing,
      sweep: nothing,
      retention: nothing,
      look: nothing,
      indexBytes: 0,
    },
    clocks: await countClocks(workload),
  };
  const quote = quoteOf(workload, counted, {});
  const { requests, records } = volumeOf(workload);
  expect([requests, records]).toEqual([10.8e6, 108e6]);
  expect(quote.perMillionRecords).toBeCloseTo(quote.bill.dollars / 108);
  const lines = linesOf(quote);
  expect(lines[0]).toBe(
    '100 requests a second, each of 10 records of 1,024 bytes to 1 of 4 partitions, 1 hour a day;',
  );
  expect(lines.join('\n')).toMatch(/S3 PUTs and LISTs +10\.\d+ +million at \$5 +\$54\.\d\d/);
  expect(lines.join('\n')).toMatch(/in all +\$5\d\.\d\d\n +for a million records +\$0\.5\d\n/);
  for (const name of ['MSK Serverless', 'Kinesis on demand, Advantage', 'SQS, FIFO']) {
    expect(lines.some((line) => line.trim().startsWith(name))).toBe(true);
  }
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
  expect(JSON.parse(JSON.stringify(quote))).toMatchObject({ region: 'us-east-1' });
});
