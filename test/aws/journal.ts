// What producers did, as they know it, against what a log holds afterwards:
//
// - an acknowledged record is there once, at its offset; a refused one is nowhere; one of unknown
//   outcome is there once at most;
// - offsets are dense, each request is whole and in one piece, and nothing else is there, byte for
//   byte;
// - what a producer was acknowledged lies before all that it sent afterwards. (Of an unknown
//   outcome that landed late only what was acknowledged before it was sent is behind it.)

/** One request's records for one partition: all or none. */
export type Sent = {
  readonly producer: string;
  /** Rises with each request of the producer, which sends one after the other. */
  readonly sequence: number;
  readonly partition: number;
  readonly values: readonly string[];
  readonly fate: Fate;
};

export type Fate =
  | { readonly kind: 'acknowledged'; readonly offsets: readonly number[] }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown' };

export type Stored = { readonly offset: number; readonly value: string };

/** A partition's records, in their order. */
export type Log = readonly Stored[];

type Place = { readonly partition: number; readonly index: number };

/** @param logs by partition. @returns all that is wrong, in words; nothing is. */
export function findWrong(sent: readonly Sent[], logs: readonly Log[]): string[] {
  const wrong: string[] = [];
  const places = new Map<string, Place[]>();
  for (const [partition, log] of logs.entries()) {
    for (const [index, { offset, value }] of log.entries()) {
      if (offset !== index) wrong.push(`${partition}: offset ${offset} where ${index} is due`);
      places.set(value, [...(places.get(value) ?? []), { partition, index }]);
    }
  }
  for (const one of sent) wrong.push(...findWrongOf(one, places));
  const ours = new Set(sent.flatMap(({ values }) => values));
  for (const value of places.keys())
    if (!ours.has(value)) wrong.push(`nobody sent ${shown(value)}`);
  const found = (value: string) => places.get(value)?.[0]?.index;
  return [...wrong, ...findDisorder(sent, found)];
}

function findWrongOf(
  { values, partition, fate }: Sent,
  places: ReadonlyMap<string, readonly Place[]>,
): string[] {
  const wrong: string[] = [];
  const first = places.get(values[0] ?? '')?.[0]?.index;
  for (const [position, value] of values.entries()) {
    const [place, again] = places.get(value) ?? [];
    const name = shown(value);
    if (again !== undefined) wrong.push(`twice: ${name}`);
    if (place !== undefined && place.partition !== partition) wrong.push(`elsewhere: ${name}`);
    if (fate.kind === 'acknowledged' && place?.index !== fate.offsets[position]) {
      wrong.push(`at ${place?.index}, acknowledged at ${fate.offsets[position]}: ${name}`);
    }
    if (fate.kind === 'refused' && place !== undefined) wrong.push(`refused, but there: ${name}`);
    const due = first === undefined ? undefined : first + position;
    if (place?.index !== due) wrong.push(`torn from its request: ${name}`);
  }
  return wrong;
}

/** @param indexOf where a value lies; undefined: nowhere. */
function findDisorder(
  sent: readonly Sent[],
  indexOf: (value: string) => number | undefined,
): string[] {
  const wrong: string[] = [];
  const byStream = Map.groupBy(sent, ({ producer, partition }) => `${producer} in ${partition}`);
  for (const [stream, own] of byStream) {
    let acknowledged = -1;
    for (const { values, fate } of own.toSorted((a, b) => a.sequence - b.sequence)) {
      const index = indexOf(values[0] ?? '');
      if (index === undefined) continue;
      if (index <= acknowledged) {
        wrong.push(`${stream}: ${shown(values[0] ?? '')} before what was sent earlier`);
      }
      if (fate.kind === 'acknowledged') acknowledged = index + values.length - 1;
    }
  }
  return wrong;
}

/** Enough to know it by: a value may be long. */
export function shown(value: string): string {
  return value.slice(0, 16);
}
