// Plans of a fault proxy: which request meets what.

import type { Chance } from '../../shared/engine/environment.ts';
import { canMeet, type Fault, type FaultKind, type Operation, type Plan } from './wire-faults.ts';

/** Every request meets it. A late one comes when the proxy settles. */
export function always(kind: FaultKind, at = 0.5): Plan {
  return (operation) => (canMeet(operation, kind) ? { kind, at } : undefined);
}

/** One request after the other, each what is lined up for it; then none meets anything. */
export function inTurn(...faults: readonly (Fault | undefined)[]): Plan {
  const left = [...faults];
  return () => left.shift();
}

export type DrawnFaults = {
  readonly chance: Chance;
  /** How often a request meets one: asked each time, since a storm comes and goes. */
  readonly rate: () => number;
  readonly kinds: (operation: Operation) => readonly FaultKind[];
};

/** At most so many newer requests overtake a late one. */
const behindMax = 24;
/** How often a deck has a kind, at most, once each was drawn. */
const copiesMax = 4;

/** Chance says which requests meet a fault; which fault that is comes from a shuffled deck, so that
 * no kind stays out. The first deck has each kind once, later ones have each as often as chance
 * says: now resets are common, now throttles are. */
export function drawn({ chance, rate, kinds }: DrawnFaults): Plan {
  const decks = new Map<Operation, FaultKind[]>();
  return (operation) => {
    if (chance.fraction() >= rate()) return undefined;
    const deck = decks.get(operation);
    const kind = deck?.pop();
    if (kind === undefined) {
      const copies = () => (deck === undefined ? 1 : Math.floor(chance.fraction() * copiesMax));
      const cards = kinds(operation).flatMap((one) => new Array<FaultKind>(copies()).fill(one));
      decks.set(operation, shuffled(cards, chance));
    }
    const next = kind ?? decks.get(operation)?.pop();
    if (next === undefined) return undefined;
    const behind = 1 + Math.floor(chance.fraction() * behindMax);
    return { kind: next, at: chance.fraction(), behind };
  };
}

function shuffled<Of>(cards: readonly Of[], chance: Chance): Of[] {
  const keyed = cards.map((card) => ({ card, order: chance.fraction() }));
  return keyed.toSorted((one, other) => one.order - other.order).map(({ card }) => card);
}
