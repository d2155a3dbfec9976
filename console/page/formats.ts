// Numbers, sizes and times as people read them. Each says what it is not sure of.

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `1.5 MiB`; whole bytes below a KiB. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit++;
  }
  return `${unit === 0 ? countText(Math.round(value)) : significant(value)} ${units[unit]}`;
}

/** `12,345`. */
export function countText(count: number): string {
  return count.toLocaleString('en');
}

/** Of one thing, or of many: `1 record`, `12,345 records`. */
export function countOf(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A topic of very many partitions, or of a very long index, is not counted to its end. */
export function atLeast(text: string, isPart: boolean): string {
  return isPart ? `at least ${text}` : text;
}

/** Of something a second: `0`, `0.25`, `12.5`, `1,240`. A second look is needed to know it. */
export function rateText(perSecond: number | undefined): string {
  if (perSecond === undefined) return '…';
  if (perSecond === 0) return '0';
  return perSecond >= 100 ? countText(Math.round(perSecond)) : significant(perSecond);
}

/** Three digits are as many as anybody looks at. */
function significant(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en');
}

/** Milliseconds since 1970 as ISO 8601 has them; what is no time says so. */
export function timeText(millis: number): string {
  if (millis < 0) return 'no time';
  const time = new Date(millis);
  return Number.isNaN(time.getTime()) ? String(millis) : time.toISOString();
}

/** `350 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(millis: number): string {
  if (millis < 1_000) return `${Math.round(millis)} ms`;
  const seconds = Math.round(millis / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const [minutes, hours, days] = [seconds / 60, seconds / 3_600, seconds / 86_400].map(Math.floor);
  if (!hours) return two(`${minutes} min`, seconds % 60, 's');
  if (!days) return two(`${hours} h`, (minutes ?? 0) % 60, 'min');
  return two(`${days} d`, hours % 24, 'h');
}

function two(first: string, rest: number, unit: string): string {
  return rest === 0 ? first : `${first} ${rest} ${unit}`;
}
