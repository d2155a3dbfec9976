// An account whose network fails: both emulators behind fault proxies, and engines over them whose
// clients lose patience soon, so that a hang costs little.

import { type Call, createEngine, type Engine, openCall } from '../../shared/engine/engine.ts';
import type { Chance } from '../../shared/engine/environment.ts';
import { fetchRecords } from '../../shared/engine/fetch.ts';
import { hostClock } from '../../shared/engine/host-environment.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import { EngineError } from '../../shared/errors.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import { dynamodbWire, s3Wire } from '../emulators/aws-wire.ts';
import type { Emulator } from '../emulators/child-server.ts';
import { drawn } from '../emulators/fault-plans.ts';
import { type FaultProxy, startFaultProxy } from '../emulators/fault-proxy.ts';
import {
  canMeet,
  type FaultKind,
  faultKinds,
  noFaults,
  type Operation,
} from '../emulators/wire-faults.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { objectsAt, patient, tableAt } from './open-stores.ts';
import type { FetchFrom, Send } from './workload.ts';

export type FaultyAccount = {
  /** A process of its own. Impatient ones are for as long as there are faults. */
  readonly newEngine: (patience: 'patient' | 'impatient') => Engine;
  readonly beginFaults: () => void;
  /** No request meets one any more, and none from before is still to come. */
  readonly endFaults: () => Promise<void>;
  /** What can happen to such requests, and has not yet. */
  readonly notMet: (...operations: readonly Operation[]) => readonly string[];
  readonly close: () => Promise<void>;
};

/** Ends a call that hangs. A busy machine may end others with it: outcomes like any. */
const impatient = { ...patient, callMillisMax: 250 };
/** So often faults may be, for so many requests: calm, bad weather, storm. */
const rates = [0.05, 0.2, 0.4, 0.9];
const requestsPerWeather = 50;

const kindsFor = (operation: Operation) => faultKinds.filter((kind) => canMeet(operation, kind));

export async function openFaultyAccount(
  { dynamodb, s3 }: { readonly dynamodb: Emulator; readonly s3: Emulator },
  seed: number,
): Promise<FaultyAccount> {
  const table = await startFaultProxy({ wire: dynamodbWire, upstream: dynamodb });
  const objects = await startFaultProxy({ wire: s3Wire, upstream: s3 });
  const proxies = [table, objects];
  const closing: (() => Promise<void>)[] = [];
  let engines = 0;
  return {
    newEngine(patience) {
      const limits = patience === 'patient' ? patient : impatient;
      const [opened, openedObjects] = [tableAt(table, limits), objectsAt(objects, limits)];
      closing.push(opened.close, openedObjects.close);
      const stores = { table: opened.table, objects: openedObjects.objects };
      const chance = seededChance(seed + ++engines);
      return createEngine({ ...stores, clock: hostClock, chance });
    },
    beginFaults() {
      for (const [index, proxy] of proxies.entries()) proxy.follow(weather(seed - 1 - index));
    },
    async endFaults() {
      for (const proxy of proxies) proxy.follow(noFaults);
      for (const proxy of proxies) await proxy.settle();
    },
    notMet: (...operations) => operations.flatMap((operation) => notMet(proxies, operation)),
    async close() {
      for (const close of closing) await close();
      for (const proxy of proxies) await proxy.stop();
    },
  };
}

function notMet(proxies: readonly FaultProxy[], operation: Operation): readonly string[] {
  const met = proxies.flatMap((proxy) => proxy.met).filter((one) => one.operation === operation);
  const kinds = new Set<FaultKind | undefined>(met.map(({ kind }) => kind));
  return kindsFor(operation)
    .filter((kind) => !kinds.has(kind))
    .map((kind) => `${operation}: ${kind}`);
}

/** Faults of every kind, at a rate that changes. */
function weather(seed: number) {
  const chance = seededChance(seed);
  let [rate, left] = [0, 0];
  const rateNow = () => {
    if (left-- === 0) {
      rate = rates[Math.floor(chance.fraction() * rates.length)] ?? 0;
      left = requestsPerWeather;
    }
    return rate;
  };
  return drawn({ chance, rate: rateNow, kinds: kindsFor });
}

export function callFor(engine: Engine, millis: number): Call {
  return openCall(engine, { deadline: (hostClock.now() + millis) as EpochMillis });
}

const callMillis = { patient: 60_000, hasty: 50, hurried: 1_500 };

export type Place = { readonly engine: Engine; readonly topic: string };

/** As a client without a producer id sends: once, whatever comes of it.
 * @param chance says how long each caller waits. */
export function plainSend({ engine, topic }: Place, chance: Chance, patience?: 'patient'): Send {
  return async ({ partition, values }) => {
    const { hasty, hurried } = callMillis;
    const millis =
      patience === 'patient' ? callMillis.patient : hasty + chance.fraction() * (hurried - hasty);
    const records = recordsOf(values, partition);
    const entries = await produceRecords(engine, callFor(engine, millis), { topic, records });
    return entries.map((entry) => {
      if ('error' in entry) throw entry.error;
      return entry.offset;
    });
  };
}

/** As a client that numbers its batches sends: again and again, until it is answered. */
export function stampedSend({ engine, topic }: Place, id: number): Send {
  const next = new Map<number, number>();
  return async ({ partition, values }) => {
    const sequence = next.get(partition) ?? 0;
    next.set(partition, sequence + values.length);
    const producer = { id, epoch: 0, sequences: new Map([[partition, sequence]]) };
    const records = recordsOf(values, partition);
    for (;;) {
      const request = { topic, records, identity: { producer } };
      const call = callFor(engine, callMillis.hurried);
      const entries = await produceRecords(engine, call, request).catch(unlessMistaken);
      const offsets = entries.flatMap((entry) => ('offset' in entry ? [entry.offset] : []));
      if (offsets.length === values.length) return offsets;
    }
  };
}

/** Whatever a store's failure is called, it goes again. */
function unlessMistaken(error: unknown): readonly { readonly error: EngineError }[] {
  if (error instanceof EngineError) return [{ error }];
  throw error;
}

function recordsOf(values: readonly string[], partition: number) {
  return values.map((value) => {
    return { key: null, value: Buffer.from(value), headers: [], partition };
  });
}

export function fetchWith({ engine, topic }: Place, waitMillis = 0): FetchFrom {
  return async ({ partition, offset }) => {
    const request = { topic, partition, offset, maxBytes: 20_000, waitMillis };
    const call = callFor(engine, callMillis.patient);
    const { records, ...rest } = await fetchRecords(engine, call, request);
    const stored = records.map(({ offset, value }) => {
      return { offset, value: Buffer.from(value ?? '').toString() };
    });
    return { ...rest, records: stored };
  };
}
