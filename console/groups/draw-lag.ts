// Draws lines of lag. What draws is told of colours as they are on the page at the time, since a
// canvas knows no styles.

import uPlot from 'uplot';
import { linesOf, type Sample } from './lag-history.ts';

const height = 220;
const spanSecondsMin = 60;
const colours = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5', '--line-6'];

/** @param place what it is drawn into, and as wide as. */
export function drawLag(place: HTMLElement) {
  let plot: uPlot | undefined;
  let names = '';
  let latest: readonly Sample[] = [];
  const set = (history: readonly Sample[]) => {
    latest = history;
    const lines = linesOf(history);
    const data = [history.map(({ at }) => at / 1_000), ...lines.map(({ values }) => [...values])];
    const now = lines.map(({ name }) => name).join('\n');
    if (plot !== undefined && now === names) {
      plot.setData(data as uPlot.AlignedData);
      return;
    }
    plot?.destroy();
    names = now;
    plot = new uPlot(
      optionsOf(
        place,
        lines.map(({ name }) => name),
      ),
      data as uPlot.AlignedData,
      place,
    );
  };
  const again = () => {
    names = '';
    set(latest);
  };
  const sized = new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height }));
  sized.observe(place);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', again);
  const themed = new MutationObserver(again);
  themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const end = () => {
    sized.disconnect();
    themed.disconnect();
    dark.removeEventListener('change', again);
    plot?.destroy();
  };
  return { set, end };
}

function optionsOf(place: HTMLElement, names: readonly string[]): uPlot.Options {
  const styles = getComputedStyle(place);
  const colour = (name: string) => styles.getPropertyValue(name).trim() || 'gray';
  const axis = { stroke: colour('--text-soft'), grid: { stroke: colour('--edge') } };
  return {
    width: place.clientWidth,
    height,
    axes: [axis, { ...axis, size: 70 }],
    scales: {
      x: { range: timesOf },
      y: { range: (_, __, most) => [0, Math.max(most * 1.1, 1)] },
    },
    legend: { live: false },
    series: [
      {},
      ...names.map((label, index) => ({
        label,
        stroke: colour(colours[index % colours.length] ?? ''),
        width: index === 0 ? 2 : 1,
        spanGaps: false,
      })),
    ],
  };
}

/** As long as it was looked at, and not what is made of one look alone: years. */
function timesOf({ data: [times] }: uPlot): uPlot.Range.MinMax {
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  return [Math.min(first, last - spanSecondsMin), last];
}
