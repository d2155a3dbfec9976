// What a receiver does with what it is given: which of the records it is done with, and what it
// says of it.

import type { ReadRecord } from '../history.ts';
import type { SimulatedWorld } from '../world.ts';

export type Mood =
  | 'fails'
  | 'busy'
  | 'hangs'
  | 'unreachable'
  | 'names-failures'
  | 'names-strangers'
  | 'talks-nonsense'
  | 'takes-less';

export type Reaction =
  /** `payload`: whatever a function returns that says nothing of failures. */
  | { readonly kind: 'takes'; readonly payload: string }
  | { readonly kind: 'fails' }
  | { readonly kind: 'busy'; readonly retryAfterMillis: number | undefined }
  | { readonly kind: 'too-large' }
  /** It is done with the others. */
  | { readonly kind: 'names-failures'; readonly failures: ReadonlySet<number> }
  /** What it says of failures cannot be understood; it is done with none. */
  | { readonly kind: 'misnames'; readonly failures: unknown };

/** Of records of one place. */
export type Given = {
  /** As it stands in identifiers: `orders-0`. */
  readonly place: string;
  readonly records: readonly ReadRecord[];
  readonly isPoison: (record: ReadRecord) => boolean;
};

const harmlessPayloads = ['', 'null', '{}', '[1]', '{"batchItemFailures":[]}', '{"a":', '"ok"'];

export function reactionTo(world: SimulatedWorld, given: Given, mood: Mood | undefined): Reaction {
  const { records } = given;
  const poison = new Set(records.filter(given.isPoison).map(({ offset }) => offset));
  switch (mood) {
    case 'fails':
      return { kind: 'fails' };
    case 'busy':
      return { kind: 'busy', retryAfterMillis: world.pick([undefined, 0, 300, 4_000, 900_000]) };
    case 'takes-less':
      if (records.length > 1) return { kind: 'too-large' };
      break;
    case 'names-failures': {
      const failing = records.filter(({ offset }) => poison.has(offset) || world.draw(2) === 0);
      if (failing.length === 0) break;
      const offsets = failing.map(({ offset }) => offset);
      // In whatever order.
      const failures = new Set(world.draw(1) === 0 ? offsets : offsets.reverse());
      return { kind: 'names-failures', failures };
    }
    case 'names-strangers':
      return { kind: 'misnames', failures: strangers(world, given) };
    case 'talks-nonsense':
      return { kind: 'misnames', failures: world.pick<unknown>(['all', 7, {}, true]) };
  }
  if (poison.size === 0) return { kind: 'takes', payload: world.pick(harmlessPayloads) };
  if (world.draw(1) === 0) return { kind: 'fails' };
  return { kind: 'names-failures', failures: poison };
}

/** One that was not given, perhaps behind one that was. */
function strangers(world: SimulatedWorld, { place, records }: Given): unknown {
  const [first, last] = [records[0], records.at(-1)] as [ReadRecord, ReadRecord];
  const one = { itemIdentifier: { partition: place, offset: first.offset } };
  const stranger = world.pick<unknown>([
    { itemIdentifier: { partition: place, offset: last.offset + 1 } },
    { itemIdentifier: { partition: place, offset: first.offset - 1 } },
    { itemIdentifier: { partition: `${place}0`, offset: first.offset } },
    { itemIdentifier: { partition: place, offset: String(first.offset) } },
    { itemIdentifier: place },
    {},
    null,
  ]);
  return world.draw(1) === 0 ? [stranger] : [one, stranger];
}
