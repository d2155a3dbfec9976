// One line of the bench's table a measurement.

import type { Operations } from '../shared/store/counted.ts';
import type { Measured } from './load.ts';
import type { Scenario } from './scenarios.ts';

export type Row = {
  readonly name: string;
  readonly scenario: Scenario;
  readonly measured: Measured;
  /** Microseconds of the server's CPU a request. */
  readonly serverCpu: number;
  readonly operations: Operations | undefined;
  /** The engine's measurement that this one of a bare server stands beside. */
  readonly against?: Pick<Row, 'measured'>;
};

const columns = [
  ['', 26],
  ['requests/s', 11],
  ['records/s', 11],
  ['MB/s', 8],
  ['p50 ms', 8],
  ['p99 ms', 8],
  ['CPU µs', 8],
  ['load CPU', 9],
  ['PUT', 7],
  ['GET', 7],
  ['write', 7],
  ['read', 7],
  ['engine/this', 12],
] as const;

export const headLine = columns.map(([name, width], index) => pad(name, width, index)).join('');

export function rowLine(row: Row): string {
  const { measured, scenario, operations, against } = row;
  const perSecond = measured.requests / measured.seconds;
  const bytes =
    scenario.records > 0
      ? perSecond * scenario.payloadBytes
      : measured.answeredBytes / measured.seconds;
  const each = (count: number | undefined) =>
    count === undefined ? '' : (count / measured.requests).toFixed(3);
  const cells = [
    row.name,
    perSecond.toFixed(0),
    scenario.records > 0 ? (perSecond * scenario.records).toFixed(0) : '',
    (bytes / 1e6).toFixed(1),
    measured.millis.p50.toFixed(2),
    measured.millis.p99.toFixed(2),
    row.serverCpu.toFixed(0),
    `${(measured.generatorCpu * 100).toFixed(0)} %`,
    each(operations?.objectPuts),
    each(operations?.objectReads),
    each(operations?.tableWrites),
    each(operations && operations.tableReads + operations.tableQueries),
    against === undefined
      ? ''
      : `${((100 * rateOf(against.measured)) / rateOf(measured)).toFixed(0)} %`,
  ];
  return cells.map((cell, index) => pad(cell, columns[index]?.[1] ?? 0, index)).join('');
}

function rateOf({ requests, seconds }: Measured): number {
  return requests / seconds;
}

function pad(text: string, width: number, index: number): string {
  return index === 0 ? text.padEnd(width) : text.padStart(width);
}
