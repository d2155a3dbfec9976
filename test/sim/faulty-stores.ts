// The stores as one process reaches them: every call takes its time, there and back, and may meet a
// fault. The faults keep the ports' promises (shared/store/table.ts, objects.ts): a write whose
// outcome is unknown is done now, late or never, and at most once; what is 'not-done' never is; a
// read that fails is 'not-done'; no call outlives its limit, but for a process that is frozen. One
// fault is none of a store that keeps its word: bytes that are flipped, cut short, or missing.

import type { Chance } from '../../shared/engine/environment.ts';
import { objectCallMillisMax, tableCallMillisMax } from '../../shared/limits.ts';
import type { Write } from '../../shared/store/algebra.ts';
import type { Stores } from '../../shared/store/counted.ts';
import { type StoreCause, StoreError, type StoreOutcome } from '../../shared/store/store-error.ts';
import { drawFault, type Fault, type Port, siteOf } from './fault-rates.ts';
import type { SimulatedProcess } from './process.ts';
import type { SimulatedWorld } from './world.ts';

type Call<Answer> = {
  readonly port: Port;
  readonly name: string;
  readonly asked: unknown;
  readonly intensity?: number;
  /** Does it, at once; what it resolves to is the answer. */
  readonly work: () => Promise<Answer>;
  /** The answer's bytes, when the fault is in them. */
  readonly distort?: (answer: Answer, fault: Fault) => Answer;
};

/** Of a fault that the caller is told of: what he is told, and when the store does the work. */
const failures: Partial<Record<Fault, readonly [StoreOutcome, StoreCause, 'now' | 'late' | 'no']>> =
  {
    throttled: ['not-done', 'throttled', 'no'],
    conflict: ['not-done', 'conflict', 'no'],
    unavailable: ['not-done', 'unavailable', 'no'],
    corrupt: ['not-done', 'corrupt', 'no'],
    'lost-before': ['unknown', 'unavailable', 'no'],
    'lost-after': ['unknown', 'unavailable', 'now'],
    late: ['unknown', 'unavailable', 'late'],
  };

const latencyMillis = {
  put: { least: 20, more: 180, limit: objectCallMillisMax },
  read: { least: 10, more: 70, limit: objectCallMillisMax },
  query: { least: 2, more: 20, limit: tableCallMillisMax },
  write: { least: 2, more: 20, limit: tableCallMillisMax },
} as const satisfies Record<Port, unknown>;

export function faultyStores(world: SimulatedWorld, process: SimulatedProcess): Stores {
  const { objects, table } = world;
  const call = <Answer>(one: Call<Answer>) => callStore(world, process, one);
  return {
    objects: {
      put: (object) =>
        call({ port: 'put', name: 'put', asked: object.key, work: () => objects.put(object) }),
      read: (range) =>
        call({
          port: 'read',
          name: 'read',
          asked: range,
          work: () => objects.read(range),
          distort: (bytes, fault) => distorted(bytes, fault, world.chance),
        }),
      delete: (keys) =>
        call({ port: 'write', name: 'delete', asked: keys, work: () => objects.delete(keys) }),
      list: (page) =>
        call({ port: 'query', name: 'list', asked: page, work: () => objects.list(page) }),
    },
    table: {
      get: (key, read) =>
        call({
          port: 'query',
          name: read.strong ? 'get' : 'weak get',
          asked: key,
          work: () => table.get(key, read),
        }),
      query: (range) =>
        call({ port: 'query', name: 'query', asked: range, work: () => table.query(range) }),
      write: (write) =>
        call({
          port: 'write',
          name: 'write',
          asked: write,
          intensity: world.knobs.rates.intensity[siteOf(write)],
          work: () => table.write(write),
        }),
      transact: (writes) =>
        call({
          port: 'write',
          name: 'transact',
          asked: writes,
          intensity: greatestIntensity(world, writes),
          work: () => table.transact(writes),
        }),
    },
  };
}

function greatestIntensity({ knobs }: SimulatedWorld, writes: readonly Write[]): number {
  return Math.max(...writes.map((write) => knobs.rates.intensity[siteOf(write)]));
}

function callStore<Answer>(
  world: SimulatedWorld,
  process: SimulatedProcess,
  { port, name, asked, intensity, work, distort }: Call<Answer>,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  if (!process.isAlive) return promise;
  const { time, chance, knobs, trace } = world;
  const fault = world.isCalm ? undefined : drawFault(knobs.rates, port, chance, intensity);
  const arrives = chance.fraction() < 0.5;
  const { least, more, limit } = latencyMillis[port];
  const there = least / 2 + chance.fraction() * more * (fault === 'slow' ? 40 : 1);
  const back = least / 2 + chance.fraction() * more * (fault === 'slow' ? 40 : 1);
  // An answer that is lost is missed at once when a connection breaks, or once time is over.
  const isMissed = fault?.startsWith('lost') === true && chance.fraction() < 0.5;
  const overtime = isMissed || there + back > limit;
  const failure = (fault && failures[fault]) ?? (overtime ? timedOut(port) : undefined);
  const when = failure?.[2] ?? 'now';
  const id = world.nextCall();
  trace?.(`${process.name} asks #${id} ${name}`, asked);
  let answer: Promise<Answer> | undefined;
  const happen = () => {
    world.writer = process.name;
    answer = work();
    // Nobody may be there to hear of it.
    answer.catch(() => undefined);
    if (when !== 'now') trace?.(`         #${id} lands late`, undefined);
  };
  if (when === 'late') world.landLate(there + chance.fraction() * knobs.lateMillisMax, happen);
  time.after(there, () => {
    // A request that was on its way when its process died may still arrive.
    if (when === 'now' && (process.isAlive || arrives)) happen();
  });
  time.after(overtime ? limit : there + back, () =>
    process.deliver(() => {
      if (failure !== undefined) {
        const error = new StoreError(failure[0], failure[1]);
        if (port === 'query') process.disturbances++;
        if (error.outcome === 'unknown') process.lostWrites.push(world.history.next());
        trace?.(`${process.name} hears #${id}`, error.message);
        reject(error);
        return;
      }
      const whole = answer as Promise<Answer>;
      const given = distort && fault ? whole.then((whole) => distort(whole, fault)) : whole;
      if (trace) given.then((given) => trace(`${process.name} hears #${id}`, given));
      resolve(given);
    }),
  );
  return promise;
}

/** The store does it, but the answer comes too late to be heard. */
function timedOut(port: Port): readonly [StoreOutcome, StoreCause, 'now'] {
  return [port === 'put' || port === 'write' ? 'unknown' : 'not-done', 'unavailable', 'now'];
}

function distorted(
  bytes: Uint8Array | undefined,
  fault: Fault,
  chance: Chance,
): Uint8Array | undefined {
  if (bytes === undefined || fault === 'missing') return undefined;
  const at = Math.floor(chance.fraction() * bytes.length);
  if (fault === 'short') return bytes.subarray(0, at);
  if (fault !== 'flipped') return bytes;
  const flipped = Uint8Array.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(chance.fraction() * 8));
  return flipped;
}
