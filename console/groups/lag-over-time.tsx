// How a group's lag went since the page was opened: as a chart, and the same as a table for who
// does not see one.

import { useEffect, useRef } from 'preact/hooks';
import { countText, timeText } from '../page/formats.ts';
import { type Column, Table } from '../page/table.tsx';
import { useSession } from '../session.ts';
import { linesOf, type Sample } from './lag-history.ts';

/** Of the table: enough to hear whether it falls. */
const rowsMax = 20;

export function LagOverTime({ group }: { readonly group: string }) {
  const history = useSession().lagsOf(group).value;
  const newestFirst = history.slice(-rowsMax).reverse();
  return (
    <figure class="chart">
      <figcaption>{trendOf(history)}</figcaption>
      <Chart history={history} />
      <details>
        <summary>Lag over time, as a table</summary>
        <Table
          caption="Lag over time"
          isTitled
          columns={columns}
          rows={newestFirst}
          keyOf={({ at }) => at}
          empty="There was no look yet."
        />
      </details>
    </figure>
  );
}

const columns: readonly Column<Sample>[] = [
  { name: 'Time', cell: ({ at }) => timeText(at) },
  { name: 'Lag of all partitions', isNumber: true, cell: ({ total }) => countText(total) },
];

function trendOf(history: readonly Sample[]): string {
  const [first, last] = [history[0], history.at(-1)];
  if (first === undefined || last === undefined) return 'Lag over time: there was no look yet.';
  const change = last.total - first.total;
  const way = change === 0 ? 'is as it was' : change < 0 ? 'has fallen' : 'has risen';
  const [from, to] = [countText(first.total), countText(last.total)];
  return `Lag over time: since this page was opened it ${way}, from ${from} to ${to}.`;
}

type Drawn = { readonly set: (history: readonly Sample[]) => void; readonly end: () => void };

function Chart({ history }: { readonly history: readonly Sample[] }) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn>(undefined);
  const latest = useRef(history);
  latest.current = history;
  useEffect(() => {
    let isOver = false;
    // Only who looks at a group loads what draws.
    void import('./draw-lag.ts').then(({ drawLag }) => {
      if (isOver || place.current === null) return;
      drawn.current = drawLag(place.current);
      drawn.current.set(latest.current);
    });
    return () => {
      isOver = true;
      drawn.current?.end();
    };
  }, []);
  useEffect(() => drawn.current?.set(history), [history]);
  return <div ref={place} class="plot" aria-hidden="true" data-lines={linesOf(history).length} />;
}
