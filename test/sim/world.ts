// The world of one run: stores, time and chance from a seed, the processes that use them, and what
// was seen of both. Until the storm begins, and once it is over, no call fails.

import { memoryObjects } from '../../local/memory-objects.ts';
import type { Chance } from '../../shared/engine/environment.ts';
import type { Objects } from '../../shared/store/objects.ts';
import type { Table } from '../../shared/store/table.ts';
import { ReplicatedTable } from '../world/replicated-table.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { faultyStores } from './faulty-stores.ts';
import { GroupWatch } from './group-watch.ts';
import { History } from './history.ts';
import { drawKnobs, type Knobs } from './knobs.ts';
import { LogWatch } from './log-watch.ts';
import { jumpAheadMillisMax } from './nemesis.ts';
import { SimulatedProcess } from './process.ts';
import { SimulatedTriggers } from './triggers/triggers.ts';

/** Of a call to a store, or of an answer to it. */
export type Trace = (label: string, value: unknown) => void;

export class SimulatedWorld {
  readonly time = new VirtualTime();
  readonly chance: Chance;
  readonly knobs: Knobs;
  readonly history: History;
  readonly watch: LogWatch;
  readonly groups: GroupWatch;
  /** undefined: nothing is delivered in this world. */
  readonly triggers: SimulatedTriggers | undefined;
  readonly stored: ReplicatedTable;
  /** Watched, and without faults. */
  readonly objects: Objects;
  readonly table: Table;
  readonly trace: Trace | undefined;
  /** The topics that clients use, and the partitions they may have. */
  readonly topics = new Map<string, number>();
  /** What the engine did that is a mistake of its own. */
  readonly faults: string[] = [];
  readonly processes: SimulatedProcess[] = [];
  isCalm = true;
  /** Resolves when the storm is over. */
  readonly healed = Promise.withResolvers<void>();
  storeCalls = 0;
  /** The process whose write is being done. */
  writer = '';
  /** The most that a clock was ahead when the storm was over. */
  aheadMillis = 0;
  #born = 0;
  #landed = 0;

  constructor(seed: number, trace?: Trace) {
    const { time } = this;
    this.chance = seededChance(seed);
    this.knobs = drawKnobs(seed, this.chance);
    this.trace = trace;
    this.history = new History(() => time.now());
    this.stored = new ReplicatedTable({
      clock: time,
      chance: this.chance,
      lagMillisMax: this.knobs.weakLagMillisMax,
    });
    const next = () => this.history.next();
    this.groups = new GroupWatch({ stored: this.stored, next, now: () => time.now() });
    const triggers = this.knobs.triggers && new SimulatedTriggers(this);
    this.triggers = triggers;
    this.watch = new LogWatch({
      stored: this.stored,
      next,
      now: () => time.now(),
      aheadMillisMax: this.aheadMillisMax,
      others: (...change) => {
        this.groups.changed(...change);
        triggers?.changed(...change);
      },
    });
    const { objects, table } = this.watch.around({ objects: memoryObjects() });
    this.objects = objects;
    this.table = table;
    for (let one = 0; one < this.knobs.processes; one++) this.processes.push(this.newProcess());
  }

  /** No clock of the run is ever wrong. */
  get isTimeTrue(): boolean {
    return this.knobs.skewMillisMax === 0 && this.knobs.clockJumps === 0;
  }

  /** How far ahead of the true time a clock of the run may be. */
  get aheadMillisMax(): number {
    const { skewMillisMax, clockJumps } = this.knobs;
    return skewMillisMax + clockJumps * jumpAheadMillisMax;
  }

  /** Up to `most`, and no less than 0. */
  draw(most: number): number {
    return Math.floor(this.chance.fraction() * (most + 1));
  }

  pick<Of>(from: readonly Of[]): Of {
    return from[this.draw(from.length - 1)] as Of;
  }

  newProcess(): SimulatedProcess {
    const { skewMillisMax, gatherBytes } = this.knobs;
    const skew = Math.floor((2 * this.chance.fraction() - 1) * skewMillisMax);
    return new SimulatedProcess({
      name: `p${this.#born++}`,
      time: this.time,
      chance: this.chance,
      skewMillis: skew,
      gatherBytes,
      connect: (process) => {
        const wakeUps = this.triggers?.wakeUpsOf(process);
        return { ...faultyStores(this, process), ...(wakeUps && { wakeUps }) };
      },
      onFault: (fault) => this.blame(fault),
    });
  }

  /** In the place of one that died. */
  replace(dead: SimulatedProcess): void {
    const at = this.processes.indexOf(dead);
    this.processes[at] = this.newProcess();
  }

  nextCall(): number {
    return ++this.storeCalls;
  }

  landLate(millis: number, act: () => void): void {
    this.#landed = Math.max(this.#landed, this.time.now() + millis);
    this.time.after(millis, act);
  }

  /** Until nothing is late any more. */
  get lateMillis(): number {
    return Math.max(this.#landed - this.time.now(), 0) + 1;
  }

  /** What was thrown that no verb may throw. */
  blame(fault: unknown): void {
    const text = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
    this.history.note(`a fault of ours: ${text.split('\n')[0]}`);
    this.faults.push(text);
  }
}
