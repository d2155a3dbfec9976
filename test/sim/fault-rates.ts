// How often each kind of call meets each fault, drawn for a run.
//
// Writes are told apart by what they are for (their site), and each site has an intensity of its
// own: a world whose appends all pass and whose cuts are all late is one that uniform rates never
// make.

import type { Chance } from '../../shared/engine/environment.ts';
import { keyOf, type Write } from '../../shared/store/algebra.ts';
import { leaseItem } from '../../shared/store/group-items.ts';
import { headItem, topicsPk } from '../../shared/store/items.ts';

/** What may become of a call. All keep the port's promises but 'missing', which is damage. */
export const faults = {
  put: ['throttled', 'unavailable', 'lost-before', 'lost-after', 'late', 'slow'],
  read: ['throttled', 'unavailable', 'corrupt', 'slow', 'flipped', 'short', 'missing'],
  query: ['throttled', 'unavailable', 'slow'],
  write: ['throttled', 'conflict', 'unavailable', 'lost-before', 'lost-after', 'late', 'slow'],
} as const;

export type Port = keyof typeof faults;
export type Fault = (typeof faults)[Port][number];

const sites = [
  'append',
  'cut',
  'evict',
  'chunk',
  'producer',
  'head',
  'topic',
  'lease',
  'commit',
  'other',
] as const;
/** Of housekeeping. */
export const upkeepSites = ['rewrite', 'fence', 'start'] as const;
type Site = (typeof sites | typeof upkeepSites)[number];

export type FaultRates = {
  readonly of: Readonly<Record<Port, readonly (readonly [Fault, number])[]>>;
  /** What the rates of a write are multiplied by. */
  readonly intensity: Readonly<Record<Site, number>>;
};

export const noFaults: FaultRates = {
  of: { put: [], read: [], query: [], write: [] },
  intensity: {
    append: 0,
    cut: 0,
    evict: 0,
    chunk: 0,
    producer: 0,
    head: 0,
    topic: 0,
    lease: 0,
    commit: 0,
    other: 0,
    rewrite: 0,
    fence: 0,
    start: 0,
  },
};

export function drawRates(chance: Chance): FaultRates {
  const { fraction } = chance;
  const pick = <Of>(...from: readonly Of[]) => from[Math.floor(fraction() * from.length)] as Of;
  const calm = fraction() < 0.1;
  const ratesOf = (port: Port) => {
    const isSpared = calm || fraction() < 0.25;
    return faults[port].map((fault) => {
      const rate = isSpared || fraction() < 0.6 ? 0 : pick(0.01, 0.03, 0.1, 0.2);
      return [fault, fault === 'missing' ? rate / 4 : rate] as const;
    });
  };
  const intensities = sites.map((site) => [site, pick(0, 1, 1, 3)] as const);
  return {
    of: {
      put: ratesOf('put'),
      read: ratesOf('read'),
      query: ratesOf('query'),
      write: ratesOf('write'),
    },
    intensity: { ...noFaults.intensity, ...Object.fromEntries(intensities) },
  };
}

/** What is drawn for one call; undefined: it passes. */
export function drawFault(
  { of }: FaultRates,
  port: Port,
  chance: Chance,
  intensity = 1,
): Fault | undefined {
  let left = chance.fraction();
  for (const [fault, rate] of of[port]) {
    left -= rate * intensity;
    if (left < 0) return fault;
  }
  return undefined;
}

export function siteOf(write: Write): Site {
  const { pk, sk } = keyOf(write);
  if (pk === topicsPk) return 'topic';
  if (sk.startsWith('chunk#')) return 'chunk';
  if (sk.startsWith('producer#')) return 'producer';
  if (sk.startsWith('lease#')) return commits(write) ? 'commit' : 'lease';
  if (sk === 'rewrite') return 'rewrite';
  if (sk !== 'head') return 'other';
  if (!('update' in write)) return 'head';
  const touches = (name: string) =>
    write.actions.some((action) => Object.values(action).includes(name));
  if (touches(headItem.evictedUpTo)) return 'evict';
  if (write.actions.some((action) => 'append' in action)) return 'append';
  if (write.actions.some((action) => 'removeFirst' in action)) return 'cut';
  if (touches(headItem.sweptBefore)) return 'fence';
  return touches(headItem.logStart) ? 'start' : 'head';
}

function commits(write: Write): boolean {
  if (!('update' in write)) return false;
  return write.actions.some((action) => 'set' in action && action.set === leaseItem.committed);
}
