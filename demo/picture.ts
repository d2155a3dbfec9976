// The picture of a sale: orders as they arrive, what each service takes a second, and what waits
// for it meanwhile.

import * as echarts from 'echarts';
import type { SaleReport } from './sale.ts';
import { serviceNames } from './services/ledger.ts';

const bucketMillis = 500;
const size = { width: 960, height: 640 };

/** SVG. */
export function drawSale(report: SaleReport): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  const { arrivals, services, startedAt } = report;
  const taken = serviceNames.map((name) =>
    services[name].entries.map(({ at, orders }) => ({ at, orders: orders.length })),
  );
  const last = Math.max(...[...taken, arrivals].flatMap((all) => all.map(({ at }) => at)));
  const buckets = Math.ceil((last - startedAt) / bucketMillis) + 2;
  const arrived = perBucket(arrivals, startedAt, buckets);
  const delivered = taken.map((all) => perBucket(all, startedAt, buckets));
  const perSecond = (counts: readonly number[]) => points(counts.map(rateOf));
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: [
      { text: 'A flash sale: orders a second', left: 64, top: 8 },
      { text: 'Orders that wait', left: 64, top: 330 },
    ],
    legend: { right: 40, top: 10 },
    grid: [
      { left: 64, right: 40, top: 56, height: 230 },
      { left: 64, right: 40, top: 376, height: 210 },
    ],
    xAxis: [0, 1].map((gridIndex) => ({
      gridIndex,
      type: 'value',
      name: 's',
      max: (buckets * bucketMillis) / 1_000,
    })),
    yAxis: [0, 1].map((gridIndex) => ({ gridIndex, type: 'value' })),
    series: [
      { ...line('arrivals', 0), data: perSecond(arrived), areaStyle: { opacity: 0.25 } },
      ...serviceNames.map((name, at) => ({
        ...line(name, 0),
        data: perSecond(delivered[at] as readonly number[]),
      })),
      ...serviceNames.map((name, at) => ({
        ...line(name, 1),
        data: points(waiting(arrived, delivered[at] as readonly number[])),
      })),
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const colors: Readonly<Record<string, string>> = {
  arrivals: '#8a8f98',
  payment: '#1f6feb',
  stock: '#2da44e',
  notification: '#d1480f',
};

function line(name: string, axis: number) {
  const color = colors[name] ?? '#000000';
  return {
    name,
    type: 'line' as const,
    xAxisIndex: axis,
    yAxisIndex: axis,
    symbol: 'none',
    lineStyle: { width: 2, color },
    itemStyle: { color },
  };
}

type Counted = readonly { readonly at: number; readonly orders: number }[];

function perBucket(all: Counted, startedAt: number, buckets: number): readonly number[] {
  const counts = new Array<number>(buckets).fill(0);
  for (const { at, orders } of all) {
    const bucket = Math.min(buckets - 1, Math.max(0, Math.floor((at - startedAt) / bucketMillis)));
    counts[bucket] = (counts[bucket] ?? 0) + orders;
  }
  return counts;
}

function rateOf(count: number): number {
  return (count * 1_000) / bucketMillis;
}

/** What came in and did not go out. Repeats are not counted twice: nothing waits less than not. */
function waiting(arrived: readonly number[], delivered: readonly number[]): readonly number[] {
  let left = 0;
  return arrived.map((count, at) => {
    left = Math.max(0, left + count - (delivered[at] ?? 0));
    return left;
  });
}

function points(values: readonly number[]): (readonly [number, number])[] {
  return values.map((value, at) => [(at * bucketMillis) / 1_000, value]);
}
