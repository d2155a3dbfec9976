// The answer as a whole: the bill of a workload, what it is for a million records and for a GB, and
// what others ask. It is what --json prints.

import { type Bill, type BillOptions, billOf } from './bill.ts';
import { type Counted, monthOf } from './month.ts';
import { gigabyte, readIn, region } from './prices.ts';
import { type Rival, rivalsFor } from './rivals.ts';
import { type Volume, volumeOf, type Workload } from './workload.ts';

export type Quote = {
  readonly region: string;
  /** The month in which the prices were read. */
  readonly readIn: string;
  readonly freeTier: boolean;
  readonly workload: Workload;
  readonly volume: Volume;
  readonly bill: Bill;
  /** undefined: nothing is sent. */
  readonly perMillionRecords: number | undefined;
  readonly perGigabyte: number | undefined;
  readonly rivals: readonly Rival[];
};

export function quoteOf(workload: Workload, counted: Counted, billing: BillOptions): Quote {
  const volume = volumeOf(workload);
  const bill = billOf(monthOf(workload, counted), billing);
  return {
    region,
    readIn,
    freeTier: billing.freeTier === true,
    workload,
    volume,
    bill,
    perMillionRecords: perUnit(bill.dollars, volume.records / 1e6),
    perGigabyte: perUnit(bill.dollars, volume.bytes / gigabyte),
    rivals: rivalsFor(workload, billing),
  };
}

function perUnit(dollars: number, units: number): number | undefined {
  return units === 0 ? undefined : dollars / units;
}
