// Words for what is shown: times, counts, and text that others have written.

/** A terminal takes some characters for orders. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?');
}

export function timeText(millis: number | null): string {
  return millis === null ? '-' : new Date(millis).toISOString();
}

/** `1 topic`, `2 topics`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** In the largest unit that leaves a whole one. */
export function durationText(millis: number | null): string {
  if (millis === null) return '-';
  const [, size, unit] = units.find(([least]) => millis >= least) ?? [0, 1, 'ms'];
  return `${Number((millis / size).toFixed(1))} ${unit}`;
}

const units = [
  [2 * 86_400_000, 86_400_000, 'd'],
  [2 * 3_600_000, 3_600_000, 'h'],
  [2 * 60_000, 60_000, 'min'],
  [1_000, 1_000, 's'],
] as const;
