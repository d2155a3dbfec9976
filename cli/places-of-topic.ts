// Where a place is in each partition of a topic.

import type { Admin } from '../client/admin/admin.ts';
import type { Host } from '../client/host.ts';
import type { PartitionBounds } from '../client/partition-offsets.ts';
import type { Place } from './place.ts';

/** @param asked.ends of the partitions that are wanted.
 * @returns offsets, by partition. They are within what the log holds. */
export async function offsetsAt(
  admin: Admin,
  asked: {
    readonly topic: string;
    readonly place: Place;
    readonly ends: Ends;
  },
  { clock }: Pick<Host, 'clock'>,
): Promise<ReadonlyMap<number, number>> {
  const { topic, place, ends } = asked;
  const byEnds = (of: (low: number, high: number) => number) => {
    return new Map(
      ends.map(({ partition, low, high }) => [partition, of(Number(low), Number(high))]),
    );
  };
  switch (place.kind) {
    case 'beginning':
      return byEnds((low) => low);
    case 'end':
      return byEnds((_, high) => high);
    case 'offset':
      return byEnds((low, high) => Math.min(Math.max(place.offset, low), high));
    case 'last':
      return byEnds((low, high) => Math.max(high - place.count, low));
    case 'time':
    case 'ago': {
      const millis = place.kind === 'time' ? place.millis : clock.now() - place.millis;
      const found = await admin.fetchTopicOffsetsByTimestamp(topic, Math.max(0, millis));
      return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
    }
  }
}

type Ends = readonly Pick<PartitionBounds, 'partition' | 'low' | 'high'>[];

/** @returns what is to be said of an offset that some partitions do not have, where the nearest is
 * meant then. */
export function farText(topic: string, place: Place, ends: Ends): string | undefined {
  if (place.kind !== 'offset') return undefined;
  const { offset } = place;
  const far = ends.filter(({ low, high }) => offset < Number(low) || offset > Number(high));
  if (far.length === 0) return undefined;
  const partitions = far.map(({ partition }) => partition).join(', ');
  return `${topic} has no offset ${offset} in partition ${partitions}: the nearest is taken`;
}
