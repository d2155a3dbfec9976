// What a seed draws before its run begins. Every seed is a world of another kind ("swarm"): most
// faults are absent from it, and the few that are there may be frequent, so that each meets the
// others in every combination, and none hides what another would show.

import type { Chance } from '../../shared/engine/environment.ts';
import { segmentBytesMax } from '../../shared/limits.ts';
import { type ClientKind, type KindsDrawn, kindsOf } from './clients/client-kinds.ts';
import { drawRates, type FaultRates } from './fault-rates.ts';
import { focused } from './focus.ts';
import { drawTriggerKnobs, type TriggerKnobs } from './triggers/trigger-knobs.ts';
import { drawUpkeepIntensity, drawUpkeepKnobs, type UpkeepKnobs } from './upkeep/upkeep-knobs.ts';

export type Knobs = {
  /** Faults end while clients still work, and then they must succeed. */
  readonly liveness: boolean;
  readonly processes: number;
  readonly partitions: number;
  readonly clients: readonly ClientKind[];
  readonly operationsPerClient: number;
  /** The longest a client waits between two of its operations. */
  readonly pauseMillisMax: number;
  /** What a process is given for a request. */
  readonly requestMillis: number;
  /** When a client gives up waiting. */
  readonly patienceMillis: number;
  /** How far a process's clock may be from the true time, either way. */
  readonly skewMillisMax: number;
  readonly weakLagMillisMax: number;
  /** How late a write that is late may be. */
  readonly lateMillisMax: number;
  /** How long a process that freezes may be frozen. */
  readonly freezeMillisMax: number;
  /** Of each, how many there are in a run. */
  readonly crashes: number;
  readonly freezes: number;
  readonly clockJumps: number;
  /** Clients stay with one process, instead of asking any. */
  readonly sticky: boolean;
  readonly gatherBytes: number;
  /** Of consumer instances, each draws one. */
  readonly sessionsMillis: readonly number[];
  /** Of a poll, each draws how much it asks for. */
  readonly pollBytes: readonly number[];
  /** The topic is there before the faults begin. */
  readonly readyTopic: boolean;
  readonly rates: FaultRates;
  /** undefined: nothing is delivered in this world. */
  readonly triggers: TriggerKnobs | undefined;
  /** undefined: nobody looks after anything in this world. */
  readonly upkeep: UpkeepKnobs | undefined;
};

/** What a world is about. */
export type Subject = 'logs' | 'groups' | 'triggers' | 'upkeep';

/** Every fifth seed is a world with groups, about every seventh one with triggers, and every sixth
 * one with housekeeping: such runs take twice as long, and in one that is about logs their clients
 * would only be in the way. */
export function subjectOf(seed: number): Subject {
  if (seed % 5 === 0) return 'groups';
  if (seed % 6 === 1) return 'triggers';
  return seed % 5 === 2 ? 'upkeep' : 'logs';
}

export function drawKnobs(seed: number, chance: Chance): Knobs {
  return focused(drawAll(seed, chance), subjectOf(seed), chance);
}

function drawAll(seed: number, chance: Chance): Knobs {
  const { fraction } = chance;
  const subject = subjectOf(seed);
  const pick = <Of>(...from: readonly Of[]) => from[Math.floor(fraction() * from.length)] as Of;
  const some = (most: number) => Math.floor(fraction() * (most + 1));
  const pauseMillisMax = pick(5, 100, 1_000, 1_000, 10_000);
  const knobs: Knobs = {
    liveness: fraction() < 0.4,
    processes: 1 + some(3),
    partitions: pick(1, 2, 2, 3),
    clients: drawClients(chance, subject),
    // What is delivered takes several times as long as what is produced.
    operationsPerClient: subject === 'triggers' ? 3 + some(4) : 4 + some(7),
    pauseMillisMax,
    requestMillis: pick(25_000, 25_000, 5_000, 1_000, 300),
    patienceMillis: pick(60_000, 30_000, 2_000),
    skewMillisMax: pick(0, 0, 5_000, 600_000),
    weakLagMillisMax: pick(0, 1_000, 1_000, 10_000),
    lateMillisMax: pick(200, 2_000, 20_000, 300_000),
    freezeMillisMax: pick(2_000, 60_000, 1_200_000),
    crashes: pick(0, 0, 1, 3),
    freezes: pick(0, 0, 1, 3),
    clockJumps: pick(0, 0, 2),
    sticky: fraction() < 0.5,
    gatherBytes: pick(segmentBytesMax, segmentBytesMax, 300),
    sessionsMillis: [3_000, 10_000, 60_000],
    pollBytes: [1, 200, 100_000],
    readyTopic: fraction() < 0.8,
    rates: drawRates(chance),
    triggers: subject === 'triggers' ? drawTriggerKnobs(chance) : undefined,
    upkeep: subject === 'upkeep' ? drawUpkeepKnobs(chance) : undefined,
  };
  if (knobs.upkeep === undefined) return knobs;
  const intensity = { ...knobs.rates.intensity, ...drawUpkeepIntensity(chance) };
  return { ...knobs, rates: { ...knobs.rates, intensity } };
}

/** More would only make each run longer. */
const clientsMax: Readonly<Record<Subject, number>> = {
  logs: 6,
  groups: 6,
  triggers: 4,
  upkeep: 8,
};

/** A few of each kind, most kinds in most runs; at least one that produces. */
function drawClients({ fraction }: Chance, subject: Subject): readonly ClientKind[] {
  const clients: ClientKind[] = ['plain-producer'];
  const kinds: KindsDrawn = kindsOf[subject];
  const most = clientsMax[subject];
  for (const [kind, drawn] of Object.entries(kinds)) {
    if (fraction() >= drawn.odds) continue;
    const count = 1 + Math.floor(fraction() * drawn.most);
    for (let one = 0; one < count; one++) clients.push(kind as ClientKind);
  }
  while (clients.length > most) clients.splice(Math.floor(fraction() * clients.length), 1);
  return clients;
}
